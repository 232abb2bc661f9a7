import Foundation
import ProcessSupport
import Testing

/// The last line of `make test`: how many tests were skipped, and why.
@Suite("The count of what was skipped", .waiting)
struct SkipCountTests {
    private static let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "scripts/count-skips").path

    /// A line as Swift Testing 6.3 writes it.
    private static func event(_ kind: String, _ symbol: String, _ text: String) -> String {
        #"{"kind":"event","payload":{"_comments":["other"],"instant":{"absolute":1.5,"since1970":2.5},"kind":"\#(kind)","#
            + #""messages":[{"symbol":"\#(symbol)","text":"\#(text)"}],"testID":"A.S\/one()\/A.swift:3:6"},"version":0}"#
    }

    private static let end = event("runEnded", "pass", "Test run with 10 tests in 3 suites passed after 0.005 seconds.")

    private static func count(_ events: [String]) throws -> String {
        let scratch = try Scratch()
        let file = try scratch.write(Array(events.map { $0 + "\n" }.joined().utf8), to: "events.jsonl")
        let result = try ChildProcess.run([script, file])
        #expect(result.exitCode == 0, "\(result.error)")
        return result.output
    }

    @Test("Tests are counted by reason, the most frequent first; suites, and tests that pass, are not")
    func counts() throws {
        let events = [
            Self.event("testSkipped", "skip", #"Suite \"Cases\" skipped: \"there is no corpus\""#),
            Self.event("testSkipped", "skip", #"Test \"One\" skipped: \"strace is not there\""#),
            Self.event("testSkipped", "skip", #"Test two() skipped: \"there is no corpus\""#),
            Self.event("testSkipped", "skip", #"Test \"What is skipped: \\\"all\\\"\" skipped: \"at ..\/shared\""#),
            Self.event("testSkipped", "skip", #"Test \"Three\" skipped: \"there is no corpus\""#),
            Self.event("testSkipped", "skip", "Test four() skipped."),
            Self.event("testEnded", "skip", #"Test five() was cancelled after 0.001 seconds: \"it was away\""#),
            Self.event("testEnded", "pass", #"Test \"A skip is counted\" passed after 0.001 seconds."#), Self.end,
        ]
        #expect(
            try Self.count(events)
                == "skipped: 6 (2 there is no corpus; 1 at ../shared; 1 it was away; 1 no reason given; "
                + "1 strace is not there)\n")
        #expect(try Self.count([Self.event("testEnded", "pass", "Test one() passed."), Self.end]) == "skipped: 0\n")
    }

    @Test("A run that was cut off, or wrote nothing, is not called one without skips")
    func cutOff() throws {
        let unknown = "skipped: not known, for the tests did not come to their end\n"
        #expect(try Self.count([Self.event("testSkipped", "skip", "Test four() skipped.")]) == unknown)
        #expect(try ChildProcess.run([Self.script, "/nowhere/events.jsonl"]).output == unknown)
    }
}
