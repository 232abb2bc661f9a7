package import AuditStore
package import HTTPClient
package import Logging
package import MerkleLog
import ServiceLifecycle
import Synchronization
import Wire

/// Brings the log's newest published checkpoint to its witnesses, outside the writer and of no consequence for any verdict
/// (transparency-log 7.2): all at once, three seconds each, when the tree has grown, and for a fresh time now and then.
package final class WitnessRounds: ServiceLifecycle.Service {
    private struct Progress {
        /// The size it cosigned last; 0: none that is known.
        var size: UInt64
        var lastSuccess: Int64?
        var failures: Int64 = 0
        var refused: Int64 = 0
        /// Not before this.
        var next: Int64 = 0
        var complaint: (text: String, at: Int64)?
    }

    private enum Outcome {
        case cosigned([WitnessedCheckpoints.Statement])
        case failed(String)
        /// It says that it has seen another history of this log.
        case conflict(String)
    }

    package let interval: Int64
    private let log: AuditLog
    private let witnesses: [(witness: TrustPolicy.Witness, url: String)]
    private let transport: HTTPTransport
    private let progress: Mutex<[String: Progress]>
    private let clocks: Clocks
    private let logger: Logger

    private static let freshMilliseconds: Int64 = 600_000
    private static let hourMilliseconds: Int64 = 3_600_000

    package init(
        _ log: AuditLog, _ witnesses: [TrustPolicy.Witness], sizes: [String: UInt64], intervalSeconds: Int64,
        clocks: Clocks, logger: Logger
    ) throws(TransportFailure) {
        self.log = log
        self.witnesses = witnesses.compactMap { witness in witness.url.map { (witness, $0) } }
        self.interval = intervalSeconds
        self.clocks = clocks
        self.logger = logger
        transport = try HTTPTransport()
        progress = Mutex(
            Dictionary(witnesses.map { ($0.name, Progress(size: sizes[$0.name] ?? 0)) }) { first, _ in first })
    }

    package func run() async throws {
        try? await cancelWhenGracefulShutdown { [self] in
            while !Task.isCancelled {
                try await clocks.sleep(.seconds(interval))
                await round()
            }
        }
    }

    /// What witnesses publish of this log, before anything is appended to it. One that does not answer, or publishes
    /// nothing, keeps nobody waiting for more than two seconds.
    package func compare() async throws(LogDefect) {
        let found = await withTaskGroup(of: (String, Result<SignedNote, Unseen>).self) { group in
            for (witness, url) in witnesses {
                group.addTask { [self] in
                    do throws(Unseen) {
                        return (witness.name, .success(try await published(at: url)))
                    } catch {
                        return (witness.name, .failure(error))
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        for (witness, answer) in found {
            switch answer {
            case .success(let note):
                guard try await !log.compare(note, seenBy: witness) else { continue }
                logger.warning("a witness publishes what this log never signed", metadata: ["witness": "\(witness)"])
            case .failure(let unseen):
                logger.notice(
                    "what a witness has seen is not known",
                    metadata: ["witness": "\(witness)", "reason": "\(unseen.why)"])
            }
        }
    }

    private struct Unseen: Error {
        let why: String
    }

    /// C2SP tlog-witness: `<prefix>/<hex SHA-256 of the origin>/checkpoint`.
    private func published(at url: String) async throws(Unseen) -> SignedNote {
        let name = MerkleHashing.sha256(Array(log.origin.description.utf8)).hex
        let response: HTTPResponse
        do {
            response = try await transport.send(
                HTTPRequest(
                    url: Self.prefix(url) + "/\(name)/checkpoint", allowsHTTP: url.hasPrefix("http://"),
                    certificateAuthorityFile: nil, connectTimeoutMilliseconds: 2_000, totalTimeoutMilliseconds: 2_000,
                    bodyLimit: Limits.noteBytes))
        } catch {
            throw Unseen(why: "no answer: \(error)")
        }
        guard response.status == 200 else { throw Unseen(why: "status \(response.status)") }
        guard let note = try? SignedNote(parsing: response.body) else { throw Unseen(why: "no checkpoint") }
        return note
    }

    private static func prefix(_ url: String) -> String { url.hasSuffix("/") ? String(url.dropLast()) : url }

    /// Asks every witness that has something to say: the tree has grown since it spoke, or its word is ten minutes old.
    package func round() async {
        let (tree, time) = (log.published, clocks.wall())
        guard tree.size > 0 else { return }
        let due = witnesses.compactMap { member -> (TrustPolicy.Witness, String, UInt64)? in
            progress.withLock { progress in
                guard let known = progress[member.witness.name], known.next <= time,
                    known.size < tree.size || time - (known.lastSuccess ?? 0) >= Self.freshMilliseconds
                else { return nil }
                return (member.witness, member.url, min(known.size, tree.size))
            }
        }
        // What they say of one tree belongs together: that is what a quorum is.
        let statements = await withTaskGroup(of: [WitnessedCheckpoints.Statement].self) { group in
            for (witness, url, size) in due {
                group.addTask { [self] in
                    let outcome = await submit(tree, to: witness, at: url, from: size, mayRetry: true)
                    return await take(outcome, of: witness, tree)
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        log.witnessed.add(statements, to: tree)
    }

    private func submit(
        _ tree: SignedTree, to witness: TrustPolicy.Witness, at url: String, from old: UInt64, mayRetry: Bool
    ) async -> Outcome {
        let response: HTTPResponse
        do {
            let path =
                old == 0 || old == tree.size ? [] : try await log.reader.consistency(from: old, to: tree.size).path
            response = try await transport.send(
                HTTPRequest(
                    url: Self.prefix(url) + "/add-checkpoint",
                    allowsHTTP: url.hasPrefix("http://"), certificateAuthorityFile: nil,
                    connectTimeoutMilliseconds: 3_000, totalTimeoutMilliseconds: 3_000, bodyLimit: Limits.noteBytes,
                    content: HTTPRequest.Content(
                        type: "text/plain; charset=utf-8", headers: [],
                        body: WitnessRequest(oldSize: old, path: path, checkpoint: tree.note).bytes)))
        } catch {
            return .failed("no answer: \(error)")
        }
        switch response.status {
        case 200:
            let statements = response.body.split(separator: 0x0A).prefix(Limits.noteSignatures).compactMap { line in
                SignedNote.Signature(line: line).flatMap {
                    WitnessedCheckpoints.Statement(of: $0, by: witness, over: tree.note)
                }
            }
            return statements.isEmpty ? .failed("200, and no cosignature that verifies") : .cosigned(statements)
        case 409:
            guard response.values(of: "content-type").first.map({ $0.elementsEqual("text/x.tlog.size".utf8) }) == true,
                let size = Decimal.parse(response.body.last == 0x0A ? response.body.dropLast() : response.body[...])
            else { return .failed("409 without the size it has seen") }
            guard size <= tree.size else {
                return .conflict("it has seen a tree of \(size), and this log published one of \(tree.size)")
            }
            guard mayRetry, size != old else { return .failed("409 again, of size \(size)") }
            return await submit(tree, to: witness, at: url, from: size, mayRetry: false)
        case 403: return .failed("403: it does not accept this log's key or signature")
        case 404: return .failed("404: it does not know the origin \(log.origin)")
        case 422: return .conflict("the proof to the tree of \(tree.size) does not hold for it")
        default: return .failed("status \(response.status)")
        }
    }

    private func take(
        _ outcome: Outcome, of witness: TrustPolicy.Witness, _ tree: SignedTree
    ) async -> [WitnessedCheckpoints.Statement] {
        let time = clocks.wall()
        switch outcome {
        case .cosigned(let statements):
            progress.withLock { progress in
                progress[witness.name]?.size = tree.size
                progress[witness.name]?.lastSuccess = time
                progress[witness.name]?.failures = 0
                progress[witness.name]?.next = 0
                progress[witness.name]?.complaint = nil
            }
            return statements
        case .failed(let why): complain(witness, why, at: time, level: .warning)
        case .conflict(let why):
            complain(witness, why, at: time, level: .critical)
            // A witness's word alone stops nobody: what is signed here is computed anew, and that decides.
            do {
                try await log.examine(tree)
            } catch {
                logger.error("the tree cannot be computed anew", metadata: ["reason": "\(error)"])
            }
        }
        return []
    }

    /// Said when it is new and once an hour; asked again after longer and longer.
    private func complain(_ witness: TrustPolicy.Witness, _ why: String, at time: Int64, level: Logger.Level) {
        let isNew = progress.withLock { progress -> Bool in
            guard var known = progress[witness.name] else { return false }
            known.failures += 1
            known.refused += 1
            known.next = time + min(interval * 1_000 << min(known.failures - 1, 10), Self.freshMilliseconds)
            let isNew =
                known.complaint.map { !$0.text.hasSameBytes(as: why) || time - $0.at >= Self.hourMilliseconds } ?? true
            if isNew { known.complaint = (why, time) }
            progress[witness.name] = known
            return isNew
        }
        guard isNew else { return }
        logger.log(level: level, "a witness", metadata: ["witness": "\(witness.name)", "what": "\(why)"])
    }

    /// For `/metrics`, with the witness as a label.
    package var gauges: [Gauge] {
        let progress = progress.withLock { $0 }
        func label(_ name: String) -> String {
            name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        }
        let names = witnesses.map(\.witness.name)
        return [
            Gauge(
                "log_cosigned_size", "Entries under the newest checkpoint that the quorum cosigned.",
                Int64(clamping: log.witnessed.met?.size ?? 0)
            )
        ]
            + names.map {
                Gauge(
                    "witness_last_success_ms{witness=\"\(label($0))\"}",
                    "When a witness last cosigned, in milliseconds since 1970; 0 for never.",
                    progress[$0]?.lastSuccess ?? 0
                )
            }
            + names.map {
                Gauge(
                    "witness_failures{witness=\"\(label($0))\"}",
                    "Rounds in which a witness did not cosign, since the start.",
                    progress[$0]?.refused ?? 0
                )
            }
    }
}
