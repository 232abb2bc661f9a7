import DCAPFormats
import Wire
import X509Formats

/// CRLs in the three forms in which services hand them over.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
    guard let der = CRLEncoding.decode(bytes), let list = try? CertificateRevocationList(parsing: der) else { return 0 }
    precondition(list.der == der)
    return 0
}
