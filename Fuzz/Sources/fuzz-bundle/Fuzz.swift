import DCAPFormats
import Wire

/// Collateral bundles, and that they survive being written.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
    guard let collateral = try? Collateral(bundle: bytes) else { return 0 }
    // What is written out is read again.
    precondition((try? Collateral(bundle: collateral.bundle.canonicalBytes)) != nil)
    _ = collateral.digests
    return 0
}
