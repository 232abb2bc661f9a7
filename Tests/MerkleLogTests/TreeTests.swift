import MerkleLog
import Testing
import Wire

@Suite struct TreeTests {
    @Test func everyVectorOfRFC6962() throws {
        let vectors = try JSONDocument(parsing: Vectors.file("rfc6962.json")).root
        let leaves = try #require(vectors.member("leaves_hex")).elements.map {
            MerkleHashing.leaf(try #require(Hex.decode($0.string ?? "-")))
        }
        #expect(try leaves == Vectors.hashes(vectors.member("leaf_hashes")))
        var roots: [UInt64: MerkleHash] = [:]
        for (size, root) in try #require(vectors.member("roots")).members {
            let size = try #require(UInt64(size))
            var range = CompactRange()
            for leaf in leaves.prefix(Int(size)) { range.append(leaf: leaf) }
            roots[size] = try Vectors.hash(try #require(root.string))
            #expect(range.root == roots[size])
        }
        let source = NaiveTree(leaves).source
        for (range, root) in try #require(vectors.member("nodes")).members {
            let ends = range.split(separator: ",").compactMap { UInt64($0) }
            #expect(try source.root(over: ends[0]..<ends[1]) == Vectors.hash(try #require(root.string)))
        }
        var seen = 0
        for (name, path) in try #require(vectors.member("inclusion")).members {
            let parts = name.split(separator: "/").compactMap { UInt64($0) }
            let proof = try #require(InclusionProof(index: parts[0], size: parts[1], from: source))
            #expect(try proof.path == Vectors.hashes(path))
            #expect(proof.isValid(leaf: leaves[Int(parts[0])], root: try #require(roots[parts[1]])))
            seen += 1
        }
        for (name, path) in try #require(vectors.member("consistency")).members {
            let parts = name.split(separator: "->").compactMap { UInt64($0) }
            let proof = try #require(ConsistencyProof(from: parts[0], to: parts[1], nodes: source))
            #expect(try proof.path == Vectors.hashes(path))
            #expect(proof.isValid(oldRoot: try #require(roots[parts[0]]), newRoot: try #require(roots[parts[1]])))
            seen += 1
        }
        #expect(seen == 72)
    }

    /// Every size up to 130, every index and older size: ours equals the recursion, and no mutation passes (M-3).
    @Test(arguments: [1..<80, 80..<131]) func exhaustiveWithMutations(_ sizes: Range<Int>) throws {
        let leaves = (0..<130).map { MerkleHashing.leaf(Array("leaf \($0)".utf8)) }
        let oracle = NaiveTree(leaves)
        let source = oracle.source
        let roots = (0...130).map { oracle.root(0..<$0) }
        for size in sizes {
            for index in 0..<size {
                let proof = try #require(InclusionProof(index: UInt64(index), size: UInt64(size), from: source))
                #expect(proof.path == oracle.path(index, 0..<size))
                #expect(proof.isValid(leaf: leaves[index], root: roots[size]))
                let passed = mutations(of: proof.path, seed: size * 131 + index).filter { path in
                    InclusionProof(index: proof.index, size: proof.size, path: path)
                        .isValid(leaf: leaves[index], root: roots[size])
                }
                #expect(passed.isEmpty)
                let beside = InclusionProof(index: proof.index + 1, size: proof.size, path: proof.path)
                #expect(!beside.isValid(leaf: leaves[index], root: roots[size]))
            }
            for old in 0...size {
                let proof = try #require(ConsistencyProof(from: UInt64(old), to: UInt64(size), nodes: source))
                #expect(proof.path == oracle.consistency(old, 0..<size))
                #expect(proof.isValid(oldRoot: roots[old], newRoot: roots[size]))
                #expect(old == size || !proof.isValid(oldRoot: roots[size], newRoot: roots[old]))
                let passed = mutations(of: proof.path, seed: size * 131 + old).filter { path in
                    ConsistencyProof(oldSize: proof.oldSize, newSize: proof.newSize, path: path)
                        .isValid(oldRoot: roots[old], newRoot: roots[size])
                }
                #expect(passed.isEmpty)
            }
        }
    }

    /// One bit in each hash, one hash less, one more, doubled, swapped.
    private func mutations(of path: [MerkleHash], seed: Int) -> [[MerkleHash]] {
        var generator = SeededGenerator(state: UInt64(seed))
        var all: [[MerkleHash]] = [path + [MerkleHash()], [MerkleHash()] + path]
        for position in path.indices {
            var flipped = path
            let bit = Int.random(in: 0..<256, using: &generator)
            flipped[position][bit / 8] ^= 1 << UInt8(bit % 8)
            all.append(flipped)
            var dropped = path
            dropped.remove(at: position)
            all.append(dropped)
            all.append(Array(path[...position]) + Array(path[position...]))
        }
        if path.count > 1 { all.append(path.reversed()) }
        return all
    }

    @Test func hostileProofsAreFalse() {
        let hash = MerkleHashing.leaf([1])
        let long = [MerkleHash](repeating: hash, count: 64)
        for (index, size) in [(0, 0), (1, 1), (0, UInt64.max), (UInt64.max, UInt64.max), (5, 4)] as [(UInt64, UInt64)] {
            for path in [[], [hash], long] {
                #expect(!InclusionProof(index: index, size: size, path: path).isValid(leaf: hash, root: MerkleHash()))
            }
        }
        for (old, new) in [(5, 4), (0, 3), (UInt64.max, UInt64.max), (UInt64.max - 1, UInt64.max), (1, UInt64.max)]
            as [(UInt64, UInt64)]
        {
            for path in [[hash], long] {
                let proof = ConsistencyProof(oldSize: old, newSize: new, path: path)
                #expect(!proof.isValid(oldRoot: MerkleHash(), newRoot: hash))
            }
        }
        #expect(!ConsistencyProof(oldSize: 2, newSize: 4, path: []).isValid(oldRoot: hash, newRoot: hash))
        let empty = ConsistencyProof(oldSize: 0, newSize: 4, path: [])
        #expect(empty.isValid(oldRoot: MerkleHashing.empty, newRoot: hash))
        #expect(!empty.isValid(oldRoot: hash, newRoot: hash))
    }

    /// Random sizes against the recursion, through tiles.
    @Test func randomSizesAgainstTheRecursion() throws {
        var generator = SeededGenerator(state: 2026)
        let leaves = (0..<20_000).map { MerkleHashing.leaf(Array(String($0).utf8)) }
        let oracle = NaiveTree(leaves)
        for _ in 0..<3 {
            let size = Int.random(in: 1...leaves.count, using: &generator)
            var store = TileStore()
            store.append(leaves[..<size])
            let source = store.nodes(size: UInt64(size)).source
            let root = oracle.root(0..<size)
            #expect(store.edge.root == root)
            #expect(try source.compactRange(size: UInt64(size)).root == root)
            for _ in 0..<3 {
                let index = Int.random(in: 0..<size, using: &generator)
                let proof = try #require(try InclusionProof(index: UInt64(index), size: UInt64(size), from: source))
                #expect(proof.path == oracle.path(index, 0..<size))
                let grown = try #require(try ConsistencyProof(from: UInt64(index), to: UInt64(size), nodes: source))
                #expect(grown.path == oracle.consistency(index, 0..<size))
            }
        }
    }

    /// A path does not carry the size: where two sizes lead a leaf the same way up, a proof holds for both. What binds
    /// the size is the checkpoint, so a verifier takes it from there and nowhere else.
    @Test func theSizeIsTheCheckpoints() throws {
        let leaves = (0..<6).map { MerkleHashing.leaf([UInt8($0)]) }
        let proof = try #require(InclusionProof(index: 0, size: 6, from: NaiveTree(leaves).source))
        let other = InclusionProof(index: 0, size: 7, path: proof.path)
        #expect(other.isValid(leaf: leaves[0], root: NaiveTree(leaves).root(0..<6)))
    }

    @Test func aCompactRangeIsReadOnlyInItsShape() {
        #expect(CompactRange(size: 3, hashes: [MerkleHash()]) == nil)
        #expect(CompactRange(size: UInt64.max, hashes: []) == nil)
        #expect(CompactRange(size: 0, hashes: [])?.root == MerkleHashing.empty)
    }
}
