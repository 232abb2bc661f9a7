import Wire

/// The parts of a quote that signatures are about, found by walking its declared lengths (dcap 1.3, 1.6). Written apart
/// from the product's parser and checks nothing but bounds.
public struct QuoteParts: Sendable {
    /// Header and body: what the attestation key signed.
    public let signedPrefix: [UInt8]
    public let signature: [UInt8]
    public let attestationKey: [UInt8]
    public let qeReport: [UInt8]
    public let qeReportSignature: [UInt8]
    /// The certification data of type 5, else `nil`.
    public let pckChain: [UInt8]?

    /// - Returns: `nil` where the lengths do not add up.
    public init?(_ quote: [UInt8]) {
        do throws(FormatError) {
            self = try Self.walk(quote)
        } catch {
            return nil
        }
    }

    private init(
        _ signedPrefix: [UInt8], _ signature: [UInt8], _ attestationKey: [UInt8], _ qeReport: [UInt8],
        _ qeReportSignature: [UInt8], _ pckChain: [UInt8]?
    ) {
        self.signedPrefix = signedPrefix
        self.signature = signature
        self.attestationKey = attestationKey
        self.qeReport = qeReport
        self.qeReportSignature = qeReportSignature
        self.pckChain = pckChain
    }

    private static func walk(_ quote: [UInt8]) throws(FormatError) -> QuoteParts {
        var reader = ByteReader(quote)
        let version: UInt16 = try reader.integer("version")
        _ = try reader.range(2, "attestationKeyType")
        let tee: UInt32 = try reader.integer("teeType")
        _ = try reader.range(40, "header")
        if version == 5 {
            _ = try reader.range(2, "bodyType")
            let size: UInt32 = try reader.integer("bodySize")
            _ = try reader.range(size, "body")
        } else {
            _ = try reader.range(version == 4 && tee == 0x81 ? 584 : 384, "body")
        }
        let prefix = Array(quote[..<reader.offset])
        _ = try reader.range(4, "authLen")
        let signature = Array(try reader.slice(64, "signature"))
        let key = Array(try reader.slice(64, "attestationKey"))
        if version != 3 { _ = try reader.range(6, "outer certification data") }
        let report = Array(try reader.slice(384, "qeReport"))
        let reportSignature = Array(try reader.slice(64, "qeReportSignature"))
        let authCount: UInt16 = try reader.integer("authDataLen")
        _ = try reader.range(authCount, "authData")
        let type: UInt16 = try reader.integer("certificationDataType")
        let count: UInt32 = try reader.integer("certificationDataSize")
        let data = Array(try reader.slice(count, "certificationData"))
        return QuoteParts(prefix, signature, key, report, reportSignature, type == 5 ? data : nil)
    }
}
