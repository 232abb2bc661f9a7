import Appraisal
import ArgumentParser
import AttestationService
import AuditStore
import DCAPVerification
import Foundation
import HTTPClient
import LogAudit
import MerkleLog
import Records
import StateStore
import Wire

extension PolicyCommand {
    /// `assay policy simulate FILE`: what the policy would have made of the verdicts in a log.
    struct Simulate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tries a policy on a log's verdicts: how many would flip, which, and why.",
            discussion: """
                From a service's admin listener (--url, --token-file), with the reference sets in force there; or from a \
                data folder (--data), with those that were put in force there and are in its state.db; --references \
                brings further ones, and takes the place of those of the same id. Every verdict is judged again at its \
                own time, with its own evidence and collateral. What was not looked at is said, with the index to go \
                on from. Nothing changes, and the exit code is 0 whatever comes out.
                """)

        @Argument(help: "The policy: a file, or the id of a built-in one.")
        var policy: String

        @Option(help: "A service's data folder, or a copy of it.")
        var data: String?

        @Option(help: "The admin listener of a service, as http://127.0.0.1:9443.")
        var url: String?

        @Option(name: .customLong("token-file"), help: "A file with an administrator's token, for --url.")
        var tokenFile: String?

        @Option(name: .customLong("ca"), help: "PEM file of the only roots to trust for TLS to --url.")
        var authorityFile: String?

        @Option(help: "Only verdicts from this time on, as 2026-01-31T00:00:00Z.")
        var since: String?

        @Option(help: "Verdicts that are looked at, at most.")
        var limit = 100_000

        @Option(help: "It ends after so many seconds, whatever is left.")
        var seconds = 600

        @Option(name: .customLong("from-index"), help: "The entry to begin with: where a run before ended.")
        var fromIndex: UInt64 = 0

        @Option(help: "Reference sets instead of those in force, for --data: files or folders.")
        var references: [String] = []

        @Option(name: .customLong("trust-root"), help: "For --data, a root certificate INSTEAD of Intel's.")
        var trustRoot: String?

        @Option(help: "text for people, json for programs.")
        var format: Verify.Format = .text

        func run() async throws {
            let policy = try PolicyFile.read(policy)
            var start: Instant?
            if let since {
                start = Instant(rfc3339: since)
                guard start != nil else { throw Problem.usage("--since \(since): write it as 2026-01-31T00:00:00Z") }
            }
            guard limit > 0, seconds > 0 else { throw Problem.usage("--limit and --seconds: wanted 1 or more") }
            let report: JSON
            switch (data, url) {
            case (let data?, nil): report = try await local(policy, data, since: start)
            case (nil, let url?): report = try await remote(policy, url, since: start)
            default: throw Problem.usage("give one of --data and --url")
            }
            Terminal.standardOutput(format == .json ? report.prettyText + "\n" : SimulationText.text(report))
        }

        private func local(_ policy: Policy, _ data: String, since: Instant?) async throws -> JSON {
            let library = try await library(data)
            for set in policy.referenceSets where library[set] == nil {
                throw Problem.usage(
                    "the policy names the reference set \(set), which is not in force in \(data)/state.db; give it "
                        + "with --references")
            }
            let verifier = Verifier(trusting: try TrustRootFile.read(trustRoot))
            let log: DatabaseSource
            let evidence: EvidenceReader
            do {
                log = try DatabaseSource(path: data + "/log.db")
                evidence = try EvidenceReader(path: data + "/evidence.db")
            } catch let failure as AuditFailure {
                throw Problem.undecided(failure.sentence)
            } catch let failure as EvidenceFailure {
                throw Problem.undecided(failure.sentence)
            }
            do {
                let source = PolicySimulation.Source(
                    size: try await log.treeState()?.size ?? 0,
                    leaves: { range in
                        guard let leaves = try await log.leaves(in: range) else {
                            throw AuditFailure.notVerified("\(data)/log.db: entries are missing")
                        }
                        return leaves
                    },
                    bytes: { hash async throws(EvidenceFailure) in try await evidence.bytes(of: hash) })
                let simulation = PolicySimulation(
                    source: source, sinceMilliseconds: (since?.seconds ?? 0) * 1_000, limit: limit,
                    budget: .seconds(seconds), clocks: .machine(wall: Service.clock))
                let (trial, rest) = try await simulation.run(
                    PolicyTrial(policy, references: library, verifier: verifier), from: fromIndex)
                return trial.document(rest: rest)
            } catch let failure as AuditFailure {
                throw Problem.undecided(failure.sentence)
            }
        }

        /// What is in force in a data folder; a set that is given takes the place of the one of its id.
        private func library(_ data: String) async throws -> ReferenceLibrary {
            let given = try PolicyFile.references(references)
            let path = data + "/state.db"
            guard FileManager.default.fileExists(atPath: path) else { return given }
            do throws(StateFailure) {
                let stored = try await StateStore(reading: path).documents.active(.referenceSet)
                return ReferenceLibrary(
                    given.ids.compactMap { given[$0] }
                        + stored.filter { given[$0.id] == nil }.compactMap { try? ReferenceSet(parsing: $0.bytes) })
            } catch {
                throw Problem.undecided("\(path): \(error.sentence)")
            }
        }

        /// Asks until the service says that nothing is left, or enough was looked at: each answer is bounded in time.
        private func remote(_ policy: Policy, _ url: String, since: Instant?) async throws -> JSON {
            guard let tokenFile else { throw Problem.usage("--url needs --token-file") }
            let text = String(
                decoding: try InputFile.read(tokenFile, limit: 4_096, what: "token"), as: UTF8.self)
            let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
            let transport = try HTTPTransport()
            let end = ContinuousClock.now + .seconds(seconds)
            var sum: JSON?
            var index = fromIndex
            while true {
                let left = limit - SimulationText.number("looked_at", sum)
                var address = url + (url.hasSuffix("/") ? "" : "/") + "admin/v1/policies:simulate?from_index=\(index)"
                address += "&limit=\(min(left, 1_000))"
                if let since { address += "&since=\(since.seconds * 1_000)" }
                let answer = try await ask(transport, address, token, policy.bytes)
                let report = sum.map { SimulationText.sum($0, answer) } ?? answer
                guard case .integer(let next)? = answer["next_index"] else { return report }
                if SimulationText.number("looked_at", report) >= limit {
                    return SimulationText.stopped(report, by: .limit)
                }
                if ContinuousClock.now >= end { return SimulationText.stopped(report, by: .time) }
                sum = report
                index = UInt64(clamping: next)
            }
        }

        private func ask(
            _ transport: HTTPTransport, _ url: String, _ token: String, _ body: [UInt8]
        ) async throws -> JSON {
            let response: HTTPResponse
            do throws(TransportFailure) {
                response = try await transport.send(
                    HTTPRequest(
                        url: url, allowsHTTP: url.hasPrefix("http://"), certificateAuthorityFile: authorityFile,
                        connectTimeoutMilliseconds: 10_000, totalTimeoutMilliseconds: 60_000,
                        bodyLimit: Limits.jsonBytes,
                        content: HTTPRequest.Content(
                            type: "application/json", headers: [("Authorization", "Bearer \(token)")], body: body)))
            } catch {
                throw Problem.undecided("\(url): \(error)")
            }
            let document = (try? JSONDocument(parsing: response.body)).flatMap { JSON(document: $0.root) }
            guard response.status == 200, let document else {
                var detail = ""
                if case .string(let text)? = document?["detail"] { detail = ", \(text)" }
                throw Problem.undecided("\(url): status \(response.status)\(detail)")
            }
            return document
        }
    }
}

/// What a simulation found, for people, and added up.
enum SimulationText {
    static func text(_ report: JSON) -> String {
        func number(_ name: String) -> Int { Self.number(name, report) }
        var lines = [
            "looked at         \(number("looked_at"))", "examined          \(number("examined"))",
            "unchanged         \(number("unchanged"))", "accept to reject  \(number("accept_to_reject"))",
            "reject to accept  \(number("reject_to_accept"))",
        ]
        if report["complete"] == .bool(false) {
            let why =
                report["stopped_by"] == .string(PolicyTrial.Rest.Reason.limit.rawValue)
                ? "so many verdicts were to be looked at" : "the time was over"
            lines.append(
                "left              \(number("entries_left")) entries of the log: \(why); go on with --from-index "
                    + "\(number("next_index"))")
        }
        if number("old_bindings") > 0 {
            lines.append(
                "old bindings      \(number("old_bindings")) of the accepts that would be rejects (POLICY_REPORT_DATA) bind by "
                    + "scheme assay as ruleset 1 read it, which nothing reads any more: their evidence may be good")
        }
        for (name, value) in members(report["not_examinable"]) where value != .integer(0) {
            lines.append("not examinable    \(value.compactText): \(reason(name))")
        }
        guard case .array(let flips)? = report["flips"], !flips.isEmpty else {
            return lines.joined(separator: "\n") + "\n"
        }
        lines.append("")
        for flip in flips {
            func text(_ name: String) -> String {
                switch flip[name] {
                case .string(let text)?: text
                case .integer(let number)?: "\(number)"
                case .array(let elements)?:
                    elements.map { if case .string(let text) = $0 { text } else { "" } }.joined(separator: ", ")
                default: ""
                }
            }
            lines.append("entry \(text("index"))  \(text("jti"))  \(text("from")) to \(text("to"))  \(text("reasons"))")
        }
        let all = number("accept_to_reject") + number("reject_to_accept")
        if all > flips.count { lines.append("and \(all - flips.count) more") }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func reason(_ name: String) -> String {
        switch PolicyTrial.Obstacle(rawValue: name) {
        case .purged?: "the evidence is not kept any more"
        case .undecidable?: "it could not be decided then, or not by this build"
        case .trustRoot?: "judged under another root"
        case .damaged?: "what is archived cannot be read, or is not what the entry says"
        case nil: name
        }
    }

    /// Two answers as one: numbers added, the first flips of both, the rest of the second.
    static func sum(_ first: JSON, _ second: JSON) -> JSON {
        .object(
            members(second).map { name, value in
                switch (first[name], value) {
                case (.integer(let left)?, .integer(let right)) where name != "next_index" && name != "entries_left":
                    (name, .integer(left + right))
                case (.object?, .object) where name == "not_examinable": (name, sum(first[name] ?? value, value))
                case (.array(let left)?, .array(let right)):
                    (name, .array(Array((left + right).prefix(PolicyTrial.mostFlips))))
                default: (name, value)
                }
            })
    }

    static func number(_ name: String, _ report: JSON?) -> Int {
        if case .integer(let number)? = report?[name] { Int(clamping: number) } else { 0 }
    }

    /// A sum of answers that ended before the log did, for a reason of its own.
    static func stopped(_ report: JSON, by reason: PolicyTrial.Rest.Reason) -> JSON {
        .object(members(report).map { ($0.0, $0.0 == "stopped_by" ? .string(reason.rawValue) : $0.1) })
    }

    private static func members(_ value: JSON?) -> [(String, JSON)] {
        if case .object(let members)? = value { members } else { [] }
    }
}
