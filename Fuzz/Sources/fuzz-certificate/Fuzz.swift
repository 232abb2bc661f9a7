import DCAPFormats
import Wire
import X509Formats

/// Certificates, as DER and as PEM chains.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
    if let blocks = try? PEM.blocks(labelled: "CERTIFICATE", in: bytes[...]) {
        for block in blocks { _ = try? Certificate(parsing: block) }
    }
    guard let certificate = try? Certificate(parsing: bytes) else { return 0 }
    precondition(certificate.der == bytes)
    return 0
}
