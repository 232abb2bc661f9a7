import DCAPFormats
import Wire

/// Quotes of every version, and that the canonical form is stable.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
    guard let quote = try? Quote(parsing: bytes) else { return 0 }
    // The canonical quote reads again as the same quote.
    let again = try? Quote(parsing: quote.bytes)
    precondition(again?.body == quote.body && again?.header == quote.header && again?.paddingCount == 0)
    return 0
}
