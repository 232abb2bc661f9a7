public import Appraisal
import Crypto
import Wire

/// A guest that bound something into report_data, and what it meant by it. Hashes are computed here, apart from the code
/// that is tried.
public struct BoundGuest: Hashable, Sendable {
    /// What it was asked, as an honest request would name it.
    public let honest: BoundInput
    public let reportData: [UInt8]
    /// RFC 7638 thumbprint of the key that it vouches for; no other may be confirmed of its quote.
    public let thumbprint: [UInt8]?

    static let schemes = ["raw", "sha256", "sha384", "sha512", "ita", "maa", "spki", "assay"]
    static let assay = Array("assay-v2".utf8)

    /// - Parameter key: What a stranger has, and would like to see confirmed.
    static func draw(_ stranger: Key, _ random: inout SplitMix) -> BoundGuest {
        let own = Key.draw(&random)
        var input = BoundInput(scheme: schemes.randomElement(using: &random))
        input.origin = Bool.random(using: &random) ? .challenge : .nonce
        let nonce = SplitMix.bytes([16, 32, 32, 32, 64].randomElement(using: &random) ?? 32, &random)
        switch input.scheme {
        case "spki": input.key = own.spki
        case "maa": input.runtimeData = chosen(stranger, &random)
        case "assay":
            input.nonce = nonce
            input.key = Bool.random(using: &random) ? own.thumbprint : nil
            // A nonce is anybody's choice.
            if random.once(in: 4) { input.nonce = Array((nonce + stranger.thumbprint).suffix(64)) }
        default:
            if Bool.random(using: &random) {
                input.nonce = nonce
                if input.scheme != "raw" { input.runtimeData = Bool.random(using: &random) ? own.spki : nil }
            } else {
                input.runtimeData = chosen(stranger, &random)
                if input.scheme == "raw" { input.runtimeData = input.runtimeData?.prefix(64).map(\.self) }
            }
            if input.scheme == "ita" {
                input.nonce = nonce
                input.nonceIssued = SplitMix.bytes(8, &random)
            }
        }
        let binding = input.scheme == "spki" || input.scheme == "assay"
        return BoundGuest(
            honest: input, reportData: reportData(input),
            thumbprint: binding && input.key != nil ? own.thumbprint : nil)
    }

    /// What somebody makes a guest hash that hashes whatever it is given.
    private static func chosen(_ stranger: Key, _ random: inout SplitMix) -> [UInt8] {
        let nonce = SplitMix.bytes(32, &random)
        let preimage = assay + [32] + nonce + [32] + stranger.thumbprint
        let choices: [[UInt8]] = [
            SplitMix.bytes(8, &random), nonce, preimage, Array(SHA512.hash(data: preimage)), stranger.spki,
            Array(SHA256.hash(data: stranger.spki)), Array("ratls-cert:".utf8) + stranger.spki, [0],
        ]
        return choices.randomElement(using: &random) ?? nonce
    }

    static func reportData(_ input: BoundInput) -> [UInt8] {
        let chosen = (input.nonce ?? []) + (input.runtimeData ?? [])
        let value: [UInt8] =
            switch input.scheme {
            case "raw": Array(chosen.prefix(64))
            case "sha256": Array(SHA256.hash(data: chosen))
            case "sha384": Array(SHA384.hash(data: chosen))
            case "sha512": Array(SHA512.hash(data: chosen))
            case "ita":
                Array(
                    SHA512.hash(data: (input.nonce ?? []) + (input.nonceIssued ?? []) + (input.runtimeData ?? [])))
            case "maa": Array(SHA256.hash(data: input.runtimeData ?? []))
            case "spki": Array(SHA256.hash(data: input.key ?? []))
            default: Array(SHA512.hash(data: preimage(input)))
            }
        return value + [UInt8](repeating: 0, count: 64 - value.count)
    }

    private static func preimage(_ input: BoundInput) -> [UInt8] {
        let nonce = input.nonce ?? []
        let key = input.key ?? []
        return assay + [UInt8(truncatingIfNeeded: nonce.count)] + nonce + [UInt8(truncatingIfNeeded: key.count)] + key
    }

    /// Whether these bytes, in this scheme, are what report_data holds.
    func holds(_ input: BoundInput) -> Bool {
        if input.scheme == "maa" { return Self.reportData(input).prefix(32) == reportData.prefix(32) }
        if Self.reportData(input) == reportData { return true }
        return input.scheme == "spki"
            && Array(SHA512.hash(data: Array("ratls-cert:".utf8) + (input.key ?? []))) == reportData
    }

    /// An Ed25519 key; the point is random, for nobody signs.
    struct Key: Hashable, Sendable {
        let spki: [UInt8]
        let thumbprint: [UInt8]

        static func draw(_ random: inout SplitMix) -> Key {
            let point = SplitMix.bytes(32, &random)
            let x = Base64URL.encode(point)
            return Key(
                spki: [0x30, 0x2A, 0x30, 5, 6, 3, 0x2B, 0x65, 0x70, 3, 0x21, 0] + point,
                thumbprint: Array(SHA256.hash(data: Array(#"{"crv":"Ed25519","kty":"OKP","x":"\#(x)"}"#.utf8))))
        }
    }
}

extension SplitMix {
    static func bytes(_ count: Int, _ random: inout SplitMix) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    }
}
