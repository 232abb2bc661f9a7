import ArgumentParser
import Foundation
import LogAudit
import MerkleLog
import Wire

/// `assay audit fsck`: everything, computed anew.
struct AuditFileSystemCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fsck",
        abstract: "Computes every leaf hash, every tile and the root; looks at form, order and times of all entries.")

    @Option(help: "The log's prefix, or the service that has it.")
    var url: String?

    @Option(help: "The log's database, or a backup of it.")
    var db: String?

    @Option(help: "A folder with the log's files.")
    var dir: String?

    @Option(
        name: .customLong("trust-policy"),
        help: "Which logs and witnesses count. Without it signatures are not looked at, and nothing is proven.")
    var trustPolicy: String?

    @OptionGroup var auditor: AuditorOption

    @OptionGroup var output: AuditOutput

    func validate() throws {
        guard [url, db, dir].compactMap({ $0 }).count == 1 else {
            throw ValidationError("give one of --url, --db and --dir")
        }
    }

    func run() async throws {
        let trust = try trustPolicy.map(TrustOption.read)
        try await output.perform {
            let source: any LogSource =
                if let url {
                    try await auditor.source(url)
                } else if let db {
                    try DatabaseSource(path: db)
                } else {
                    FolderSource(path: dir ?? ".")
                }
            let report = try await FileSystemCheck(source, trusting: trust).run()
            guard report.findingCount == 0 else {
                let more = report.findingCount - report.findings.count
                throw AuditFailure.notVerified(
                    "\(report.findingCount) findings in \(report.size) entries:\n  "
                        + report.findings.joined(separator: "\n  ") + (more > 0 ? "\n  and \(more) more" : "")
                        + report.census.lines(of: report.size))
            }
            return AuditAnswer(
                "\(report.size) entries, root \(report.root)"
                    + (report.isSigned ? "" : "; no trust policy was given, so no signature was looked at")
                    + (report.timeMarks == 0 ? "; no cosigned checkpoint bounds the entries' times" : "")
                    + report.census.lines(of: report.size),
                [
                    ("size", .integer(Int64(clamping: report.size))), ("root", .string(report.root.hex)),
                    ("signature", .string(report.isSigned ? "passed" : "not_performed")),
                    ("checkpoints", .integer(Int64(report.checkpoints))),
                    ("time_marks", .integer(Int64(report.timeMarks))),
                    (
                        "kinds",
                        .object(report.kinds.sorted { $0.key < $1.key }.map { ($0.key, .integer(Int64($0.value))) })
                    ),
                ] + report.census.members)
        }
    }
}

/// `NAME=VALUE`, several times.
struct WhereOptions: ParsableArguments {
    @Option(
        name: .customLong("where"),
        help: "A member of the entry and its value, NAME=VALUE; several of one name are alternatives.")
    var conditions: [String] = []

    func pairs() throws -> [(name: String, value: String)] {
        try conditions.map { condition in
            let parts = condition.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                throw Problem.usage("--where \(condition): write it as verdict=reject")
            }
            return (String(parts[0]), String(parts[1]))
        }
    }
}

/// `assay audit export`: a range of entries, complete and unchanged.
struct AuditExport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes a range of entries as lines of JSON, verified against the signed checkpoint: none is missing."
    )

    @Option(help: "The log's prefix, or the service that has it.")
    var url: String?

    @Option(help: "A folder with the log's files.")
    var dir: String?

    @Option(help: "The first entry.")
    var from: UInt64 = 0

    @Option(help: "The entry after the last one. Default: all that are signed.")
    var to: UInt64?

    @Flag(help: "Said for clarity: an export is always verified before its file appears.")
    var verify = false

    @Option(help: "The file to write; it appears when everything in it holds.")
    var out: String

    @OptionGroup var conditions: WhereOptions
    @OptionGroup var trust: TrustOption
    @OptionGroup var auditor: AuditorOption

    @OptionGroup var output: AuditOutput

    func validate() throws {
        guard (url == nil) != (dir == nil) else { throw ValidationError("give one of --url and --dir") }
    }

    func run() async throws {
        let trust = try trust.read()
        let pairs = try conditions.pairs()
        let filter = Export.Filter(
            members: Dictionary(grouping: pairs, by: { ExactText($0.name) }).mapValues {
                Set($0.map { ExactText($0.value) })
            })
        try await output.perform {
            let source: any LogSource =
                if let url { try await auditor.source(url) } else { FolderSource(path: dir ?? ".") }
            let file = try GrowingFile(path: out)
            let result = try await Export(source, trusting: trust).run(
                from: from, to: to, filter: filter, write: file.write)
            try file.finish()
            return AuditAnswer(
                "entries \(result.range.lowerBound) to \(result.range.upperBound) in \(out), \(result.written) written; "
                    + result.checkpoint.sentence,
                [
                    ("from", .integer(Int64(clamping: result.range.lowerBound))),
                    ("to", .integer(Int64(clamping: result.range.upperBound))),
                    ("written", .integer(Int64(result.written))), ("file", .string(out)),
                ] + AuditAnswer.members(result.checkpoint))
        }
    }
}

/// A file that appears under its name when it is complete.
final class GrowingFile {
    private let path: String
    private let handle: FileHandle
    private var isFinished = false

    init(path: String) throws {
        self.path = path
        guard FileManager.default.createFile(atPath: path + ".part", contents: nil),
            let handle = FileHandle(forWritingAtPath: path + ".part")
        else { throw AuditFailure.inputOutput("\(path).part: cannot be made") }
        self.handle = handle
    }

    deinit {
        guard !isFinished else { return }
        try? handle.close()
        try? FileManager.default.removeItem(atPath: path + ".part")
    }

    func write(_ bytes: [UInt8]) throws {
        do {
            try handle.write(contentsOf: Data(bytes))
        } catch {
            throw AuditFailure.inputOutput("\(path).part: cannot be written")
        }
    }

    func finish() throws {
        do {
            try handle.synchronize()
            try handle.close()
        } catch {
            throw AuditFailure.inputOutput("\(path).part: cannot be written")
        }
        guard rename(path + ".part", path) == 0 else { throw AuditFailure.inputOutput("\(path): cannot be written") }
        isFinished = true
    }
}

/// `assay audit query`: what the service's index finds; fast, and proven by nothing.
struct AuditQuery: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Asks the service for entries by what is in them. The answer is not proven to be complete; export is."
    )

    @Option(help: "The service.")
    var url: String

    @Option(help: "How many entries, at most.")
    var limit: Int = 100

    @Flag(help: "Lines of JSON instead of a table.")
    var ndjson = false

    @OptionGroup var conditions: WhereOptions
    @OptionGroup var auditor: AuditorOption

    @OptionGroup var output: AuditOutput

    func validate() throws {
        guard (1...100_000).contains(limit) else { throw ValidationError("--limit: give 1 to 100000") }
    }

    func run() async throws {
        let pairs = try conditions.pairs()
        try await output.perform {
            let source = try await auditor.source(url)
            var printed = 0
            var cursor: String?
            repeat {
                let page = min(1_000, limit - printed)
                let query = (pairs + [("limit", "\(page)")] + (cursor.map { [("cursor", $0)] } ?? []))
                    .map { "\(Self.escaped($0.0))=\(Self.escaped($0.1))" }.joined(separator: "&")
                guard let answer = try await source.question("/audit/v1/entries?" + query) else {
                    throw AuditFailure.network("the service has no auditor API")
                }
                for element in answer.root.member("entries")?.elements.map({ $0 }) ?? [] {
                    show(element)
                    printed += 1
                }
                cursor = answer.root.member("next")?.string
            } while cursor != nil && printed < limit
            return AuditAnswer(
                "\(printed) entries found by the service's index; not proven to be all",
                [("entries", .integer(Int64(printed))), ("completeness", .string("unproven"))])
        }
    }

    private func show(_ element: JSONValue) {
        let leaf = Array((element.member("leaf")?.string ?? "").utf8)
        let index = element.member("index").map { String(decoding: $0.bytes, as: UTF8.self) } ?? "?"
        if ndjson {
            Terminal.standardOutput(String(decoding: element.bytes, as: UTF8.self) + "\n")
            return
        }
        guard !output.json else { return }
        guard let entry = try? LogEntry(leaf: leaf) else { return Terminal.standardOutput("\(index)\tunreadable\n") }
        let time = Instant(seconds: entry.timeMilliseconds / 1_000)
        var columns = [index, time.description, entry.body.kind]
        func add(_ verdict: VerdictEntry) {
            columns += [
                verdict.verdict.rawValue, verdict.tee, verdict.tcbStatus ?? "-", verdict.policyID,
                verdict.reasons.joined(separator: ","),
            ]
        }
        switch entry.body {
        case .verdict(let verdict): add(verdict)
        case .reappraisal(let again):
            add(again.verdict)
            columns.append("of \(again.first), \(again.verdict.jti)")
        default: break
        }
        // An entry's text comes from outside: no control characters reach the terminal.
        let line = columns.map { String($0.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }) }
        Terminal.standardOutput(line.joined(separator: "\t") + "\n")
    }

    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: String(UnicodeScalar(byte))
            default: "%" + Hex.encode([byte]).uppercased()
            }
        }.joined()
    }
}
