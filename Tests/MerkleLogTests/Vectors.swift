import Foundation
import MerkleLog
import Testing
import Wire

/// The vectors of the log's specification (appendices A to C), and the worked log with its keys.
enum Vectors {
    static func file(_ name: String) throws -> [UInt8] {
        let url = try #require(Bundle.module.url(forResource: name, withExtension: nil, subdirectory: "Vectors"))
        return [UInt8](try Data(contentsOf: url))
    }

    static func hash(_ hex: String) throws -> MerkleHash { try #require(Hex.fixed(Array(hex.utf8)[...])) }

    static func hashes(_ value: JSONValue?) throws -> [MerkleHash] {
        try #require(value).elements.map { try hash(try #require($0.string)) }
    }

    /// The eight leaves of the worked log, each a line.
    static func workedLeaves() throws -> [[UInt8]] {
        try file("worked-log.ndjson").split(separator: 0x0A).map(Array.init)
    }

    static let logKeyText = "attest.example/log/2026+c600d723+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
    static let witnessKeyText = "witness.example/w1+20324abe+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X"
    static let logSeed = [UInt8](0x00...0x1F)
    static let witnessSeed = [UInt8](0x20...0x3F)

    static let workedRoots = [
        "1af5ad7558103a6fce882e3c1048978036f7512df7bd2fa33724cce683b138ba",
        "b16177f8bc5ca4c62fa4d008efda424302a0ca8447ed51441ad0f4ab3669ee33",
        "c3e98e651d1caa090e6bea6cec3fe4db80de11e15121071576740619e2d962f5",
        "0cf50a1eee8873e3006b1ac8412d4cb2b06d7d815b0192adb01862482f24c55e",
        "c937b4f9449f1a81433eb0e2769aedd634a651b44a83fcfb64571a2e3e6ff16f",
        "415d1cf8d6cb55fddc1f3e03b72ff342191dc31c9ee67be0f7e0dcaaac1d14be",
        "97a06eb1d99d14c9b170881fbdc508637928f0be631fe8f78fbbe437222ab694",
        "e1751523adf5dfcb81b9f44d24634556fea83cc0603404aef0cd3301319888b2",
    ]
    static let workedLeafHashes = [
        "1af5ad7558103a6fce882e3c1048978036f7512df7bd2fa33724cce683b138ba",
        "3a11188fee545bebd165d6b722fb7178732220827f5587836f0e83aea367f9b1",
        "d75a6720b4a3e52679133f1bee5a9274726f6cee8f851fb8edee6e7528ca512f",
        "72f7ddfe6a3ea7c20f8f1923fa27df69db03b0828f543d0bde8573b844341bd5",
        "7828d22dcebf175f8688f876d14432cdcf63da447f1f7769cbc4238a9c6d99cf",
        "c1b2815691866af1d78ab7e3a22a5f9e2c5d78616e52219250b59f03f1e03e09",
        "ea8dfd322596edbe42bef8ea2016c7e3ace4ef14dff00d3b6927010c1be8ff85",
        "ed6fe0d313ee90466f6e6cb511e241904a8311a80358ccc902a8819ab58c74c7",
    ]
}

/// RFC 6962 section 2.1, written down as it is defined; what was computed once is remembered.
final class NaiveTree {
    private let leaves: [MerkleHash]
    private var known: [Range<Int>: MerkleHash] = [:]

    init(_ leaves: [MerkleHash]) { self.leaves = leaves }

    private func split(_ range: Range<Int>) -> Int {
        var k = 1
        while k * 2 < range.count { k *= 2 }
        return range.lowerBound + k
    }

    func root(_ range: Range<Int>) -> MerkleHash {
        guard range.count > 1 else { return range.isEmpty ? MerkleHashing.empty : leaves[range.lowerBound] }
        if let hash = known[range] { return hash }
        let k = split(range)
        let hash = MerkleHashing.node(root(range.lowerBound..<k), root(k..<range.upperBound))
        known[range] = hash
        return hash
    }

    func path(_ m: Int, _ range: Range<Int>) -> [MerkleHash] {
        guard range.count > 1 else { return [] }
        let k = split(range)
        let (left, right) = (range.lowerBound..<k, k..<range.upperBound)
        return m < k ? path(m, left) + [root(right)] : path(m, right) + [root(left)]
    }

    func consistency(_ m: Int, _ range: Range<Int>, _ isComplete: Bool = true) -> [MerkleHash] {
        if m == 0 { return [] }
        if m == range.upperBound { return isComplete ? [] : [root(range)] }
        let k = split(range)
        let (left, right) = (range.lowerBound..<k, k..<range.upperBound)
        return m <= k
            ? consistency(m, left, isComplete) + [root(right)] : consistency(m, right, false) + [root(left)]
    }

    var source: NodeSource<Never> {
        NodeSource { [self] subtree in
            let start = Int(subtree.index) << Int(subtree.height)
            return root(start..<start + 1 << Int(subtree.height))
        }
    }
}

/// Reproducible random numbers: a failure names its seed.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// A stored log in a dictionary: what an edge writes and nodes read.
struct TileStore {
    struct Missing: Error { let tile: TileCoordinate }

    var edge = TileEdge()
    private var tiles: [String: [UInt8]] = [:]

    mutating func append(_ leaves: some Sequence<MerkleHash>) {
        for leaf in leaves { edge.append(leaf: leaf) }
        for (tile, hashes) in edge.takeTouched() {
            tiles[Self.name(tile)] = HashTile.encode(hashes)
        }
    }

    func nodes(size: UInt64) -> TileNodes<Missing> {
        TileNodes(size: size) { (tile) throws(Missing) in
            guard let bytes = tiles[Self.name(tile)], bytes.count >= tile.width * 32 else {
                throw Missing(tile: tile)
            }
            return Array(bytes.prefix(tile.width * 32))
        }
    }

    private static func name(_ tile: TileCoordinate) -> String {
        TileCoordinate(tile.content, index: tile.index)?.path ?? ""
    }
}
