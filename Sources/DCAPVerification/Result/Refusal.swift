public import DCAPFormats

/// A terminal failure: which check refused, and why. Nothing the quote says may be presented as verified.
public struct Refusal: Error, Hashable, Sendable {
    public let step: VerificationStep
    public let failure: VerificationFailure

    public var code: ErrorCode { failure.code }

    package init(_ step: VerificationStep, _ failure: VerificationFailure) {
        self.step = step
        self.failure = failure
    }
}

/// Runs one check, so that whatever it throws carries the check's name.
func check<Value>(
    _ step: VerificationStep, _ body: () throws(VerificationFailure) -> Value
) throws(Refusal) -> Value {
    do throws(VerificationFailure) {
        return try body()
    } catch {
        throw Refusal(step, error)
    }
}

/// A condition whose text is only made when it does not hold.
func require(
    _ condition: Bool, _ failure: @autoclosure () -> VerificationFailure
) throws(VerificationFailure) {
    if !condition { throw failure() }
}
