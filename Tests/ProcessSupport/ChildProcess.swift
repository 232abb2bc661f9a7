import CSpawn
package import Foundation
import Glibc
import Synchronization

/// A program that a test runs.
///
/// Foundation's `Process` lists the descriptors of the test process before each start and copies 256 bytes of every record
/// of that list, however short it is. Beside a test that holds a thousand connections it reads behind the list, and now and
/// then that ends the whole run. This one hands the closing of descriptors to the C library.
package final class ChildProcess: Sendable {
    /// The folder of the running test bundle, where the programs lie too that this build has made.
    package static let programs = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()

    package let identifier: Int32
    private let ended = Mutex<Int32?>(nil)

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Starts it.
    ///
    /// - Parameters:
    ///   - command: A path, or a name that is looked for among the tools of the tests and then in `PATH`, and what follows.
    ///   - environment: Beside the test's own, and before it.
    ///   - input: The file that it reads as standard input; the others are appended to, and may be the same.
    package init(
        _ command: [String], environment: [String: String] = [:], folder: String? = nil, input: String = "/dev/null",
        output: String = "/dev/null", error: String = "/dev/null"
    ) throws {
        var (actions, attributes) = (posix_spawn_file_actions_t(), posix_spawnattr_t())
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        if let folder { posix_spawn_file_actions_addchdir_np(&actions, folder) }
        for (descriptor, file, flags) in [
            (0, input, O_RDONLY), (1, output, O_WRONLY | O_CREAT), (2, error, O_WRONLY | O_CREAT),
        ] as [(Int32, String, Int32)] {
            posix_spawn_file_actions_addopen(&actions, descriptor, file, flags | O_APPEND, 0o600)
        }
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        // A server in the test process may have its own mind about signals; a program begins without.
        var (all, none) = (sigset_t(), sigset_t())
        sigfillset(&all)
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

        let variables = ProcessInfo.processInfo.environment.merging(["PATH": TestTool.path]) { $1 }
            .merging(environment) { $1 }.map { "\($0)=\($1)" }
        var command = command
        command[0] = TestTool.resolve(command[0])
        var (arguments, settings) = (command.map { strdup($0) }, variables.map { strdup($0) })
        defer { for text in arguments + settings { free(text) } }
        arguments.append(nil)
        settings.append(nil)
        var identifier: pid_t = 0
        let result = posix_spawnp(&identifier, command[0], &actions, &attributes, arguments, settings)
        guard result == 0 else { throw Failure(description: "\(command[0]): \(String(cString: strerror(result)))") }
        self.identifier = identifier
    }

    package var isRunning: Bool { ended.withLock { look(&$0, WNOHANG) == nil } }

    package func terminate() { send(SIGTERM) }

    package func kill() { send(SIGKILL) }

    /// - Returns: the exit code, or the number of the signal that ended it.
    @discardableResult
    package func waitUntilExit() -> Int32 {
        // It stays a zombie while this waits, so that no signal meets another process of the same number.
        var information = siginfo_t()
        while waitid(P_PID, id_t(identifier), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        return ended.withLock { look(&$0, 0) ?? -1 }
    }

    private func send(_ signal: Int32) {
        ended.withLock { if look(&$0, WNOHANG) == nil { Glibc.kill(identifier, signal) } }
    }

    private func look(_ ended: inout Int32?, _ options: Int32) -> Int32? {
        guard ended == nil else { return ended }
        var status: Int32 = 0
        guard waitpid(identifier, &status, options) == identifier else { return nil }
        ended = status & 0x7F == 0 ? status >> 8 & 0xFF : status & 0x7F
        return ended
    }
}

extension ChildProcess {
    package struct Result: Sendable {
        package let exitCode: Int32
        package let output: String
        package let error: String

        package init(exitCode: Int32, output: String, error: String) {
            (self.exitCode, self.output, self.error) = (exitCode, output, error)
        }
    }

    /// Runs it to its end. Blocks.
    package static func run(
        _ command: [String], environment: [String: String] = [:], folder: String? = nil, input: [UInt8] = []
    ) throws -> Result {
        // Files and not pipes: a pipe's buffer is smaller than a report.
        let files = NSTemporaryDirectory() + "assay-child-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: files, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: files) }
        try Data(input).write(to: URL(filePath: files + "/stdin"))
        let child = try ChildProcess(
            command, environment: environment, folder: folder, input: files + "/stdin", output: files + "/stdout",
            error: files + "/stderr")
        let exitCode = child.waitUntilExit()
        return Result(
            exitCode: exitCode, output: try String(contentsOfFile: files + "/stdout", encoding: .utf8),
            error: try String(contentsOfFile: files + "/stderr", encoding: .utf8))
    }
}
