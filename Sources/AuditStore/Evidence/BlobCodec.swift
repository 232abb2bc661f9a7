import MerkleLog
import Wire

/// How bytes are stored. Two thirds of a quote are its PCK chain, the same in every quote of a platform: it is kept once
/// (transparency-log 14.2).
enum BlobCodec {
    static let raw: Int64 = 0
    static let splitQuote: Int64 = 2

    struct Split {
        let body: [UInt8]
        let chain: [UInt8]
        let chainHash: MerkleHash
    }

    private static let opening = Array("-----BEGIN CERTIFICATE-----".utf8)
    private static let closing = Array("-----END CERTIFICATE-----".utf8)

    /// `u32be offset ‖ u32be length ‖ SHA-256(chain) ‖ rest`; `nil` where there is no chain, or any doubt.
    static func split(_ quote: [UInt8]) -> Split? {
        guard let start = first(opening, in: quote), let last = lastIndex(of: closing, in: quote) else { return nil }
        let end = last + closing.count
        guard end > start, end - start >= 1_024 else { return nil }
        let chain = Array(quote[start..<end])
        let hash = MerkleHashing.sha256(chain)
        let body = bigEndian(start) + bigEndian(end - start) + hash.bytes + quote[..<start] + quote[end...]
        guard join(body, chain: chain) == quote else { return nil }
        return Split(body: body, chain: chain, chainHash: hash)
    }

    /// The hash of the chain that a split body needs.
    static func chainHash(_ body: [UInt8]) -> MerkleHash? {
        body.count >= 40 ? MerkleHash(exactly: body[8..<40]) : nil
    }

    static func join(_ body: [UInt8], chain: [UInt8]) -> [UInt8]? {
        guard body.count >= 40, number(body[4..<8]) == chain.count else { return nil }
        let rest = body[40...]
        let offset = number(body[0..<4])
        guard offset <= rest.count else { return nil }
        return Array(rest.prefix(offset)) + chain + rest.dropFirst(offset)
    }

    private static func first(_ needle: [UInt8], in bytes: [UInt8]) -> Int? {
        bytes.indices.dropLast(needle.count - 1).first { bytes[$0] == needle[0] && bytes[$0...].starts(with: needle) }
    }

    private static func lastIndex(of needle: [UInt8], in bytes: [UInt8]) -> Int? {
        bytes.indices.dropLast(needle.count - 1).last { bytes[$0] == needle[0] && bytes[$0...].starts(with: needle) }
    }

    private static func bigEndian(_ value: Int) -> [UInt8] {
        (0..<4).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }
}
