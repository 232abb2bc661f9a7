package import Appraisal
package import AuditStore
package import DCAPFormats
package import KeyCustody
package import Records
package import StateStore
package import Wire
package import Words

/// Why the service gives no verdict, no token, or does not do what was asked. Closed: a door of the service has an answer
/// for each of them. Facts only; nothing secret, and no status of any protocol.
package enum ServiceFailure: Error, Sendable {
    /// As many submissions are under way as may be, or what waits for a processor waits too long.
    case overloaded(limit: Int)
    /// One caller asks for more than its share.
    case exceeded(CallerBudget.Exceeded)
    /// The bytes are no quote: there is nothing a verdict could be about (dcap 0.5).
    case noQuote(VerificationFailure)
    /// A verdict was recorded, and it is that nothing could be decided.
    case undecided(AttestationResult)
    /// An accept was recorded, and its token could not be signed: there is no token, so there is no answer.
    case notSealed(AttestationResult, TokenFailure)
    /// What the submission is held against was replaced each time it was judged.
    case replaced(times: Int)
    /// The event log leaves a register open, and this submission's protocol takes a log for an account of all.
    case openRegister(index: Int, state: String)
    /// The log does not take it, so it did not happen.
    case notRecorded(RecordFailure)
    case policy(PolicyFailure)
    case token(TokenFailure)
    case challenge(ChallengeFailure)
    case archive(ArchiveFailure)
    /// What must not happen; the text is for the operator.
    case `internal`(Sentence)
}

/// Policies and reference sets: what was named, or what was handed in.
package enum PolicyFailure: Error, Sendable {
    case tooMany(found: Int, limit: Int)
    case unknown(found: String, known: [String], standard: String)
    /// A stored version of it is active, and is not one that is judged by.
    case setAside(SetAside)
    /// The policy for submissions that name none is not there.
    case standardUnknown(String, known: [String])
    /// A policy names sets that are not in force.
    case referenceSetsMissing([String])
    /// The document does not load.
    case document(PolicyError)
    case otherID(found: String, wanted: String)
    case noSuchVersion(id: String)
    /// The cases do not come out as expected; what each of them gave.
    case casesFailed([PolicyCase.Result])
    /// `step`: what was to become of it.
    case state(kind: DocumentVersion.Kind, found: DocumentVersion.State, step: Step)
    case setEnded(Instant, now: Instant)
    /// The default policy would go, and nothing takes its place.
    case standardWouldGo(id: String)
    /// The log does not take the act.
    case notRecorded(AppendFailure)
    /// The log has something in force that is stored nowhere; the text says what.
    case lost(String)
    /// The archive, the stored versions or the log cannot be used now; the text says which.
    case storage(Sentence)

    package enum Step: String, Sendable { case tested, activated, retired }
}

/// Signing, and what tokens and lists of them are asked for.
package enum TokenFailure: Error, Sendable {
    /// What the verdict rests on ends now, and no token outlives it.
    case endsNow
    /// The token would repeat what has no canonical JSON.
    case notCanonical(CanonicalJSONError)
    case noKey(SignatureAlgorithm)
    /// The key is there, and does not sign.
    case keyDoesNotSign
    /// A demand that means nothing; `field` in the gateway's words.
    case demand(field: String, found: String, wanted: Sentence)
    case noSuchList
    case noSuchAlgorithm(String)
    case rotationPending(SignatureAlgorithm, signsFrom: Instant)
    case noKeyMade(KeyError)
    /// The key is made, and is not in the log.
    case keyNotRecorded
}

package enum ChallengeFailure: Error, Sendable {
    case notOurs
    case expired(at: Instant, now: Instant)
    case spent
    /// Whether it is new cannot be recorded.
    case storage
}

package enum ArchiveFailure: Error, Sendable {
    /// The verdict's evidence is under a hold.
    case held(String)
    case unavailable
}
