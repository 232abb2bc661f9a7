import Appraisal
import Wire
import Words

/// `runtime_data` of the peers' requests: `raw` bytes, or a `structured` object whose canonical JSON is hashed.
struct RuntimeData: Sendable {
    let expected: ExpectedReportData
    /// The bytes that were bound, before any digest: a token repeats them, and nothing besides.
    let bound: [UInt8]
    /// OpenAnolis clients return their challenge in here.
    let challenge: String?

    /// - Returns: `nil` where nothing was sent. What is empty was not sent, until something says how it is bound: `raw`,
    ///   `structured` or an algorithm (wire-formats 2.9 R1, 2.13).
    init?(_ value: JSONValue?, algorithm: JSONValue?, path: String) throws(HTTPProblem) {
        let field = path + "runtime_data"
        let digest = try Self.algorithm(algorithm, field: path + "runtime_data_hash_algorithm")
        guard let value, !value.isEmptyValue else {
            guard digest == nil else { throw Self.nothing(field) }
            return nil
        }
        guard value.kind == .object, let member = value.members.first, value.members.count == 1 else {
            throw HTTPProblem(.memberInvalid, "wanted an object with either raw or structured", field: field)
        }
        switch member.name {
        case "raw": try self.init(raw: member.value, field: field + ".raw")
        case "structured":
            try self.init(structured: member.value, digest ?? .sha384, field: field + ".structured")
        default:
            throw HTTPProblem(.memberInvalid, "wanted an object with either raw or structured", field: field)
        }
    }

    private init(raw value: JSONValue, field: String) throws(HTTPProblem) {
        guard let text = value.plainString, let bytes = AnyBase64.decode(text) else {
            throw HTTPProblem(.memberInvalid, "found text that is not base64", field: field)
        }
        // Never cut: what stands in the token was compared to its last byte.
        guard bytes.count <= 64 else {
            throw HTTPProblem(
                .memberInvalid, "found \(bytes.count) bytes, wanted at most the 64 of report_data", field: field,
                fix: "Bind the digest of what is long, as structured data.")
        }
        guard let expected = ExpectedReportData(raw: bytes) else { throw Self.nothing(field) }
        self.expected = expected
        bound = bytes
        challenge = nil
    }

    private init(
        structured value: JSONValue, _ algorithm: ExpectedReportData.DigestAlgorithm, field: String
    ) throws(HTTPProblem) {
        guard value.kind == .object else {
            throw HTTPProblem(.memberInvalid, "found \(value.kind.rawValue), wanted an object", field: field)
        }
        guard !value.members.isEmpty else { throw Self.nothing(field) }
        guard let document = JSON(document: value) else {
            throw HTTPProblem(
                .memberInvalid, "found a number with a fraction or out of range: it has no one canonical text",
                field: field)
        }
        bound = try Self.repeatable(document, field: field)
        guard let expected = ExpectedReportData(algorithm, of: bound) else { throw Self.nothing(field) }
        if let token = value.member("challenge_token"), !token.isEmptyValue {
            guard let text = token.string else {
                throw HTTPProblem(
                    .challengeInvalid, "found \(token.kind.rawValue), wanted a challenge of this service",
                    field: field + ".challenge_token")
            }
            challenge = text
            self.expected = expected.asked(by: .challenge)
        } else {
            challenge = nil
            self.expected = expected
        }
    }

    /// Every digest, whatever it is used for: `sm3` beside raw bytes shall not seem to count.
    private static func algorithm(
        _ value: JSONValue?, field: String
    ) throws(HTTPProblem) -> ExpectedReportData.DigestAlgorithm? {
        guard let value, !value.isEmptyValue else { return nil }
        guard let name = value.string, let algorithm = ExpectedReportData.DigestAlgorithm(rawValue: name) else {
            throw HTTPProblem(
                .memberInvalid,
                "found \((value.string ?? value.kind.rawValue).prefix(16)), wanted sha256, sha384 or sha512",
                field: field)
        }
        return algorithm
    }

    private static func nothing(_ field: String) -> HTTPProblem {
        HTTPProblem(
            .memberInvalid, "found nothing, or zeros only: that binds nothing", field: field,
            fix: "Bind a nonce, or leave runtime_data out.")
    }

    /// Its canonical bytes. What no token could repeat is refused before anything is spent for it.
    private static func repeatable(_ document: JSON, field: String) throws(HTTPProblem) -> [UInt8] {
        let bytes = document.canonicalBytes
        guard bytes.count <= Limits.runtimeDataBytes else {
            throw HTTPProblem(
                .memberInvalid, "found \(bytes.count) bytes, wanted at most \(Limits.runtimeDataBytes)", field: field,
                fix: "Bind the digest of what is long.")
        }
        // As deep as the deepest of our tokens has it: claims, submods, one of them, its evidence.
        let deepest = (0..<4).reduce(document) { inner, _ in .object([("a", inner)]) }
        do throws(CanonicalJSONError) {
            _ = try deepest.canonicalBytes(as: .claims)
        } catch {
            throw HTTPProblem(
                .memberInvalid,
                "found what has no canonical JSON, and the token would repeat it: \(String(describing: error))",
                field: field, fix: "Use names of printable ASCII, whole numbers, and at most 12 levels.")
        }
        return bytes
    }
}

extension JSONValue {
    /// Whether an optional member of this value was not sent (wire-formats 2.13).
    var isEmptyValue: Bool {
        switch kind {
        case .null: true
        case .string: string?.isEmpty == true
        case .array: elements.first { _ in true } == nil
        case .object: members.isEmpty
        case .number, .boolean: false
        }
    }
}
