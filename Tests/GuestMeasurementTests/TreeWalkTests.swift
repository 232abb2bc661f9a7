import Foundation
import Testing
import Wire

@testable import GuestMeasurement

/// Folders of this test's own, walked as `assay measure --tree` walks them (event-logs 6.2, 9.4).
@Suite("A package tree on a disk", .timeLimit(.minutes(2)))
final class TreeWalkTests: Sendable {
    private let folder = FileManager.default.temporaryDirectory.path + "/tree-walk-" + UUID().uuidString

    init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func file(_ path: String, _ text: String, mode: Int = 0o644) throws {
        let place = folder + "/" + path
        try FileManager.default.createDirectory(
            atPath: (place as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: place))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: place)
    }

    private func link(_ path: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: folder + "/" + path, withDestinationPath: target)
    }

    private struct Digested: Error {}

    private func failure() throws -> MeasurementFailure {
        do {
            _ = try TreeWalk.digest(folder)
        } catch {
            return error
        }
        throw Digested()
    }

    @Test("The tree of 9.4 has the digest that stands there, in whatever order the disk lists it")
    func vector() throws {
        try file("bin/run", "#!/bin/sh\n", mode: 0o755)
        try file("app.py", "print(1)\n")
        try FileManager.default.createDirectory(atPath: folder + "/data/empty", withIntermediateDirectories: true)
        try link("data/link", to: "../app.py")
        let (sha256, count) = try TreeWalk.digest(folder)
        #expect(sha256.hex == "979092fbef96774404210fca99e6a6576323c8acb11d33defecbbd3371121a8b")
        #expect(count == 3)
    }

    @Test("A byte, a bit of the mode, a name, a link's target: each another digest")
    func sensitivity() throws {
        try file("a", "x")
        try link("l", to: "a")
        var seen: Set<String> = [try TreeWalk.digest(folder).sha256.hex]
        let edits: [(TreeWalkTests) throws -> Void] = [
            { try $0.file("a", "y") }, { try $0.file("a", "y", mode: 0o755) }, { try $0.file("b", "") },
            {
                try FileManager.default.removeItem(atPath: $0.folder + "/l")
                try $0.link("l", to: "b")
            },
        ]
        for edit in edits {
            try edit(self)
            #expect(seen.insert(try TreeWalk.digest(folder).sha256.hex).inserted)
        }
    }

    /// The kernel lists a folder in buffers that these names fill to the last byte; the address sanitizer sees a reader who
    /// takes more of a record than there is.
    @Test("A folder with two thousand files of short names is read to its end")
    func manyFiles() throws {
        for name in 1_000..<3_000 { try file("\(name)", "x") }
        #expect(try TreeWalk.digest(folder).count == 2_000)
    }

    @Test("Links that leave the tree have no digest", arguments: ["../../etc/passwd", "/etc/passwd", "a/../../b"])
    func outside(_ target: String) throws {
        try link("l", to: target)
        #expect(try failure() == .undefined("\(folder)/l: links out of the tree; such a tree has no digest"))
    }

    @Test("Neither have programs that run as another user, pipes, and folders that are not there")
    func refused() throws {
        try file("run", "x", mode: 0o4755)
        #expect(try failure() == .undefined("\(folder)/run: runs as another user; such a tree has no digest"))
        try FileManager.default.removeItem(atPath: folder + "/run")
        #expect(mkfifo(folder + "/pipe", 0o600) == 0)
        #expect(
            try failure()
                == .undefined("\(folder)/pipe: neither a file nor a link nor a folder; such a tree has no digest"))
        try FileManager.default.removeItem(atPath: folder)
        #expect(try failure() == .unreadable("\(folder): the folder cannot be read"))
    }

    @Test(
        "Where a link leads, from where it lies",
        arguments: [
            ("b", "a", true), ("../b", "a/l", true), ("../../b", "a/l", false), ("..", "a/l", true), ("..", "l", false),
            ("a/../b", "l", true), ("a/../../b", "l", false), ("./../b", "x/l", true), ("/b", "x/l", false),
            ("../x/../../b", "x/l", false), ("", "l", true),
        ])
    func staysInside(_ target: String, _ path: String, _ inside: Bool) {
        #expect(TreeWalk.staysInside(Array(target.utf8), from: Array(path.utf8)) == inside)
    }
}
