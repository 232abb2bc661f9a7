import Appraisal
import AttestationService
import DCAPFormats
import Wire
import Words

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
        if let data = request.member("init_data"), !data.isEmptyValue {
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
        try checkMembers(root, path: path)
        guard let text = root.member("quote")?.plainString else {
            throw HTTPProblem(.memberMissing, "the evidence has no string quote", field: path + ".quote")
                .coded(.evidenceFormat)
        }
        guard let quote = AnyBase64.decode(text) else {
            throw HTTPProblem(.memberInvalid, "found text that is not base64", field: path + ".quote")
                .coded(.evidenceEncoding)
        }
        let platform = try eventLog(root.member("cc_eventlog"), path: path + ".cc_eventlog")
        guard let log = root.member("aa_eventlog"), !log.isEmptyValue else { return (quote, platform) }
        guard platform == nil else {
            throw HTTPProblem(
                .unsupported, "two logs are not judged together by this version, and must not seem to be",
                field: path + ".aa_eventlog", fix: "Send the one that has the agent's events.")
        }
        // The agent's own log is text, in either spelling of its first line; older agents send it in base64.
        if let text = log.string, ["INIT ", "INIT/"].contains(where: { text.utf8.starts(with: $0.utf8) }) {
            return (quote, Array(text.utf8))
        }
        return (quote, try eventLog(log, path: path + ".aa_eventlog"))
    }

    /// What the peers' agents put beside the quote (wire-formats 2.13). A piece that would not be judged is refused: it is
    /// a part of the machine that the caller means.
    private static func checkMembers(_ evidence: JSONValue, path: String) throws(HTTPProblem) {
        let judged = ["quote", "cc_eventlog", "aa_eventlog"]
        for (name, value) in evidence.members where !judged.contains(name) && !value.isEmptyValue {
            let field = path + "." + name.prefix(64)
            switch name {
            case "gpu_evidence":
                throw HTTPProblem(
                    .unsupported, "device evidence is not judged by this version, and must not seem to be",
                    field: field, fix: "Leave it out, and judge the device by itself.")
            case "hcl_report", "tpm_quote":
                throw HTTPProblem(.unsupported, "this is evidence of Azure's vTPM, wanted a quote alone", field: field)
                    .coded(.unsupportedTEE)
            default:
                throw HTTPProblem(
                    .memberUnknown,
                    "found a member that has no meaning here, wanted any of \(judged.joined(separator: ", "))",
                    field: field,
                    fix: NearestName.of(name, among: judged).map { "Did you mean \($0)?" }
                        ?? "Remove the member, or correct its name.")
            }
        }
    }

    private static func eventLog(_ value: JSONValue?, path: String) throws(HTTPProblem) -> [UInt8]? {
        guard let value, !value.isEmptyValue else { return nil }
        guard let text = value.plainString, let bytes = AnyBase64.decode(text) else {
            throw HTTPProblem(.memberInvalid, "found text that is not base64", field: path).coded(.evidenceEncoding)
        }
        return bytes
    }

    /// What report_data must hold. A challenge inside the runtime data is opened, and not spent.
    func binding(
        _ open: (String) throws(ServiceFailure) -> OpenedChallenge
    ) throws(HTTPProblem) -> CheckedBinding {
        guard let runtimeData else { return .none }
        return CheckedBinding(
            expected: runtimeData.expected, nonce: nil, userData: runtimeData.bound,
            challenge: try answered { () throws(ServiceFailure) in
                try runtimeData.challenge.map { text throws(ServiceFailure) in try open(text) }
            })
    }

    /// A TDX quote posted as SGX is judged as neither.
    func check(_ judged: TEE) throws(HTTPProblem) {
        guard judged != tee else { return }
        throw HTTPProblem(
            .memberInvalid, "the request says \(tee.name), the quote is of \(judged.name)", field: "tee"
        )
        .coded(.unsupportedTEE)
    }
}
