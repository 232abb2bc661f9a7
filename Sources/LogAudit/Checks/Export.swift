import Foundation
package import MerkleLog
package import Wire

/// A range of a log's entries as lines of JSON, complete and unchanged: the range's root is what the checkpoint commits to
/// (transparency-log 15.3).
package struct Export {
    package struct Filter: Sendable {
        /// Members of the entry and the text each must have; several of one member are alternatives.
        package let members: [ExactText: Set<ExactText>]

        package init(members: [ExactText: Set<ExactText>]) { self.members = members }

        func admits(_ leaf: [UInt8]) -> Bool {
            guard !members.isEmpty else { return true }
            guard let root = try? JSONDocument(parsing: leaf, limit: Limits.leafBytes).root else { return false }
            let found = Dictionary(root.members.map { (ExactText($0.name), $0.value) }) { first, _ in first }
            return members.allSatisfy { name, wanted in
                guard let value = found[name] else { return false }
                if value.kind == .array {
                    return value.elements.contains { wanted.contains(ExactText($0.string ?? "")) }
                }
                return wanted.contains(ExactText(value.string ?? String(decoding: value.bytes, as: UTF8.self)))
            }
        }
    }

    package struct Result: Sendable {
        package let checkpoint: AcceptedCheckpoint
        package let range: Range<UInt64>
        package let written: Int
    }

    let source: any LogSource
    let trust: TrustPolicy

    package init(_ source: any LogSource, trusting trust: TrustPolicy) {
        self.source = source
        self.trust = trust
    }

    /// - Parameters:
    ///   - to: The end of the range; the checkpoint's size by default.
    ///   - write: Takes lines; nothing of them is to be believed before this returns.
    package func run(
        from: UInt64, to: UInt64?, filter: Filter, write: ([UInt8]) throws -> Void
    ) async throws -> Result {
        let accepted = try await Monitor(source, trusting: trust).fetch()
        let size = accepted.checkpoint.size
        let end = to ?? size
        guard from <= end, end <= size else {
            throw AuditFailure.undecided("the range \(from) to \(end) is not in a log of \(size)")
        }
        var tiles = FetchedTiles(source)
        var range = try await tiles.range(from, of: size)
        try write(header(accepted, from, end, range))
        var written = 0
        while range.size < end {
            let first = range.size / 256 * 256
            let leaves = try await source.leaves(bundle: range.size / 256, size: size)
            for (offset, leaf) in leaves.enumerated() {
                let index = first + UInt64(offset)
                guard index >= range.size, index < end else { continue }
                range.append(leaf: MerkleHashing.leaf(leaf))
                guard filter.admits(leaf) else { continue }
                try write(line(index, leaf))
                written += 1
            }
        }
        // The range's root is a prefix of the signed tree: so the left part and every entry are what the log committed to.
        let proof = try await tiles.consistency(from: end, to: size)
        guard proof.isValid(oldRoot: range.root, newRoot: accepted.checkpoint.root) else {
            throw AuditFailure.notVerified("the entries are not those under the checkpoint of size \(size)")
        }
        try write(
            JSON.object([
                ("kind", .string("trailer")), ("count", .integer(Int64(written))),
                ("next", .integer(Int64(clamping: end))),
            ]).compactBytes + [0x0A])
        return Result(checkpoint: accepted, range: from..<end, written: written)
    }

    private func header(
        _ accepted: AcceptedCheckpoint, _ from: UInt64, _ to: UInt64, _ left: CompactRange
    ) -> [UInt8] {
        JSON.object([
            ("kind", .string("header")), ("origin", .string(accepted.checkpoint.origin.description)),
            ("from", .integer(Int64(clamping: from))), ("to", .integer(Int64(clamping: to))),
            ("checkpoint", .string(String(decoding: accepted.note.bytes, as: UTF8.self))),
            ("left", .array(left.hashes.map { .string($0.hex) })),
        ]).compactBytes + [0x0A]
    }

    private func line(_ index: UInt64, _ leaf: [UInt8]) -> [UInt8] {
        JSON.object([
            ("index", .integer(Int64(clamping: index))), ("leaf", .string(String(decoding: leaf, as: UTF8.self))),
        ]).compactBytes + [0x0A]
    }
}
