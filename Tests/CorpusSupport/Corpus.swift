import Foundation
import Synchronization

/// The public attestation test data that lies beside the repository: found, indexed by name, read once per file.
///
/// It is never copied into the repository. Its place is the environment's `ASSAY_CORPUS`, else `../shared/corpus` seen
/// from the package. Where it is absent, tests that need it are skipped and say so:
/// `@Test(.enabled(if: Corpus.isAvailable, "\(Corpus.absence)"))`.
public final class Corpus: Sendable {
    /// The one corpus of this process; `nil` where there is none, or where it cannot be read (`absence` says which).
    public static var available: Corpus? { try? loaded.get() }

    public static var isAvailable: Bool { available != nil }

    /// Why there is no corpus, as a sentence for the test report.
    public static var absence: String {
        switch loaded {
        case .success: "the corpus is there"
        case .failure(let reason): reason.sentence
        }
    }

    private let folder: URL
    public let items: [CorpusItem]
    public let cases: [CorpusCase]
    private let itemsByName: [String: CorpusItem]
    private let cache = Mutex<[String: [UInt8]]>([:])

    public func item(_ name: String) throws -> CorpusItem {
        guard let item = itemsByName[name] else { throw CorpusError("the manifest names no \(name)") }
        return item
    }

    public func items(ofKind kind: CorpusItem.Kind) -> [CorpusItem] { items.filter { $0.kind == kind } }

    /// The bytes of a file, by its path relative to the corpus.
    public func bytes(at path: String) throws -> [UInt8] {
        if let known = cache.withLock({ $0[path] }) { return known }
        let bytes = [UInt8](try Data(contentsOf: folder.appending(path: path)))
        cache.withLock { $0[path] = bytes }
        return bytes
    }

    /// The bytes of an item that is one file.
    public func bytes(of name: String) throws -> [UInt8] {
        guard let file = try item(name).file else { throw CorpusError("\(name) is no single file") }
        return try bytes(at: file)
    }

    /// The quote a case judges: as its source published it where the case says so, else cut to its declared length.
    public func quote(of testCase: CorpusCase) throws -> [UInt8] {
        if let file = testCase.quoteFile { return try bytes(at: file) }
        return try bytes(of: testCase.quote)
    }

    /// The bundle a case uses, as the JSON people exchange.
    public func bundle(of testCase: CorpusCase) throws -> [UInt8] {
        itemsByName[testCase.collateral] == nil
            ? try IntelSample.bundle(inFolder: "collateral/\(testCase.collateral)", of: self)
            : try bytes(of: testCase.collateral)
    }

    private static let loaded: Result<Corpus, CorpusError> = {
        let folder = place()
        guard FileManager.default.fileExists(atPath: folder.appending(path: "manifest.json").path) else {
            return .failure(
                CorpusError("there is no corpus: set ASSAY_CORPUS, or put it at ../shared/corpus beside the package"))
        }
        do {
            return .success(try Corpus(at: folder))
        } catch {
            return .failure(CorpusError("the corpus cannot be read: \(error)"))
        }
    }()

    private static func place() -> URL {
        if let place = ProcessInfo.processInfo.environment["ASSAY_CORPUS"], !place.isEmpty {
            return URL(filePath: place, directoryHint: .isDirectory)
        }
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return package.appending(path: "../shared/corpus", directoryHint: .isDirectory).standardizedFileURL
    }

    private init(at folder: URL) throws {
        struct Manifest: Decodable { let items: [CorpusItem] }
        let decoder = JSONDecoder()
        let manifest = try decoder.decode(
            Manifest.self, from: Data(contentsOf: folder.appending(path: "manifest.json")))
        items = manifest.items
        cases = try decoder.decode([CorpusCase].self, from: Data(contentsOf: folder.appending(path: "cases.json")))
        itemsByName = Dictionary(manifest.items.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        self.folder = folder
    }
}

/// What the corpus should hold and does not.
public struct CorpusError: Error, CustomStringConvertible {
    public let sentence: String
    public var description: String { sentence }

    public init(_ sentence: String) { self.sentence = sentence }
}
