/// Why evidence cannot be believed, or cannot be judged: one code and the facts beside it.
///
/// Terminal by definition (dcap 0.3): no policy turns it into success.
public struct VerificationFailure: Error, Hashable, Sendable {
    public let code: ErrorCode
    /// The part of the input that is at fault: `qeReport.mrSigner`, `tcbInfo.tcbLevels[3].tcb.pcesvn`.
    public let field: String
    /// Byte position of the field in the document that holds it, where one can be named.
    public let offset: Int?
    public let found: String
    public let wanted: String

    public init(_ code: ErrorCode, field: String, offset: Int? = nil, found: String, wanted: String) {
        self.code = code
        self.field = field
        self.offset = offset
        self.found = found
        self.wanted = wanted
    }
}
