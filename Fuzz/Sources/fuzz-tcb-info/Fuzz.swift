import DCAPFormats
import Wire

/// TCB info of versions 2 and 3, in both forms.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
    let sources: [SignedDocument.Source] = [
        .response(bytes), .detached(object: bytes, signature: [UInt8](repeating: 0x30, count: 128)),
    ]
    for source in sources {
        guard let document = try? SignedDocument(opening: source, member: "tcbInfo") else { continue }
        guard let info = try? TCBInfo(reading: document, acceptVersion2: true) else { continue }
        precondition(!info.levels.isEmpty)
        for index in 0..<16 { _ = info.componentName(.tdx, index: index) }
    }
    return 0
}
