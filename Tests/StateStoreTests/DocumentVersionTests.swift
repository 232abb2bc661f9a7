import GRDB
import Testing
import Wire

@testable import StateStore

@Suite("Versions of policies and reference sets")
struct DocumentVersionTests {
    private static let time = Instant(seconds: 1_790_000_000)

    private static func draft(
        _ text: String, id: String = "p", kind: DocumentVersion.Kind = .policy
    ) -> DocumentVersion {
        DocumentVersion(draft: kind, id: id, version: 1, bytes: Array(text.utf8), created: time)
    }

    private static func withVersions(_ body: (DocumentVersions, StateFolder) async throws -> Void) async throws {
        let folder = try StateFolder()
        try await body(try folder.open().documents, folder)
    }

    @Test("The way of a policy, over restarts: draft, tested, active, retired; the next one retires it")
    func way() async throws {
        try await Self.withVersions { versions, folder in
            let (first, second) = (Self.draft("first"), Self.draft("second"))
            for draft in [first, second, first] { try await versions.add(draft) }
            #expect(try await versions.all(.policy) == [first, second])
            #expect(try await versions.all(.referenceSet) == [])
            for draft in [first, second] {
                try await versions.setTested(.policy, draft.sha256, cases: 3, at: Self.time)
                try await versions.activate(.policy, draft.sha256, at: Self.time.advanced(bySeconds: 60))
            }
            versions.store.close()
            let again = try folder.open().documents
            let states = try await again.all(.policy).map(\.state)
            let later = Self.time.advanced(bySeconds: 60)
            #expect(states == [.retired(at: later), .active(since: later)])
            #expect(try await again.version(.policy, first.sha256)?.bytes == first.bytes)
            try await again.retire(.policy, second.sha256, at: later)
            #expect(try await again.version(.policy, second.sha256)?.state == .retired(at: later))
        }
    }

    @Test("Steps that lead nowhere, and versions that are not there")
    func refused() async throws {
        try await Self.withVersions { versions, _ in
            let (policy, set) = (Self.draft("policy"), Self.draft("set", kind: .referenceSet))
            for draft in [policy, set] { try await versions.add(draft) }
            // An untested policy does not become active, a set does.
            await #expect(throws: StateFailure.self) {
                try await versions.activate(.policy, policy.sha256, at: Self.time)
            }
            try await versions.activate(.referenceSet, set.sha256, at: Self.time)
            await #expect(throws: StateFailure.self) {
                try await versions.activate(.referenceSet, set.sha256, at: Self.time)
            }
            await #expect(throws: StateFailure.self) {
                try await versions.retire(.policy, policy.sha256, at: Self.time)
            }
            try await versions.retire(.referenceSet, set.sha256, at: Self.time)
            for step in [versions.retire, versions.activate] {
                await #expect(throws: StateFailure.self) {
                    try await step(.referenceSet, set.sha256, Self.time)
                }
            }
            await #expect(throws: StateFailure.self) {
                try await versions.setTested(.policy, set.sha256, cases: 1, at: Self.time)
            }
            #expect(try await versions.version(.policy, policy.sha256)?.state == .draft)
        }
    }

    @Test("A refused activation leaves the one in force as it was")
    func whole() async throws {
        try await Self.withVersions { versions, _ in
            let (first, second) = (Self.draft("first"), Self.draft("second"))
            for draft in [first, second] { try await versions.add(draft) }
            try await versions.setTested(.policy, first.sha256, cases: 1, at: Self.time)
            try await versions.activate(.policy, first.sha256, at: Self.time)
            await #expect(throws: StateFailure.self) {
                try await versions.activate(.policy, second.sha256, at: Self.time)
            }
            #expect(try await versions.version(.policy, first.sha256)?.state == .active(since: Self.time))
        }
    }

    @Test(
        "The file itself refuses what must not be",
        arguments: [
            "UPDATE document_version SET bytes = x'00'", "UPDATE document_version SET id = 'q'",
            "UPDATE document_version SET state = 'draft'", "DELETE FROM document_version",
            "INSERT INTO document_version SELECT kind, randomblob(32), id, 2, bytes, created, 'active', 1, 1, 1, NULL FROM document_version",
        ])
    func immutable(_ sql: String) async throws {
        try await Self.withVersions { versions, folder in
            let draft = Self.draft("first")
            try await versions.add(draft)
            try await versions.setTested(.policy, draft.sha256, cases: 1, at: Self.time)
            try await versions.activate(.policy, draft.sha256, at: Self.time)
            let database = try folder.stranger()
            await #expect(throws: DatabaseError.self) { try await database.write { try $0.execute(sql: sql) } }
            #expect(try await versions.all(.policy).count == 1)
        }
    }

    @Test("A document that somebody changed in the file is not given out")
    func tampered() async throws {
        try await Self.withVersions { versions, folder in
            try await versions.add(Self.draft("first"))
            let database = try folder.stranger()
            try await database.write {
                try $0.execute(
                    sql: "DROP TRIGGER document_version_immutable; UPDATE document_version SET bytes = x'00'")
            }
            await #expect(throws: StateFailure.self) { try await versions.all(.policy) }
        }
    }
}
