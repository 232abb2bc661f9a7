/// Why an audit does not end well. Each has an exit code (transparency-log 16).
package enum AuditFailure: Error, Sendable {
    /// A file or database that cannot be read or written.
    case inputOutput(String)
    /// A signature, proof or hash that does not hold.
    case notVerified(String)
    /// The log signed what cannot be true: proven, and the proof can be passed on.
    case misbehaviour(Misbehaviour)
    /// Something is missing that would be needed to say yes or no.
    case undecided(String)
    case network(String)

    package var exitCode: Int32 {
        switch self {
        case .inputOutput: 1
        case .notVerified: 2
        case .misbehaviour: 3
        case .undecided: 4
        case .network: 5
        }
    }

    package var sentence: String {
        switch self {
        case .inputOutput(let text), .notVerified(let text), .undecided(let text), .network(let text): text
        case .misbehaviour(let evidence): evidence.sentence
        }
    }
}
