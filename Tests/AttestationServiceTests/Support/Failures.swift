import Appraisal
import AttestationService
import AuditStore
import DCAPFormats
import DCAPVerification
import MerkleLog
import Records
import StateStore
import Words

/// Why it was not done, in a word; `done` where it was.
func outcome(_ body: () async throws -> Void) async -> String {
    do {
        try await body()
        return "done"
    } catch let failure as ServiceFailure {
        return failure.word
    } catch {
        return "\(error)"
    }
}

extension ServiceFailure {
    /// For tables.
    var word: String {
        switch self {
        case .overloaded: "overloaded"
        case .exceeded(let reason): "exceeded, \(reason.retryAfterSeconds) s"
        case .noQuote(let failure): failure.code.rawValue
        case .undecided(let result): result.refusal?.code.rawValue ?? "undecided"
        case .replaced(let times): "replaced \(times)"
        case .openRegister: "open register"
        case .notRecorded(let failure): "not recorded: \(failure.code)"
        case .policy(let failure): failure.word
        case .token(let failure), .notSealed(_, let failure): failure.word
        case .challenge(let failure): failure.word
        case .archive(.held): "held"
        case .archive(.unavailable): "archive unavailable"
        case .internal(let text): text.english
        }
    }
}

extension PolicyFailure {
    fileprivate var word: String {
        switch self {
        case .tooMany: "too many"
        case .unknown: "unknown"
        case .setAside(let aside): "set aside: \(aside.code)"
        case .standardUnknown: "standard unknown"
        case .lost: "lost"
        case .referenceSetsMissing(let names): "missing: \(names.joined(separator: ","))"
        case .document(let error): error.code.rawValue
        case .otherID: "other id"
        case .noSuchVersion: "no such version"
        case .casesFailed: "cases failed"
        case .state(_, let found, let step): "\(found.name), not to be \(step.rawValue)"
        case .setEnded: "ended"
        case .standardWouldGo: "standard would go"
        case .notRecorded(let failure): "not recorded: \(failure.code)"
        case .storage: "storage"
        }
    }
}

extension TokenFailure {
    fileprivate var word: String {
        switch self {
        case .endsNow: "ends now"
        case .notCanonical: "not canonical"
        case .noKey: "no key"
        case .keyDoesNotSign: "does not sign"
        case .demand(let field, _, _): "demand: \(field)"
        case .noSuchList: "no such list"
        case .noSuchAlgorithm: "no such algorithm"
        case .rotationPending: "rotation pending"
        case .noKeyMade: "no key made"
        case .keyNotRecorded: "key not recorded"
        }
    }
}

extension ChallengeFailure {
    fileprivate var word: String {
        switch self {
        case .notOurs: "not ours"
        case .expired: "expired"
        case .spent: "spent"
        case .storage: "storage"
        }
    }
}
