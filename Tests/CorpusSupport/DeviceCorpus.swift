import Foundation
import Wire

/// The part of the corpus that is about devices, read by the same rules as the rest.
public struct DeviceCorpus: Sendable {
    private let corpus: Corpus
    public let vectors: Vectors

    /// `nil` where there is no corpus.
    public static let available: DeviceCorpus? = Corpus.available.flatMap { try? DeviceCorpus($0) }

    public static var isAvailable: Bool { available != nil }

    private init(_ corpus: Corpus) throws {
        self.corpus = corpus
        vectors = try JSONDecoder().decode(Vectors.self, from: Data(corpus.bytes(at: "gpu/vectors-gpu.json")))
    }

    public static func open() throws -> DeviceCorpus {
        guard let available else { throw CorpusError(Corpus.absence) }
        return available
    }

    public func bytes(at path: String) throws -> [UInt8] { try corpus.bytes(at: path) }

    /// A report by the name of its file, which is hex, or by file and place in a list of evidence: `list.json[3]`.
    public func report(_ name: String) throws -> [UInt8] {
        guard name.hasSuffix("]") else {
            let text = try bytes(at: name).filter { Hex.value(of: $0) != nil }
            guard let report = Hex.decode(text) else { throw CorpusError("\(name) is no hex") }
            return report
        }
        return try entry(name).report
    }

    /// One device of a list, decoded without the product's reader.
    public func entry(_ name: String) throws -> (report: [UInt8], chain: [UInt8], entry: Entry) {
        let parts = name.split(separator: "[")
        guard parts.count == 2, let position = Int(parts[1].dropLast()) else {
            throw CorpusError("\(name) is no place")
        }
        let entries = try self.entries(at: String(parts[0]))
        guard entries.indices.contains(position), let report = Data(base64Encoded: entries[position].evidence),
            let chain = Data(base64Encoded: entries[position].certificate)
        else { throw CorpusError("\(name) is not there") }
        return ([UInt8](report), [UInt8](chain), entries[position])
    }

    public func entries(at path: String) throws -> [Entry] {
        try JSONDecoder().decode([Entry].self, from: Data(bytes(at: path)))
    }

    public struct Entry: Decodable, Sendable {
        public let arch: String
        public let nonce: String
        public let evidence: String
        public let certificate: String
    }

    public struct Vectors: Decodable, Sendable {
        public let reports: [Report]
        public let rims: [Manifest]
        public let comparisons: [Comparison]
        public let chains: [Chain]
    }

    public struct Report: Decodable, Sendable, CustomStringConvertible {
        public let input: String
        public let trailingBytes: String
        public let requestNonce: String
        public let responderNonce: String
        public let blocks: Int
        public let signatureOffset: Int
        public let signedSha384: String
        public let measurementsSha384: String
        public let opaque: [Opaque]
        public let driverVersion: String?
        public let vbiosVersion: String?
        public let signatureOk: Bool?
        public let chain: String?
        public let fwid: Firmware?
        public var description: String { input }
    }

    public struct Firmware: Decodable, Sendable {
        public let leaf: String?
        public let report: String?
    }

    public struct Opaque: Decodable, Sendable {
        public let type: UInt16
        public let hex: String
    }

    public struct Manifest: Decodable, Sendable, CustomStringConvertible {
        public let input: String
        public let colloquialVersion: String
        public let product: String
        public let activeIndices: [Int]
        public let documentC14nSha384: String
        public let signedInfoC14nSha384: String
        public let digestMatches: Bool
        public let signatureOkWithFirstCert: Bool
        public let chainToRimRoot: Bool
        public var description: String { input }
    }

    public struct Comparison: Decodable, Sendable, CustomStringConvertible {
        public let label: String
        public let report: String
        public let rims: [String]
        public let goldenCount: Int
        public let conflicts: [Int]
        public let skipped: [Int]
        public let mismatchIndices: [Int]
        public var description: String { label }
    }

    public struct Chain: Decodable, Sendable, CustomStringConvertible {
        public let file: String
        public let ueid: String?
        public let hwmodel: String?
        public let leafFwid: String?
        public var description: String { file }
    }

    /// Every manifest of the corpus, good and broken.
    public var manifests: [String] {
        vectors.rims.map(\.input) + ["gpu/nv55090/driver_rim.xml", "gpu/nv55090/vbios_rim.xml"]
    }
}
