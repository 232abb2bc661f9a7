import DCAPFormats
import Wire

/// The Intel SGX extension of a PCK leaf.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
    let first = try? PCKExtension(parsing: bytes[...])
    precondition(first == (try? PCKExtension(parsing: bytes[...])))
    return 0
}
