import Foundation
import Glibc
import ProcessSupport
import Synchronization
import Wire

/// A simulated world's caching service and `assay serve` on a data folder, as processes that can be killed.
final class RunningService: Sendable {
    struct Answer: Sendable {
        let status: Int
        let body: [UInt8]
        var text: String { String(decoding: body, as: UTF8.self) }
        var json: JSON? { (try? JSONDocument(parsing: body, limit: 1 << 24).root).flatMap { JSON(document: $0) } }
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let scratch: Scratch
    let port: Int
    private let collateral: ChildProcess
    private let service = Mutex<ChildProcess?>(nil)
    private let base: String

    static let auditorToken = "auditor"

    /// - Parameters:
    ///   - seed: Of the simulated world.
    ///   - port: Another service's, where both shall not run.
    init(seed: String, port other: Int? = nil) throws {
        scratch = try Scratch()
        port = try other ?? TestPort.take()
        let output = try scratch.write([], to: "pccs.out")
        collateral = try Self.launch(
            "assay-sim", ["pccs", "--seed", seed, "--trust-root", scratch.path + "/root.pem"], output: output)
        var text = ""
        try waitUntil("the caching service says where it listens") {
            text = try String(contentsOfFile: output, encoding: .utf8)
            return text.hasSuffix("\n")
        }
        base = String(text.dropLast())
        // SHA-256 of "auditor".
        _ = try scratch.write(
            Array(
                "tester audit:read,audit:evidence c5a62ce3fa7f6d86af0009389ccd815277691ea64da0c5c98e302bb13dd59248\n"
                    .utf8),
            to: "auditors")
    }

    deinit {
        collateral.terminate()
        service.withLock { $0?.terminate() }
    }

    /// - Returns: when it answers, or why it does not.
    ///
    /// - Parameter under: A program that runs it, such as strace, with its arguments.
    func start(_ settings: [String] = [], under tracer: [String] = []) throws {
        let errors = try scratch.write([], to: "serve.err")
        let process = try Self.launch("assay", arguments(settings), error: errors, under: tracer)
        service.withLock { $0 = process }
        try waitUntil("the service is ready") {
            guard process.isRunning else {
                throw Failure(
                    description: "exit \(process.waitUntilExit()): "
                        + ((try? String(contentsOfFile: errors, encoding: .utf8)) ?? ""))
            }
            return (try? get("/readyz"))?.status == 200
        }
    }

    private func arguments(_ settings: [String]) -> [String] {
        var arguments = ["serve"]
        for setting in [
            "listen=127.0.0.1:\(port)", "data=\(scratch.path)/data", "pccs=\(base)", "pccs_allow_http=true",
            "trust_root=\(scratch.path)/root.pem", "log.level=warning", "audit.tokens_file=\(scratch.path)/auditors",
            "limits.caller_per_minute=0", "limits.repeats=0",
        ] + settings { arguments += ["--set", setting] }
        return arguments
    }

    /// `serve --check` with the same settings.
    func check(_ settings: [String] = []) throws -> Program.Result {
        try Program.run("assay", arguments(settings) + ["--check"])
    }

    /// A start that ends by itself.
    ///
    /// - Returns: 124 where it goes on.
    func attempt(_ settings: [String] = []) throws -> Program.Result {
        try ChildProcess.run(
            ["timeout", "60", ChildProcess.programs.appending(path: "assay").path] + arguments(settings), input: [])
    }

    /// What it said on standard error since its start.
    var errors: String {
        get throws { try String(contentsOfFile: scratch.path + "/serve.err", encoding: .utf8) }
    }

    /// Waits until it has ended by itself.
    ///
    /// - Returns: the exit code.
    func end() throws -> Int32 {
        let process = try service.withLock { process in
            guard let running = process else { throw Failure(description: "it does not run") }
            process = nil
            return running
        }
        try waitUntil("the service ends by itself") { !process.isRunning }
        return process.waitUntilExit()
    }

    var isRunning: Bool { service.withLock { $0?.isRunning ?? false } }

    /// Ends one that runs, at once.
    func kill() throws {
        try service.withLock { process in
            guard let running = process else { throw Failure(description: "it does not run") }
            running.kill()
            running.waitUntilExit()
            process = nil
        }
    }

    /// - Returns: the exit code.
    @discardableResult
    func stop() -> Int32 {
        service.withLock { process in
            guard let running = process else { return 0 }
            running.terminate()
            process = nil
            return running.waitUntilExit()
        }
    }

    /// What the service's process holds in memory now.
    var residentBytes: Int {
        let identifier = service.withLock { $0?.identifier ?? 0 }
        let status = (try? String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 1_024
    }

    /// A tracer on the running service, with every thread in its hands.
    func attach(_ tracer: [String]) throws -> ChildProcess {
        let identifier = service.withLock { $0?.identifier ?? 0 }
        let process = try ChildProcess(tracer + ["-p", "\(identifier)"])
        // The kernel says of each thread who traces it.
        try waitUntil("every thread is traced") {
            let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(identifier)/task")) ?? []
            let isTraced = threads.allSatisfy { thread in
                let status =
                    (try? String(contentsOfFile: "/proc/\(identifier)/task/\(thread)/status", encoding: .utf8)) ?? ""
                return !status.contains("TracerPid:\t0\n")
            }
            return isTraced && !threads.isEmpty
        }
        return process
    }

    private static func launch(
        _ name: String, _ arguments: [String], output: String? = nil, error: String? = nil, under tracer: [String] = []
    ) throws -> ChildProcess {
        try ChildProcess(
            tracer + [ChildProcess.programs.appending(path: name).path] + arguments, output: output ?? "/dev/null",
            error: error ?? "/dev/null")
    }

    func get(_ path: String, _ headers: [String: String] = [:]) throws -> Answer {
        try request("GET", path, headers, [])
    }

    func post(_ path: String, _ body: [UInt8], _ type: String, _ headers: [String: String] = [:]) throws -> Answer {
        try request("POST", path, headers.merging(["Content-Type": type]) { first, _ in first }, body)
    }

    var auditor: [String: String] { ["Authorization": "Bearer \(Self.auditorToken)"] }

    /// One request on one connection. A connection that ends before its answer is a failure; one that takes no more of the
    /// body may have been answered.
    func request(_ method: String, _ path: String, _ headers: [String: String], _ body: [UInt8]) throws -> Answer {
        let descriptor = try Self.connection(port)
        defer { close(descriptor) }
        var head =
            "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: \(body.count)\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        let bytes = Array((head + "\r\n").utf8) + body
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                send(descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { break }
            sent += count
        }
        var received: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &part, part.count, 0)
            guard count >= 0 else { throw Failure(description: "the connection broke") }
            guard count > 0 else { break }
            received += part[..<count]
        }
        return try Self.answer(received)
    }

    private static func answer(_ bytes: [UInt8]) throws -> Answer {
        let separator = Array("\r\n\r\n".utf8)
        guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: separator) }) else {
            throw Failure(description: "no answer")
        }
        let head = String(decoding: bytes[..<end], as: UTF8.self)
        var body = Array(bytes[(end + 4)...])
        let lines = head.lowercased().split(separator: "\r\n")
        if lines.contains("transfer-encoding: chunked") {
            body = try unchunked(body)
        } else if let length = lines.first(where: { $0.hasPrefix("content-length: ") }).flatMap({
            Int($0.dropFirst(16))
        }) {
            guard body.count == length else { throw Failure(description: "half an answer") }
        }
        guard let status = head.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw Failure(description: "no status")
        }
        return Answer(status: status, body: body)
    }

    private static func unchunked(_ bytes: [UInt8]) throws -> [UInt8] {
        var rest = bytes[...]
        var body: [UInt8] = []
        while true {
            guard let end = rest.firstIndex(of: 0x0D),
                let count = Int(String(decoding: rest[..<end], as: UTF8.self), radix: 16),
                rest.count >= end - rest.startIndex + count + 4
            else { throw Failure(description: "half an answer") }
            guard count > 0 else { return body }
            body += rest[(end + 2)..<(end + 2 + count)]
            rest = rest[(end + 4 + count)...]
        }
    }

    private static func address(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return address
    }

    private static func connection(_ port: Int) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = address(port)
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else {
            close(descriptor)
            throw Failure(description: "nobody listens")
        }
        return descriptor
    }
}
