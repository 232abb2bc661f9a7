import DCAPFormats
import DCAPVerification
import EventLog
public import Words

/// Every code and every check with its words, for documentation, for the pages, and for the test that none is missing.
public enum CodeTexts {
    public struct Entry: Hashable, Sendable {
        public let code: String
        public let meaning: Phrase
        public let fix: Phrase
    }

    public struct CheckEntry: Hashable, Sendable {
        public let id: String
        public let title: Phrase
    }

    public static let all: [Entry] =
        ErrorCode.allCases.map {
            Entry(code: $0.rawValue, meaning: ErrorText.meaning($0), fix: Remedy.fix($0))
        }
        + PolicyCode.allCases.map {
            Entry(code: $0.rawValue, meaning: PolicyText.meaning($0), fix: PolicyText.fix($0))
        }
        + EventLogCode.allCases.map {
            Entry(code: $0.rawValue, meaning: EventLogText.meaning($0), fix: EventLogText.fix($0))
        }
        + PolicyError.Code.allCases.map {
            Entry(code: $0.rawValue, meaning: PolicyError.meaning($0), fix: PolicyError.fix($0))
        }

    public static let checks: [CheckEntry] =
        VerificationStep.allCases.map { CheckEntry(id: $0.rawValue, title: StepText.title($0)) }
        + EventLogCheck.Step.allCases.map { CheckEntry(id: $0.rawValue, title: $0.title) }
        + [CheckEntry(id: RootFinding.id, title: RootFinding.title)]
        + PolicyRule.allCases.map { CheckEntry(id: $0.rawValue, title: $0.title) }
}
