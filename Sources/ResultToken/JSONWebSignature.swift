public import Wire

/// The compact form (RFC 7515 section 3.1), written. The header is fixed per key and profile, so it is encoded once.
public struct JSONWebSignature: Sendable {
    private let encodedHeader: [UInt8]

    /// The bytes of claims for which a token stays within the limit: four characters for three of them, and 2 KiB for
    /// the header with its key, the signature and the claim that the log adds.
    static let payloadLimit = (ParsedSignature.limit - 2_048) / 4 * 3

    public init(header: JSON) { encodedHeader = Base64URL.encodedBytes(header.compactBytes) }

    /// - Parameter sign: Takes the signing input, gives the signature as JWS wants it.
    public func encode<Failure: Error>(
        payload: [UInt8], sign: ([UInt8]) throws(Failure) -> [UInt8]
    ) throws(Failure) -> String {
        var text = encodedHeader
        text.reserveCapacity(encodedHeader.count + payload.count * 4 / 3 + 700)
        text.append(0x2E)
        text += Base64URL.encodedBytes(payload)
        let signature = try sign(text)
        text.append(0x2E)
        text += Base64URL.encodedBytes(signature)
        return String(decoding: text, as: UTF8.self)
    }
}

/// The compact form, read: three parts, header and payload strict JSON objects, nothing believed.
package struct ParsedSignature {
    package let header: JSONValue
    package let payload: JSONValue
    let signature: [UInt8]
    let signingInput: [UInt8]

    package struct Malformed: Error { package let sentence: String }

    /// nginx takes headers of 8 KiB, Node 16, the CoCo KBS 128; a token beyond this is not one of ours.
    package static let limit = 65_536

    package init(_ token: String) throws(Malformed) {
        let text = Array(token.utf8)
        guard text.count <= Self.limit else {
            throw Malformed(sentence: "\(text.count) characters, wanted at most \(Self.limit)")
        }
        let dots = text.indices.filter { text[$0] == 0x2E }
        guard dots.count == 2 else {
            throw Malformed(sentence: "\(dots.count + 1) parts, wanted header.payload.signature")
        }
        guard let header = Base64URL.decode(text[..<dots[0]]),
            let payload = Base64URL.decode(text[(dots[0] + 1)..<dots[1]]),
            let signature = Base64URL.decode(text[(dots[1] + 1)...])
        else { throw Malformed(sentence: "a part that is not base64url without padding") }
        self.header = try Self.object(header, "header")
        self.payload = try Self.object(payload, "payload")
        self.signature = signature
        signingInput = Array(text[..<dots[1]])
    }

    private static func object(_ bytes: [UInt8], _ name: String) throws(Malformed) -> JSONValue {
        let root: JSONValue
        do throws(JSONError) {
            root = try JSONDocument(parsing: bytes).root
        } catch {
            throw Malformed(sentence: "the \(name) is not JSON: \(error.reason.rawValue), at byte \(error.offset)")
        }
        guard root.kind == .object else { throw Malformed(sentence: "the \(name) is no JSON object") }
        return root
    }
}
