import Appraisal
import DCAPFormats
import Wire

/// What Trustee's, OpenAnolis's and Alibaba's requests have in common: a TEE's name, evidence inside evidence, and what
/// was bound (wire-formats 2.1, 2.3, 2.4).
struct TrusteeEvidence: Sendable {
    let quote: [UInt8]
    /// `cc_eventlog` (CCEL) or `aa_eventlog` (the agent's text), in the evidence beside the quote.
    let eventLog: [UInt8]?
    let tee: TEE
    let runtimeData: RuntimeData?

    /// - Parameter request: The object that has `tee`, `evidence` and the rest.
    init(_ request: JSONValue, path: String) throws(HTTPProblem) {
        func string(_ name: StaticString) throws(HTTPProblem) -> [UInt8] {
            guard let value = request.member(name) else {
                throw HTTPProblem(.memberMissing, "found nothing, wanted a string", field: path + "\(name)")
            }
            guard let text = value.plainString else {
                throw HTTPProblem(.memberInvalid, "wanted a string without escapes", field: path + "\(name)")
            }
            return Array(text)
        }
        let name = String(decoding: try string("tee"), as: UTF8.self)
        guard let tee = TEE.allCases.first(where: { $0.name == name }) else {
            throw HTTPProblem(
                .unsupported, "found \(name.prefix(32)), wanted tdx or sgx", field: path + "tee"
            ).coded(.unsupportedTEE)
        }
        self.tee = tee
        guard let inner = AnyBase64.decode(try string("evidence")[...]) else {
            throw HTTPProblem(.memberInvalid, "found text that is not base64url", field: path + "evidence")
                .coded(.evidenceEncoding)
        }
        (quote, eventLog) = try Self.contents(inner, path: path + "evidence")
        if let data = request.member("init_data"), data.kind != .null {
            throw HTTPProblem(
                .unsupported, "init_data is not compared by this version, and must not seem to be",
                field: path + "init_data", fix: "Leave it out, and compare MRCONFIGID with a policy.")
        }
        runtimeData = try RuntimeData(
            request.member("runtime_data"), algorithm: request.member("runtime_data_hash_algorithm"), path: path)
    }

    private static func contents(
        _ evidence: [UInt8], path: String
    ) throws(HTTPProblem) -> (quote: [UInt8], eventLog: [UInt8]?) {
        guard let root = try? JSONDocument(parsing: evidence, limit: VerdictRequest.jsonLimit * 16).root,
            root.kind == .object
        else {
            throw HTTPProblem(.jsonInvalid, "the decoded evidence is no JSON object", field: path).coded(
                .evidenceFormat)
        }
        guard let text = root.member("quote")?.plainString else {
            throw HTTPProblem(.memberMissing, "the evidence has no string quote", field: path + ".quote")
                .coded(.evidenceFormat)
        }
        guard let quote = AnyBase64.decode(text) else {
            throw HTTPProblem(.memberInvalid, "found text that is not base64", field: path + ".quote")
                .coded(.evidenceEncoding)
        }
        if let log = try eventLog(root.member("cc_eventlog"), path: path + ".cc_eventlog") { return (quote, log) }
        // The agent's own log is text; older agents send it in base64.
        guard let log = root.member("aa_eventlog"), log.kind != .null else { return (quote, nil) }
        if let text = log.string, text.hasPrefix("INIT ") { return (quote, Array(text.utf8)) }
        return (quote, try eventLog(log, path: path + ".aa_eventlog"))
    }

    private static func eventLog(_ value: JSONValue?, path: String) throws(HTTPProblem) -> [UInt8]? {
        guard let value, value.kind != .null else { return nil }
        guard let text = value.plainString, let bytes = AnyBase64.decode(text) else {
            throw HTTPProblem(.memberInvalid, "found text that is not base64", field: path).coded(.evidenceEncoding)
        }
        return bytes
    }

    /// Their protocol takes a log for an account of all four registers: one that it does not explain is a mismatch, also
    /// where our policy would leave it open (event-logs 2.2).
    func checkRegisters(_ verdict: Verdict) throws(HTTPProblem) {
        guard let log = verdict.eventLog, verdict.decision == .accept,
            let open = log.registers.firstIndex(where: { $0 != .replayed && $0 != .untouched })
        else { return }
        throw HTTPProblem(
            .memberInvalid, "the event log does not lead to rtmr\(open): \(log.registers[open].rawValue)",
            field: "cc_eventlog",
            fix: PolicyText.fix(.eventLog).english
        ).coded(.verificationFailed)
    }

    /// A TDX quote posted as SGX is judged as neither.
    func check(_ judged: Quote) throws(HTTPProblem) {
        guard judged.tee != tee else { return }
        throw HTTPProblem(
            .memberInvalid, "the request says \(tee.name), the quote is of \(judged.tee.name)", field: "tee"
        )
        .coded(.unsupportedTEE)
    }
}

/// `runtime_data`: `raw` bytes, or a `structured` object whose canonical JSON is hashed.
struct RuntimeData: Sendable {
    let expected: ExpectedReportData
    /// As the token repeats it.
    let document: JSON
    /// The bytes that were bound, before any digest.
    let bound: [UInt8]
    /// OpenAnolis clients return their challenge in here.
    let challenge: String?

    init?(_ value: JSONValue?, algorithm: JSONValue?, path: String) throws(HTTPProblem) {
        guard let value, value.kind != .null else { return nil }
        let field = path + "runtime_data"
        guard value.kind == .object, value.members.count == 1 else {
            throw HTTPProblem(.memberInvalid, "wanted an object with either raw or structured", field: field)
        }
        if let raw = value.member("raw") {
            guard let text = raw.plainString, let bytes = AnyBase64.decode(text) else {
                throw HTTPProblem(.memberInvalid, "found text that is not base64", field: field + ".raw")
            }
            guard let expected = ExpectedReportData(raw: Array(bytes.prefix(64))) else {
                throw HTTPProblem(
                    .memberInvalid, "found nothing, or zeros only: that binds nothing", field: field + ".raw",
                    fix: "Bind a nonce, or leave runtime_data out.")
            }
            self.expected = expected
            document = .string(Base64URL.encode(try Self.checked(bytes, field: field + ".raw")))
            bound = Array(bytes.prefix(64))
            challenge = nil
            return
        }
        guard let structured = value.member("structured"), structured.kind == .object else {
            throw HTTPProblem(.memberInvalid, "wanted an object with either raw or structured", field: field)
        }
        let name = algorithm?.string ?? "sha384"
        guard let digest = ExpectedReportData.DigestAlgorithm(rawValue: name) else {
            throw HTTPProblem(
                .memberInvalid, "found \(name.prefix(16)), wanted sha256, sha384 or sha512",
                field: path + "runtime_data_hash_algorithm")
        }
        guard let document = JSON(document: structured) else {
            throw HTTPProblem(
                .memberInvalid, "found a number with a fraction or out of range: it has no one canonical text",
                field: field + ".structured")
        }
        bound = try Self.checked(document.canonicalBytes, field: field + ".structured")
        expected = ExpectedReportData(digest, of: bound)
        self.document = document
        challenge = structured.member("challenge_token")?.string
    }

    /// What the token could not repeat is refused.
    private static func checked(_ bytes: [UInt8], field: String) throws(HTTPProblem) -> [UInt8] {
        guard bytes.count <= Limits.runtimeDataBytes else {
            throw HTTPProblem(
                .memberInvalid, "found \(bytes.count) bytes, wanted at most \(Limits.runtimeDataBytes)", field: field,
                fix: "Bind the digest of what is long.")
        }
        return bytes
    }
}
