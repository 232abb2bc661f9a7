import Appraisal
import AuditStore
import DCAPFormats
import DCAPVerification
import KeyCustody
import Records
import StateStore
import Wire
package import Words

/// What each failure says: what was found, and what was wanted. A door adds how to mend it in its own terms.
extension ServiceFailure {
    package var detail: Sentence {
        switch self {
        case .overloaded(let limit): "as much is under way or waits as may: \(limit)"
        case .exceeded(let reason):
            "more than \(reason.rate.perMinute) verdicts a minute, \(reason.rate.burst) at once, or what costs as much"
        case .noQuote(let failure):
            "\(failure.field): found \(VerdictWord.finding(failure.found)), wanted \(VerdictWord.finding(failure.wanted))"
        case .undecided(let result):
            result.refusal.map { Sentence(VerdictWord.finding($0.failure.found)) } ?? "nothing was decided"
        case .replaced: "nothing was decided: the policies were replaced three times meanwhile"
        case .openRegister(let index, let state): "the event log does not lead to rtmr\(index): \(state)"
        case .notRecorded(let reason): reason.detail ?? "nothing was decided: a verdict that is not recorded is none"
        case .policy(let failure): failure.detail
        case .token(let failure), .notSealed(_, let failure): failure.detail
        case .challenge(let failure): failure.detail
        case .archive(let failure): failure.detail
        case .internal(let text): text
        }
    }
}

extension PolicyFailure {
    var detail: Sentence {
        switch self {
        case .tooMany(let found, let limit): "found \(found) policies, wanted at most \(limit)"
        case .unknown(let found, let known, _):
            "found \(found.prefix(64)), wanted one of \(known.joined(separator: ", "))"
        case .standardUnknown(let name, let known):
            "policy \(name): there is no such policy; known are \(known.joined(separator: ", "))"
        case .setAside(let aside):
            "found the policy \(aside.id), of which an earlier release put a version in force that this one does not take (\(aside.code), sha256 \(aside.sha256.hex)); nothing is judged in its place before an administrator retires it"
        case .referenceSetsMissing(let names):
            "the policy names \(names.joined(separator: ", ")), wanted sets that are in force"
        case .document(let error): "found \(error.found), wanted \(error.wanted)"
        case .otherID(let found, let wanted): "found \(found), wanted \(wanted.prefix(64)), as the path says"
        case .noSuchVersion(let id): "no such version of \(id.prefix(64)) was handed in"
        case .casesFailed(let results):
            results.isEmpty ? "found no case, wanted at least one" : Self.otherwise(results)
        case .state(let kind, let found, let step):
            "found a version that is \(found.name), wanted \(Self.wanted(kind, step)) to be \(step.rawValue)"
        case .setEnded(let end, let now): "found a set whose values count until \(end), and now is \(now)"
        case .standardWouldGo(let id):
            "\(id) is the policy for requests that name none, and nothing else has its name"
        case .notRecorded: "nothing was done: an act that is not in the log does not happen"
        case .lost(let text): Sentence(value: text)
        case .storage(let text): text
        }
    }

    private static func otherwise(_ results: [PolicyCase.Result]) -> Sentence {
        let others = results.indices.filter { !results[$0].isAsExpected }
        let names = others.map { "cases[\($0)]" }.joined(separator: ", ")
        return "\(others.count) of \(results.count) came out otherwise: \(names)"
    }

    private static func wanted(_ kind: DocumentVersion.Kind, _ step: Step) -> Sentence {
        switch (kind, step) {
        case (_, .retired): "an active one"
        case (.policy, .tested): "a draft"
        case (.policy, .activated): "a tested one"
        case (.referenceSet, _): "a draft"
        }
    }
}

extension TokenFailure {
    var detail: Sentence {
        switch self {
        case .endsNow: "what the verdict rests on ends now, and no token outlives it"
        case .notCanonical(let error):
            "found what has no canonical JSON, and the token would repeat it: \(String(describing: error))"
        case .noKey(let algorithm): "there is no key for \(algorithm.rawValue)"
        case .keyDoesNotSign: "the key does not sign"
        case .demand(_, let found, let wanted):
            found.isEmpty ? "found nothing, wanted \(wanted)" : "found \(found), wanted \(wanted)"
        case .noSuchList: "this service has no status list of that name"
        case .noSuchAlgorithm(let name):
            "found \(name.prefix(32)), wanted \(SignatureAlgorithm.allCases.map(\.rawValue).joined(separator: ", "))"
        case .rotationPending(let algorithm, let start):
            "the next \(algorithm.rawValue) key is published, and signs from \(start)"
        case .noKeyMade(let error): "no key was made: \(error.sentence)"
        case .keyNotRecorded: "the key is made and not in the log, so it is not in use"
        }
    }
}

extension ChallengeFailure {
    var detail: Sentence {
        switch self {
        case .notOurs: "found a text that this service did not seal as a challenge"
        case .expired(let end, let now): "it ended at \(end), now is \(now)"
        case .spent: "each challenge is good for one quote"
        case .storage: "whether the challenge is new cannot be recorded"
        }
    }
}

extension ArchiveFailure {
    var detail: Sentence {
        switch self {
        case .held(let identifier): "found a hold on the evidence of \(identifier), and nothing was deleted"
        case .unavailable: "the archive could not do it now"
        }
    }
}
