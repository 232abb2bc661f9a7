import Foundation
package import Testing

/// A program that tests run and that this package does not make. `make setup-tests` brings them all.
package enum TestTool: String, Sendable {
    /// With the packages of Tests/requirements.txt.
    case python = "Python"
    case node = "Node"
    case chromium = "Chromium"
    case curl, nginx, openssl
    /// A token of PKCS #11, and the engine through which OpenSSL uses it.
    case softHSM = "SoftHSM"
    /// May be there and not allowed to trace, as in many containers.
    case strace

    /// Where packages of PyPI and what else is no package of Debian's lie: `ASSAY_TEST_TOOLS`, else `.venv` in the
    /// repository. No other Python or Node is taken, so that tests find the same on every machine.
    package static let folder: String = {
        if let folder = ProcessInfo.processInfo.environment["ASSAY_TEST_TOOLS"], !folder.isEmpty { return folder }
        return repository.appending(path: ".venv").path
    }()

    /// The search path of every program that a test starts: `folder` first.
    static let path = folder + "/bin:" + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")

    /// A program of `folder`, where that has one of this name; else the name.
    static func resolve(_ name: String) -> String {
        let own = folder + "/bin/" + name
        return !name.contains("/") && isExecutable(own) ? own : name
    }

    package static let softHSMModule = "/usr/lib/softhsm/libsofthsm2.so"

    package var isThere: Bool {
        switch self {
        case .python: Self.hasPackages
        case .node: Self.hasPackages && Self.isExecutable(Self.folder + "/bin/node")
        case .chromium: Self.isExecutable("/usr/bin/chromium")
        case .curl, .openssl: Self.isFound(rawValue)
        case .nginx: Self.isFound(rawValue) || Self.isExecutable("/usr/sbin/nginx")
        case .softHSM: Self.hasToken
        case .strace: Self.mayTrace
        }
    }

    private static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Made of the list as it is now: an environment of another list is as good as none.
    private static let hasPackages: Bool = {
        guard let made = try? String(contentsOfFile: folder + "/made-of", encoding: .utf8),
            let wanted = try? String(contentsOf: repository.appending(path: "Tests/requirements.txt"), encoding: .utf8)
        else { return false }
        return made.hasSuffix(wanted) && isExecutable(folder + "/bin/python3")
    }()

    private static let hasToken: Bool = {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib")) ?? []
        return FileManager.default.fileExists(atPath: softHSMModule) && isFound("softhsm2-util")
            && folders.contains { FileManager.default.fileExists(atPath: "/usr/lib/\($0)/engines-3/pkcs11.so") }
    }()

    private static let mayTrace: Bool =
        (try? ChildProcess.run(["strace", "-f", "-qq", "-o", "/dev/null", "true"]).exitCode) == 0

    private static func isExecutable(_ file: String) -> Bool { FileManager.default.isExecutableFile(atPath: file) }

    private static func isFound(_ name: String) -> Bool {
        path.split(separator: ":").contains { isExecutable("\($0)/\(name)") }
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips a test where one of its tools is missing, and says which: the end of `make test` counts by these words.
    package static func needs(_ tools: TestTool...) -> Self {
        let missing = tools.filter { !$0.isThere }
        let names = missing.filter { $0 != .strace }.map(\.rawValue)
        var reasons = names.isEmpty ? [] : ["not installed (make setup-tests): " + names.joined(separator: ", ")]
        if missing.contains(.strace) { reasons.append("strace is not installed, or may not trace here") }
        return .enabled(if: missing.isEmpty, Comment(rawValue: reasons.joined(separator: "; ")))
    }
}
