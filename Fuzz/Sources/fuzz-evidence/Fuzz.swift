import MerkleLog
import Records

/// Evidence bundles: an archive is read whole, as it would be written, or not at all; and none that a stranger makes is
/// confirmed.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
    if let bundle = try? EvidenceBundle(parsing: bytes) { precondition(bundle.archive == bytes) }
    if let key = try? NoteKey(
        parsing: "attest.example/log/2026+c600d723+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4")
    {
        let result = reverify(bytes, under: ReverificationTrust(logs: TrustPolicy(log: key)))
        if case .confirmed = result { preconditionFailure("confirmed") }
    }
    return 0
}
