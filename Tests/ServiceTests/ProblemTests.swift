import Appraisal
import AttestationService
import AuditStore
import DCAPFormats
import KeyCustody
import Records
import StateStore
import Testing
import Wire
import Words

@testable import WebAPI

/// What each failure of the service is over HTTP; what brings it about is tested at the service.
@Suite("The service's failures as problems")
struct ProblemTests {
    struct Row: Sendable {
        let failure: ServiceFailure
        let status: Int
        let code: String
        var field: String?
        var retryAfterSeconds: Int?
    }

    private static func document(_ text: String) -> ServiceFailure? {
        do throws(PolicyError) {
            _ = try Policy(handedIn: Array(text.utf8))
            return nil
        } catch {
            return .policy(.document(error))
        }
    }

    private static let time = Instant(seconds: 1_768_435_200)

    static let rows: [Row] = [
        Row(failure: .overloaded(limit: 2), status: 503, code: "OVERLOADED", retryAfterSeconds: 1),
        Row(
            failure: .noQuote(VerificationFailure(.quoteTruncated, field: "header", found: "1 byte", wanted: "48")),
            status: 400, code: "QUOTE_TRUNCATED", field: "quote.header"),
        Row(
            failure: .noQuote(VerificationFailure(.quoteTooLarge, field: "length", found: "70000", wanted: "65536")),
            status: 413, code: "QUOTE_TOO_LARGE", field: "quote.length"),
        Row(failure: .replaced(times: 3), status: 503, code: "LOG_UNAVAILABLE"),
        Row(
            failure: .notRecorded(
                RecordFailure(code: "LOG_BACKPRESSURE", sentence: "the log's queue is full", retryAfterSeconds: 1)),
            status: 503, code: "LOG_BACKPRESSURE", retryAfterSeconds: 1),
        Row(
            failure: .notRecorded(RecordFailure(code: "LOG_UNAVAILABLE", sentence: "no room", retryAfterSeconds: 30)),
            status: 503, code: "LOG_UNAVAILABLE", retryAfterSeconds: 30),
        Row(
            failure: .policy(.unknown(found: "x", known: ["strict"], standard: "strict")), status: 400,
            code: "POLICY_UNKNOWN", field: "policy"),
        Row(
            failure: .policy(.tooMany(found: 9, limit: 8)), status: 400, code: "REQUEST_MEMBER_INVALID",
            field: "policy"),
        Row(failure: .policy(.referenceSetsMissing(["images"])), status: 409, code: "REFERENCE_SET_MISSING"),
        Row(
            failure: .policy(.otherID(found: "a", wanted: "b")), status: 400, code: "REQUEST_MEMBER_INVALID",
            field: "id"),
        Row(failure: .policy(.noSuchVersion(id: "lab")), status: 404, code: "NOT_FOUND", field: "sha256"),
        Row(failure: .policy(.casesFailed([])), status: 422, code: "POLICY_CASES_FAILED", field: "cases"),
        Row(
            failure: .policy(.state(kind: .policy, found: .draft, step: .activated)), status: 409,
            code: "VERSION_STATE"),
        Row(
            failure: .policy(.setEnded(time, now: time)), status: 409, code: "VERSION_STATE", field: "valid_until"),
        Row(failure: .policy(.standardWouldGo(id: "lab")), status: 409, code: "POLICY_IS_DEFAULT"),
        Row(
            failure: .policy(.notRecorded(.unavailable("no room"))), status: 503, code: "LOG_UNAVAILABLE",
            retryAfterSeconds: 30),
        Row(failure: .policy(.storage("state.db")), status: 503, code: "LOG_UNAVAILABLE"),
        Row(failure: .challenge(.notOurs), status: 401, code: "CHALLENGE_INVALID", field: "challenge"),
        Row(
            failure: .challenge(.expired(at: time, now: time)), status: 401, code: "CHALLENGE_EXPIRED",
            field: "challenge"),
        Row(failure: .challenge(.spent), status: 409, code: "CHALLENGE_SPENT", field: "challenge"),
        Row(failure: .challenge(.storage), status: 503, code: "LOG_UNAVAILABLE"),
        Row(failure: .token(.noSuchList), status: 404, code: "NOT_FOUND", field: "list"),
        Row(
            failure: .token(.demand(field: "status", found: "x", wanted: "none")), status: 400,
            code: "REQUEST_MEMBER_INVALID", field: "status"),
        Row(
            failure: .token(.noSuchAlgorithm("HS256")), status: 400, code: "INVALID_PARAMETER", field: "algorithm"),
        Row(
            failure: .token(.rotationPending(.es256, signsFrom: time)), status: 409, code: "KEY_ROTATION_PENDING",
            field: "algorithm"),
        Row(failure: .archive(.held("x")), status: 409, code: "EVIDENCE_HELD", field: "jti"),
        Row(failure: .archive(.unavailable), status: 503, code: "LOG_UNAVAILABLE"),
    ]

    @Test("Status, code, field and time to come again", arguments: rows)
    func table(_ row: Row) {
        let problem = HTTPProblem(row.failure)
        #expect(problem.status == row.status && problem.code == row.code)
        #expect(problem.field == row.field)
        #expect(problem.retryAfterSeconds == row.retryAfterSeconds)
        #expect(problem.isRetryable == (row.status >= 500))
        #expect(!problem.title.isEmpty && !problem.detail.isEmpty)
    }

    @Test("In Chinese the names and codes are the same, and no sentence of them is English", arguments: rows)
    func chinese(row: Row) throws {
        let problem = HTTPProblem(row.failure)
        func document(_ language: Language) -> JSON {
            problem.document(issuer: "https://a.example", requestIdentifier: "r", in: language)
        }
        let (english, chinese) = (document(.english), document(.chinese))
        #expect(english.members.map(\.0) == chinese.members.map(\.0))
        for ((name, before), (_, after)) in zip(english.members, chinese.members) {
            guard ["title", "detail", "fix"].contains(name) else {
                #expect(before == after, "\(name)")
                continue
            }
            // A value alone is the same in both.
            #expect(before != after || !before.compactText.contains(" "), "\(name)")
            // Two words in a row that begin small; values have none.
            #expect(after.compactText.firstMatch(of: #/[a-z]{2,} [a-z]{2,}/#) == nil, "\(after.compactText)")
        }
    }

    @Test("A default that may not be retired: the way out is named")
    func standard() {
        #expect(
            HTTPProblem(.policy(.standardWouldGo(id: "lab"))).fix?.english.contains("configure another default") == true
        )
    }

    @Test(
        "A document that does not load: its own code, and where",
        arguments: [
            ("{", "POLICY_INVALID"), (#"{"id":"lab","version":1,"allow_debg":true}"#, "POLICY_UNKNOWN_MEMBER"),
            (#"{"id":"strict","version":2,"allow_debug":true}"#, "POLICY_ID_RESERVED"),
        ])
    func documents(_ text: String, _ code: String) throws {
        let problem = HTTPProblem(try #require(Self.document(text)))
        #expect(problem.status == 400 && problem.code == code)
        #expect(problem.fix?.isEmpty == false)
    }
}
