import MerkleLog
import Testing
import Wire

@Suite struct TileTests {
    private static func leaves(_ count: Int) -> [[UInt8]] { (0..<count).map { Array(String($0).utf8) } }

    private static func store(_ count: Int) -> TileStore {
        var store = TileStore()
        store.append(leaves(count).map(MerkleHashing.leaf))
        return store
    }

    private func sha256(_ bytes: [UInt8]) -> String { MerkleHashing.sha256(bytes).hex }

    @Test func tileVectorsOfSize300() throws {
        let store = Self.store(300)
        let nodes = store.nodes(size: 300)
        let full = try nodes.tile(level: 0, index: 0)
        #expect(sha256(HashTile.encode(full)) == "b9704a8bfbee2c61185ceb38904a49f3f703c81e194b5b2ccdc254c2bdaaa62b")
        let partial = try nodes.tile(level: 0, index: 1)
        #expect(partial.count == 44)
        #expect(sha256(HashTile.encode(partial)) == "03c8b91297109114834f4ea4b4043313b3abf15301439b30371d874810427409")
        let above = try nodes.tile(level: 1, index: 0)
        #expect(sha256(HashTile.encode(above)) == "d8543884b063e422f6de2e558c6b11eb5e1a20528ccfe23cf27ceeb764b93a6e")
        #expect(above == [try Vectors.hash("828515d033c19d8c901f37eccb8aed919667703486f8d2fff1cf7040321c5db1")])
        let leaves = Self.leaves(300)
        let bundle = try #require(EntryBundle.encode(leaves.prefix(256)))
        #expect(bundle.count == 1_170)
        #expect(sha256(bundle) == "94693d5c6d6a0355ec07bac8214516c1ce6a5100b0588f226fd95f26571157d7")
        let rest = try #require(EntryBundle.encode(leaves.dropFirst(256)))
        #expect(sha256(rest) == "3cbb13f44fb536e609ae550455937cf3adf59ef8c05c5c507d879310ee98f2f9")
        #expect(EntryBundle.parse(bundle[...], count: 256) == Array(leaves.prefix(256)))
        #expect(store.edge.root.hex == "84e13ec1e037155ae619757599b2cd21ada5a565e0fd9b3139c0c3c6c1b8ada9")
        let source = nodes.source
        #expect(
            try source.root(over: 0..<100).hex == "7a1541f5e93292eb40660749ef8f36ef074d30052102fab1abfd03bf09e5685d")
    }

    @Test func proofVectorsFromTiles() throws {
        let vectors = try JSONDocument(parsing: Vectors.file("tiles.json")).root
        let store = Self.store(70_000)
        #expect(store.edge.root.hex == "1a4cdfcb66374a0c0dcbef49acbd4976d13ee864fb3cb241fc943cad04f02f7e")
        let top = try store.nodes(size: 70_000).tile(level: 2, index: 0)
        #expect(top.map { $0.hex } == ["f025d06ed804859fd274a1bdacadd6e48ea87634aa91e1edb20143f9498cd02b"])
        let second = HashTile.encode(try store.nodes(size: 70_000).tile(level: 1, index: 1))
        #expect(second.count == 544)
        #expect(sha256(second) == "adfaca2731630fe7944a4b98a0f98ef3e98685eafda09e6f81070218fb759ce4")
        var seen = 0
        for (name, path) in vectors.members {
            let words = name.split { " />-".contains($0) }
            let (first, size) = (try #require(UInt64(words[1])), try #require(UInt64(words[2])))
            let source = store.nodes(size: size).source
            if words[0] == "inclusion" {
                let proof = try #require(try InclusionProof(index: first, size: size, from: source))
                #expect(try proof.path == Vectors.hashes(path), "\(name)")
            } else {
                let proof = try #require(try ConsistencyProof(from: first, to: size, nodes: source))
                #expect(try proof.path == Vectors.hashes(path), "\(name)")
            }
            seen += 1
        }
        #expect(seen == 6)
    }

    /// Through tiles and through the recursion, around the sizes where levels begin.
    @Test(arguments: [[1, 2, 254, 255, 256, 257, 258, 511, 512, 513], [65_535, 65_536, 65_537, 65_541]])
    func tilesEqualTheRecursion(_ sizes: [Int]) throws {
        let leaves = Self.leaves(try #require(sizes.last)).map(MerkleHashing.leaf)
        let oracle = NaiveTree(leaves)
        var store = TileStore()
        for size in sizes {
            // In batches of odd lengths, as a writer takes them.
            while store.edge.size < size {
                let start = Int(store.edge.size)
                store.append(leaves[start..<min(size, start + 1 + start % 97)])
            }
            let root = oracle.root(0..<size)
            #expect(store.edge.root == root)
            let reopened = try TileEdge(size: UInt64(size), from: store.nodes(size: UInt64(size)))
            #expect(reopened.root == root)
            let source = store.nodes(size: UInt64(size)).source
            var generator = SeededGenerator(state: UInt64(size))
            for index in [0, size / 2, size - 1, Int.random(in: 0..<size, using: &generator)] {
                let proof = try #require(try InclusionProof(index: UInt64(index), size: UInt64(size), from: source))
                #expect(proof.path == oracle.path(index, 0..<size))
                #expect(proof.isValid(leaf: leaves[index], root: root))
                let grown = try #require(try ConsistencyProof(from: UInt64(index), to: UInt64(size), nodes: source))
                #expect(grown.path == oracle.consistency(index, 0..<size))
            }
        }
    }

    @Test func aWrongTileIsToldByItsPlace() throws {
        let short = TileNodes<Never>(size: 300) { _ in [UInt8](repeating: 0, count: 32) }
        #expect(throws: TileReadFailure<Never>.malformed(level: 0, index: 1)) {
            _ = try short.tile(level: 0, index: 1)
        }
        #expect(throws: TileReadFailure<Never>.malformed(level: 0, index: 2)) {
            _ = try short.tile(level: 0, index: 2)
        }
    }

    @Test(
        arguments: [
            ("tile/0/005", 5, 256), ("tile/0/x001/x234/067", 1_234_067, 256), ("tile/1/000.p/1", 0, 1),
            ("tile/entries/000.p/8", 0, 8), ("tile/0/273.p/112", 273, 112), ("tile/63/999", 999, 256),
            ("tile/0/x001/000", 1_000, 256),
        ] as [(String, UInt64, Int)])
    func pathsRoundTrip(_ path: String, _ index: UInt64, _ width: Int) throws {
        let tile = try #require(TileCoordinate(path: path))
        #expect(tile.index == index)
        #expect(tile.width == width)
        #expect(tile.path == path)
    }

    @Test(arguments: [
        "", "tile", "tile/0", "tile/0/", "tile/64/000", "tile/00/000", "tile/0/5", "tile/0/0005", "tile/0/x000/005",
        "tile/0/001/x234", "tile/0/1234", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/",
        "tile/0/000.p", "tile/0/000.p/1/", "/tile/0/000", "tile/0/000/", "tile/-1/000", "tile/0/x1/000", "tile/0/+05",
        "tile/Entries/000", "tile/0/x999/x999/x999/x999/x999/x999/x999/999", "tile/0/0\u{660}0",
    ])
    func otherPathsAreNone(_ path: String) { #expect(TileCoordinate(path: path) == nil) }

    @Test func widthsFollowTheSize() {
        #expect(TileCoordinate.width(level: 0, index: 0, size: 256) == 256)
        #expect(TileCoordinate.width(level: 1, index: 0, size: 256) == 1)
        #expect(TileCoordinate.width(level: 0, index: 1, size: 256) == 0)
        #expect(TileCoordinate.width(level: 0, index: .max, size: .max) == 0)
        #expect(TileCoordinate.width(level: 63, index: 0, size: TreeSize.maximum) == 0)
        #expect(
            TileCoordinate.rightEdge(size: 70_000).map { $0.path } == [
                "tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1",
            ])
        #expect(TileCoordinate.rightEdge(size: 0).isEmpty)
    }

    @Test func hostileBundles() throws {
        let bundle = try #require(EntryBundle.encode([[1], [2, 3], [4]]))
        for length in 0..<bundle.count { #expect(EntryBundle.parse(bundle[..<length], count: 3) == nil) }
        #expect(EntryBundle.parse((bundle + [0])[...], count: 3) == nil)
        #expect(EntryBundle.parse(bundle[...], count: 2) == nil)
        #expect(EntryBundle.parse([0, 0][...], count: 1) == nil)
        #expect(EntryBundle.encode([[]]) == nil)
        #expect(EntryBundle.encode([]) == nil)
        #expect(EntryBundle.encode([[UInt8](repeating: 0, count: 65_536)]) == nil)
        #expect(HashTile.parse([UInt8](repeating: 0, count: 31)[...]) == nil)
        #expect(HashTile.parse([]) == nil)
        #expect(HashTile.parse([UInt8](repeating: 0, count: 257 * 32)[...]) == nil)
    }
}
