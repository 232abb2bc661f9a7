import AttestationService
import HTTPTypes
import Hummingbird
import Records
import Words

/// From a request to an attestation result, for every interface: what is no quote and what could not be decided is a
/// problem; an accept or a reject is an answer. Both are counted.
struct Attesting: Sendable {
    let context: ServiceContext
    let observation: ServiceMetrics

    /// Checks a submission; one that is wrong is counted and costs nothing.
    func checked(
        _ make: () throws(ServiceFailure) -> CheckedSubmission
    ) throws(HTTPProblem) -> CheckedSubmission {
        do throws(ServiceFailure) {
            return try make()
        } catch {
            if case .noQuote = error { context.service.turnedAway.countMalformed() }
            throw HTTPProblem(error)
        }
    }

    /// A verdict is asked for: what one costs at least is taken from the caller's budget, before its body is read.
    func admit(_ exchange: Exchange) throws(HTTPProblem) {
        try context.charge(.verdict, to: exchange)
    }

    func attest(
        _ submission: CheckedSubmission, for exchange: Exchange, variant: String = ""
    ) async throws(HTTPProblem) -> AttestationResult {
        do throws(ServiceFailure) {
            try context.service.charge(context.service.surcharge(of: submission), to: exchange.caller)
            let result = try await context.service.attest(submission, for: exchange.caller, variant: variant)
            if result.repeatedAfterSeconds == nil {
                observation.recordVerdict(result.judgement.verdict, submission.adapter)
            }
            return result
        } catch {
            switch error {
            case .undecided(let result), .notSealed(let result, _):
                observation.recordVerdict(result.judgement.verdict, submission.adapter)
            case .overloaded: context.service.turnedAway.countRateLimited()
            default: break
            }
            throw HTTPProblem(error, version: context.version)
        }
    }

    /// Runs what reads a request for a verdict, and counts it where it is none.
    func countingRefusals<Value>(
        _ body: () async throws(HTTPProblem) -> Value
    ) async throws(HTTPProblem) -> Value {
        do throws(HTTPProblem) {
            return try await body()
        } catch {
            if error.status < 500 {
                context.service.turnedAway.countMalformed()
            } else {
                context.service.turnedAway.countRateLimited()
            }
            throw error
        }
    }
}

extension Response {
    /// Says where an answer was given before (transparency-log Q-4).
    func marked(_ result: AttestationResult) -> Response {
        guard let seconds = result.repeatedAfterSeconds else { return self }
        var response = self
        response.headers[.repeated] = "\(seconds)"
        return response
    }
}

extension HTTPField.Name {
    fileprivate static let repeated = known("Assay-Repeated")
}
