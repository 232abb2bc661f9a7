public import Wire

/// A signed JSON document, tokenised just far enough to find the signed bytes and the signature (step D6). What it says
/// is read only after the signature was checked.
public struct SignedDocument: Sendable {
    /// As it is handed over (dcap 3.6, 3.10).
    public enum Source: Hashable, Sendable {
        /// The complete response: `{"tcbInfo":{…},"signature":"<128 hex>"}`.
        case response([UInt8])
        /// The inner object and its signature apart, as bundles carry them.
        case detached(object: [UInt8], signature: [UInt8])

        /// As it is stored.
        package var bytes: [UInt8] {
            switch self {
            case .response(let bytes): bytes
            case .detached(let object, _): object
            }
        }

        /// What is hashed to name the document: the inner object, so that a document has one name, whether its signature
        /// came with it or apart. All of it where it is no such response.
        var signedBytes: ArraySlice<UInt8> {
            guard case .response(let bytes) = self else { return self.bytes[...] }
            let members = (try? JSONDocument(parsing: bytes))?.root.members ?? []
            return members.first { $0.value.kind == .object }?.value.bytes ?? bytes[...]
        }

        /// As a response holds it, for the archive: what came, or what came apart put together around the same bytes.
        package func responseBytes(member: String) -> [UInt8] {
            switch self {
            case .response(let bytes): bytes
            case .detached(let object, let signature):
                Array("{\"\(member)\":".utf8) + object + Array(",\"signature\":\"".utf8) + signature + Array("\"}".utf8)
            }
        }
    }

    /// r ‖ s.
    public let signature: FixedBytes<64>
    let body: JSONValue
    let member: String

    /// Exactly the bytes that were signed, as received.
    public var signedBytes: ArraySlice<UInt8> { body.bytes }

    /// - Parameter member: `tcbInfo` or `enclaveIdentity`: the only member beside `signature` that may stand there.
    public init(opening source: Source, member: String) throws(CollateralFormatError) {
        self.member = member
        switch source {
        case .response(let bytes):
            let root = try Self.document(bytes, member).root
            let members = root.members
            guard members.count == 2, let body = members.first(where: { $0.name == member })?.value,
                let signature = members.first(where: { $0.name == "signature" })?.value
            else {
                throw CollateralFormatError(
                    .unsupportedFormat, member, at: root.range.lowerBound,
                    found: root.kind == .object
                        ? "members " + members.prefix(4).map(\.name).joined(separator: ", ") : "no object",
                    wanted: "an object of \(member) and signature, and nothing else")
            }
            self.body = body
            self.signature = try Self.signature(signature.plainString, "signature", at: signature.range.lowerBound)
        case .detached(let object, let signature):
            body = try Self.document(object, member).root
            self.signature = try Self.signature(signature[...], "\(member)Signature", at: 0)
        }
        guard body.kind == .object else {
            throw CollateralFormatError(
                .unsupportedFormat, member, at: body.range.lowerBound, found: body.kind.rawValue, wanted: "an object")
        }
    }

    private static func document(_ bytes: [UInt8], _ member: String) throws(CollateralFormatError) -> JSONDocument {
        do throws(JSONError) {
            return try JSONDocument(parsing: bytes)
        } catch {
            throw CollateralFormatError(
                .unsupportedFormat, member, at: error.offset, found: error.reason.rawValue, wanted: "strict JSON")
        }
    }

    private static func signature(
        _ text: ArraySlice<UInt8>?, _ field: String, at offset: Int
    ) throws(CollateralFormatError) -> FixedBytes<64> {
        guard let text, let signature: FixedBytes<64> = Hex.fixed(text) else {
            throw CollateralFormatError(
                .unsupportedFormat, field, at: offset, found: text.map { "\($0.count) characters" } ?? "no string",
                wanted: "128 hexadecimal digits")
        }
        return signature
    }
}
