public import Wire

/// An enclave identity of version 2 (dcap 4.4): what the quoting enclave's report must say.
public struct EnclaveIdentity: Sendable {
    public enum ID: String, CaseIterable, Hashable, Sendable {
        case qe = "QE"
        case tdQE = "TD_QE"
        case qve = "QVE"
        case qae = "QAE"
    }

    public let id: ID
    public let issueDate: Instant
    public let nextUpdate: Instant
    public let tcbEvaluationDataNumber: UInt32
    public let miscselect: UInt32
    public let miscselectMask: UInt32
    public let attributes: FixedBytes<16>
    public let attributesMask: FixedBytes<16>
    public let mrsigner: FixedBytes<32>
    public let isvprodid: UInt16
    /// Highest ISVSVN first; statuses are UpToDate, OutOfDate or Revoked only.
    public let levels: [TCBInfo.ComponentLevel]

    /// Steps E8 and E9, on a document whose signature holds.
    public init(reading document: SignedDocument) throws(CollateralFormatError) {
        let reader = try DocumentReader(document.body, "enclaveIdentity")
        try Self.checkVersion(reader)
        let name = String(decoding: try reader.text("id"), as: UTF8.self)
        guard let id = ID(rawValue: name) else {
            throw reader.invalid("id", found: String(name.prefix(20)), wanted: "QE, TD_QE, QVE or QAE")
        }
        self.id = id
        issueDate = try reader.date("issueDate")
        nextUpdate = try reader.date("nextUpdate")
        guard nextUpdate > issueDate else {
            throw reader.invalid("nextUpdate", found: nextUpdate.description, wanted: "later than \(issueDate)")
        }
        tcbEvaluationDataNumber = try reader.integer("tcbEvaluationDataNumber")
        miscselect = Self.littleEndian(try reader.hex("miscselect"))
        miscselectMask = Self.littleEndian(try reader.hex("miscselectMask"))
        attributes = try reader.hex("attributes")
        attributesMask = try reader.hex("attributesMask")
        mrsigner = try reader.hex("mrsigner")
        isvprodid = try reader.integer("isvprodid")
        levels = try TCBInfo.ComponentLevel.list(reading: reader)
        for level in levels {
            switch level.status {
            case .known(.upToDate), .known(.outOfDate), .known(.revoked): continue
            case .known(let status):
                throw reader.invalid("tcbLevels", found: status.rawValue, wanted: "UpToDate, OutOfDate or Revoked")
            case .unknown(let text):
                throw reader.invalid(
                    "tcbLevels", found: String(text.prefix(40)), wanted: "UpToDate, OutOfDate or Revoked")
            }
        }
    }

    private static func checkVersion(_ reader: DocumentReader) throws(CollateralFormatError) {
        let version: UInt32
        do throws(CollateralFormatError) {
            version = try reader.integer("version")
        } catch {
            guard error.kind == .invalid else { throw error }
            throw CollateralFormatError(
                .unsupportedVersion, error.field, at: error.offset, found: error.found, wanted: "2")
        }
        guard version == 2 else {
            throw CollateralFormatError(
                .unsupportedVersion, "enclaveIdentity.version", found: "\(version)", wanted: "2")
        }
    }

    /// Memory order: decode four bytes, read them little-endian.
    private static func littleEndian(_ bytes: FixedBytes<4>) -> UInt32 {
        (0..<4).reversed().reduce(0) { $0 << 8 | UInt32(bytes[$1]) }
    }
}
