import MerkleLog

/// Entries, bundles of them, tiles and their paths. What is read is what is written again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
    if let entry = try? LogEntry(leaf: bytes) {
        guard let again = try? entry.leaf() else { preconditionFailure("an entry that cannot be written") }
        precondition(again == bytes)
        var closure = CausalClosure()
        _ = closure.faults(of: entry.body, at: closure.count)
        closure.append(entry.body)
    }
    if let identity = try? VerifierIdentity(document: bytes) { precondition(identity.document == bytes) }
    if let manifest = try? CollateralManifest(document: bytes) { precondition(manifest.document == bytes) }
    for count in [1, 2, 256] {
        if let leaves = EntryBundle.parse(bytes[...], count: count) {
            precondition(EntryBundle.encode(leaves) == bytes)
        }
    }
    if let hashes = HashTile.parse(bytes[...]) { precondition(HashTile.encode(hashes) == bytes) }
    if let text = String(validating: bytes, as: UTF8.self), let tile = TileCoordinate(path: text) {
        precondition(Array(tile.path.utf8) == bytes)
    }
    return 0
}
