import DCAPFormats
import Wire

/// Enclave identities, in both forms.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
    let sources: [SignedDocument.Source] = [
        .response(bytes), .detached(object: bytes, signature: [UInt8](repeating: 0x30, count: 128)),
    ]
    for source in sources {
        guard let document = try? SignedDocument(opening: source, member: "enclaveIdentity") else { continue }
        guard let identity = try? EnclaveIdentity(reading: document) else { continue }
        precondition(!identity.levels.isEmpty)
    }
    return 0
}
