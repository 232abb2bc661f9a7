/// What a service can do wrong on the wire. Wrong content (stale, rolled back, half a set) is another catalogue.
package enum PCCSFault: Hashable, Sendable {
    case status(Int, retryAfterSeconds: Int?)
    case slow(milliseconds: Int)
    /// Takes the request and never answers.
    case stall
    /// Answers, and rightly, when the fault is lifted.
    case held
    /// Says how long the body is, sends half, and closes.
    case truncated
    /// Sends bytes for as long as they are taken.
    case oversize
    case oversizeHeader
    case missingHeader
    /// Version 3's name of the TCB info's header.
    case headerOfVersion3
    case duplicateHeader
    /// Both names, with different values.
    case contradictingHeaders
    case malformedHeader
    /// 200 with a page for people.
    case page
    case emptyBody
    case notACRL
    case redirect

    /// For the command line and the demo: `status=503`, `slow=2000`, or the name alone.
    package init?(text: String) {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        let number = parts.count > 1 ? Int(parts[1]) : nil
        switch (parts.first, number) {
        case ("status", let status?): self = .status(status, retryAfterSeconds: nil)
        case ("slow", let milliseconds?): self = .slow(milliseconds: milliseconds)
        case ("stall", nil): self = .stall
        case ("truncated", nil): self = .truncated
        case ("oversize", nil): self = .oversize
        case ("oversize-header", nil): self = .oversizeHeader
        case ("missing-header", nil): self = .missingHeader
        case ("malformed-header", nil): self = .malformedHeader
        case ("page", nil): self = .page
        case ("empty", nil): self = .emptyBody
        case ("redirect", nil): self = .redirect
        default: return nil
        }
    }
}

/// What is asked of a service, for faults and for the record.
package enum PCCSItem: String, CaseIterable, Hashable, Sendable {
    case pckCRL = "pck_crl"
    case rootCRL = "root_crl"
    case tcbInfo = "tcb_info"
    case qeIdentity = "qe_identity"
}
