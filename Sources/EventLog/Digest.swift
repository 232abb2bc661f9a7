import Crypto
import Wire

/// The two hashes of event logs, as fixed bytes.
enum Digest {
    static func sha384(_ bytes: some Sequence<UInt8>) -> FixedBytes<48> {
        var hasher = SHA384()
        hasher.update(data: Array(bytes))
        return fixed(hasher.finalize())
    }

    static func sha384(_ bytes: ArraySlice<UInt8>) -> FixedBytes<48> {
        var hasher = SHA384()
        bytes.withUnsafeBytes { hasher.update(bufferPointer: $0) }
        return fixed(hasher.finalize())
    }

    static func sha256(_ bytes: [UInt8]) -> FixedBytes<32> {
        var value = FixedBytes<32>()
        for (position, byte) in SHA256.hash(data: bytes).enumerated() { value[position] = byte }
        return value
    }

    /// new = SHA-384(old ‖ digest): what a TDX module does (event-logs 2.1).
    static func extend(_ register: FixedBytes<48>, by digest: FixedBytes<48>) -> FixedBytes<48> {
        let input = [UInt8](unsafeUninitializedCapacity: 96) { buffer, count in
            for position in 0..<48 {
                buffer[position] = register[position]
                buffer[48 + position] = digest[position]
            }
            count = 96
        }
        return sha384(input[...])
    }

    private static func fixed(_ digest: SHA384Digest) -> FixedBytes<48> {
        var value = FixedBytes<48>()
        for (position, byte) in digest.enumerated() { value[position] = byte }
        return value
    }
}
