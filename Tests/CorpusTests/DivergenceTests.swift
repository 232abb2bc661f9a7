import CorpusSupport
import Foundation
import Testing

/// Where a peer answers otherwise, `divergences.json` says so case by case, with the reason and who is right by the
/// specification. An unlisted difference fails, and so does a listed one that is none.
@Suite("Differences from the peers", .enabled(if: Corpus.isAvailable, "\(Corpus.absence)"))
struct DivergenceTests {
    private struct Group: Decodable {
        struct Case: Decodable {
            let id: String
            let peerAnswer: String
            let ours: String

            private enum CodingKeys: String, CodingKey {
                case id = "case"
                case peerAnswer = "peer_answer"
                case ours
            }
        }

        let peer: String
        let reason: String
        let right: String
        let clause: String
        let cases: [Case]
    }

    private static func listed(_ peer: String) throws -> [String: Group.Case] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "divergences.json")
        let groups = try JSONDecoder().decode([Group].self, from: Data(contentsOf: file))
        #expect(groups.allSatisfy { !$0.reason.isEmpty && !$0.clause.isEmpty && $0.right == "ours" })
        return Dictionary(
            groups.filter { $0.peer == peer }.flatMap(\.cases).map { ($0.id, $0) },
            uniquingKeysWith: { first, _ in first })
    }

    @Test("dcap-qvl 0.7.0")
    func dcapQVL() throws {
        try compare("dcap-qvl") { $0.dcapQVL.status ?? "refuse" }
    }

    @Test("Intel's QVL, commit 7e5b2a1")
    func intelQVL() throws {
        try compare("intel-qvl") { testCase in
            let answer = testCase.intelQVL
            let isGood = [answer.pckChain, answer.tcbInfo, answer.qeIdentity].allSatisfy { $0 == "STATUS_OK" }
            return isGood ? Self.statuses[answer.quote ?? ""] ?? "refuse" : "refuse"
        }
    }

    private static let statuses = [
        "STATUS_OK": "UpToDate", "STATUS_TCB_OUT_OF_DATE": "OutOfDate",
        "STATUS_TCB_SW_HARDENING_NEEDED": "SWHardeningNeeded",
        "STATUS_TCB_CONFIGURATION_NEEDED": "ConfigurationNeeded",
        "STATUS_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED": "ConfigurationAndSWHardeningNeeded",
        "STATUS_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED": "OutOfDateConfigurationNeeded",
    ]

    private func compare(_ peer: String, _ answer: (CorpusCase) -> String) throws {
        let corpus = try #require(Corpus.available)
        let listed = try Self.listed(peer)
        var agreeing = 0
        for testCase in corpus.cases {
            let ours = try corpus.answer(to: testCase)
            let theirs = answer(testCase)
            guard theirs != ours.peerWord else {
                agreeing += 1
                #expect(listed[testCase.id] == nil, "\(testCase) is listed, and agrees")
                continue
            }
            let entry = listed[testCase.id]
            #expect(
                entry?.peerAnswer == theirs && entry?.ours == ours.description,
                "\(testCase): \(peer) \(theirs), ours \(ours)")
        }
        print("\(peer): \(agreeing) of \(corpus.cases.count) cases agree, \(listed.count) differ for a listed reason")
    }
}
