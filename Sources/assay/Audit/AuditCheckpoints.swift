import ArgumentParser
import Foundation
import LogAudit
import MerkleLog
import Wire

/// `assay audit checkpoint`: the newest checkpoint, held against the one that was seen before.
struct AuditCheckpoint: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint",
        abstract: "Fetches and verifies the newest checkpoint; with --state, that it contains the last one seen.")

    @Option(help: "The log's prefix, or the service that has it.")
    var url: String

    @OptionGroup var trust: TrustOption

    @Option(help: "What was seen before; made and moved on as the log grows.")
    var state: String?

    @OptionGroup var auditor: AuditorOption

    @OptionGroup var output: AuditOutput

    func run() async throws {
        let trust = try trust.read()
        try await output.perform {
            let monitor = Monitor(try await auditor.source(url), trusting: trust)
            guard let state else {
                let accepted = try await monitor.fetch()
                return AuditAnswer(accepted.sentence, AuditAnswer.members(accepted))
            }
            return try await MonitorAnswer.advance(monitor, StateFile(path: state), by: .proof)
        }
    }
}

/// `assay audit tail`: reads every new entry.
struct AuditTail: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Monitors a log: reads what is new, computes the root, compares it with the signed one.")

    @Option(help: "The log's prefix, or the service that has it.")
    var url: String

    @OptionGroup var trust: TrustOption

    @Option(help: "What was seen before; made and moved on as the log grows.")
    var state: String

    @Option(help: "Go on, looking again after this many seconds. Default: once.")
    var every: Int?

    @OptionGroup var auditor: AuditorOption

    @OptionGroup var output: AuditOutput

    func validate() throws {
        if let every, every < 1 { throw ValidationError("--every: give one second or more") }
    }

    func run() async throws {
        let trust = try trust.read()
        repeat {
            try await output.perform {
                let monitor = Monitor(try await auditor.source(url), trusting: trust)
                return try await MonitorAnswer.advance(monitor, StateFile(path: state), by: .entries)
            }
            if let every { try await Task.sleep(for: .seconds(every)) }
        } while every != nil
    }
}

extension RulesetCensus {
    /// For people, each below the answer.
    func lines(of size: UInt64) -> String {
        guard !sentences.isEmpty else { return "" }
        let part = entries < size ? ["of \(entries) of the \(size) entries, which were read here:"] : []
        return (part + sentences).map { "\n  " + $0 }.joined()
    }
}

enum MonitorAnswer {
    static func advance(
        _ monitor: Monitor, _ file: StateFile, by method: Monitor.Method
    ) async throws -> AuditAnswer {
        let outcome = try await monitor.advance(from: try file.load(), by: method)
        // Only what was verified is kept.
        if !outcome.isOlder { try file.save(outcome.state) }
        let growth =
            outcome.isOlder
            ? "; an older checkpoint than the one of \(outcome.previousSize ?? 0) seen before, and consistent with it"
            : outcome.previousSize.map { ", and contains the \($0) seen before" } ?? ""
        var members = AuditAnswer.members(outcome.accepted)
        members.append(("previous_size", .integer(Int64(clamping: outcome.previousSize ?? 0))))
        members.append(("is_older", .bool(outcome.isOlder)))
        guard method == .entries else { return AuditAnswer(outcome.accepted.sentence + growth, members) }
        let census = outcome.state.census
        if census.entries < outcome.state.checkpoint.size {
            members.append(("entries_read", .integer(Int64(clamping: census.entries))))
        }
        return AuditAnswer(
            outcome.accepted.sentence + growth + census.lines(of: outcome.state.checkpoint.size),
            members + census.members)
    }
}

/// `assay audit consistency`: two checkpoint files.
struct AuditConsistency: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consistency", abstract: "Whether the newer of two checkpoints contains the older one.")

    @Argument(help: "A file with a checkpoint.")
    var old: String

    @Argument(help: "A file with another one.")
    var new: String

    @Option(help: "A proof: JSON with from, to and path, or the lines old SIZE and hashes in base64.")
    var proof: String?

    @Option(help: "Make the proof from the tiles of this log instead.")
    var url: String?

    @OptionGroup var trust: TrustOption
    @OptionGroup var auditor: AuditorOption

    @OptionGroup var output: AuditOutput

    func validate() throws {
        if proof != nil, url != nil { throw ValidationError("give --proof or --url, not both") }
    }

    func run() async throws {
        let trust = try trust.read()
        let files = try [old, new].map { try InputFile.read($0, limit: Limits.noteBytes, what: "checkpoint") }
        let proofBytes = try proof.map { try InputFile.read($0, limit: Limits.proofBytes, what: "proof") }
        try await output.perform {
            let first = try Monitor.accept(files[0], under: trust)
            let second = try Monitor.accept(files[1], under: trust)
            if let url {
                try await ConsistencyCheck.run(first, second, tilesOf: try await auditor.source(url))
            } else {
                try await ConsistencyCheck.run(first, second) { _, newSize in
                    guard let proofBytes else {
                        throw AuditFailure.undecided("the sizes differ; give --proof or --url")
                    }
                    guard let proof = ProofFile.consistency(proofBytes, to: newSize) else {
                        throw AuditFailure.notVerified("the file of --proof holds no consistency proof")
                    }
                    return proof
                }
            }
            let sizes = [first.checkpoint.size, second.checkpoint.size].sorted()
            return AuditAnswer(
                "the log of \(sizes[1]) entries begins with the \(sizes[0]) of the other checkpoint",
                [("from", .integer(Int64(clamping: sizes[0]))), ("to", .integer(Int64(clamping: sizes[1])))])
        }
    }
}
