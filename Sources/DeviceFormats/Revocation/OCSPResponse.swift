public import Wire
package import X509Formats

/// An answer about revocation as it is written (RFC 6960 4.2.1). Nothing is judged here.
public struct OCSPResponse: Sendable {
    /// `OCSPResponseStatus` where it is not `successful`.
    public enum Problem: Int, Hashable, Sendable, Error {
        case malformedRequest = 1
        case internalError = 2
        case tryLater = 3
        case signatureRequired = 5
        case unauthorized = 6
    }

    package enum Responder: Sendable {
        /// The encoding of a name.
        case name(Range<Int>)
        /// SHA-1 of the responder's key bits.
        case key(Range<Int>)
    }

    /// What is said about one certificate.
    public struct Statement: Sendable {
        public enum Status: Hashable, Sendable {
            case good
            /// With the number of the reason (RFC 5280 5.3.1), where one is given.
            case revoked(reason: Int?)
            case unknown
        }

        package let hashAlgorithm: Range<Int>
        package let issuerNameHash: Range<Int>
        package let issuerKeyHash: Range<Int>
        package let serialNumber: Range<Int>
        public let status: Status
        public let thisUpdate: Instant
        public let nextUpdate: Instant?
    }

    public let der: [UInt8]
    public let producedAt: Instant
    public let statements: [Statement]
    package let tbs: Range<Int>
    package let responder: Responder
    package let nonce: Range<Int>?
    package let signatureAlgorithm: Range<Int>
    package let signature: Range<Int>
    package let certificates: [Certificate]

    /// - Parameter der: Exactly one response.
    /// - Throws: `OCSP_MALFORMED`, or `OCSP_RESPONDER_ERROR` where the responder says that it has no answer.
    public init(parsing der: [UInt8]) throws(DeviceFailure) {
        guard der.count <= Limits.ocspBytes else {
            throw DeviceFailure(
                .ocspMalformed, field: "ocsp", found: "\(der.count) bytes", wanted: "at most \(Limits.ocspBytes)")
        }
        let problem: Problem?
        do throws(DERError) {
            problem = try Self.problem(der)
        } catch {
            throw Self.malformed(error)
        }
        if let problem {
            throw DeviceFailure(
                .ocspResponderError, field: "ocsp.responseStatus", found: "\(problem) (\(problem.rawValue))",
                wanted: "successful")
        }
        do throws(DERError) {
            try self.init(successful: der)
        } catch {
            throw Self.malformed(error)
        }
    }

    private static func malformed(_ error: DERError) -> DeviceFailure {
        DeviceFailure(
            .ocspMalformed, field: "ocsp", offset: error.offset, found: "\(error.reason)",
            wanted: "one OCSP response in DER")
    }

    /// `OCSPResponse ::= SEQUENCE { responseStatus ENUMERATED, responseBytes [0] EXPLICIT … OPTIONAL }`
    private static func problem(_ der: [UInt8]) throws(DERError) -> Problem? {
        var input = DERReader(der)
        var outer = try input.enter()
        try input.finish()
        let status = try outer.small(DERReader.Tag.enumerated, atMost: 6)
        guard status != 0 else { return nil }
        guard let problem = Problem(rawValue: status) else { throw DERError(.badValue("a status"), at: 2) }
        return problem
    }

    private init(successful der: [UInt8]) throws(DERError) {
        var input = DERReader(der)
        var outer = try input.enter()
        _ = try outer.element(DERReader.Tag.enumerated)
        var explicit = try outer.enter(DERReader.Tag.context(0))
        try outer.finish()
        var bytes = try explicit.enter()
        try explicit.finish()
        let type = try bytes.element(DERReader.Tag.objectIdentifier).content
        guard der[type].elementsEqual(ObjectIdentifier.ocspBasic) else {
            throw DERError(.badValue("a basic response"), at: type.lowerBound)
        }
        let content = try bytes.element(DERReader.Tag.octetString).content
        try bytes.finish()
        var inner = DERReader(der, in: content)
        var basic = try inner.enter()
        try inner.finish()

        let tbs = try basic.element(DERReader.Tag.sequence)
        var fields = DERReader(der, in: tbs.content)
        if fields.nextTag == DERReader.Tag.context(0) {
            var version = try fields.enter(DERReader.Tag.context(0))
            _ = try version.small(atMost: 0)
        }
        responder = try Self.responder(in: &fields)
        producedAt = try Self.time(in: &fields)
        statements = try Self.statements(in: &fields)
        nonce = try Self.nonce(in: &fields)
        try fields.finish()

        signatureAlgorithm = try basic.element(DERReader.Tag.sequence).encoding
        signature = try basic.octetAlignedBits()
        certificates = try Self.certificates(in: &basic)
        try basic.finish()
        self.tbs = tbs.encoding
        self.der = der
    }

    private static func responder(in fields: inout DERReader) throws(DERError) -> Responder {
        if fields.nextTag == DERReader.Tag.context(1) {
            var explicit = try fields.enter(DERReader.Tag.context(1))
            let name = try explicit.element(DERReader.Tag.sequence).encoding
            try explicit.finish()
            return .name(name)
        }
        var explicit = try fields.enter(DERReader.Tag.context(2))
        let key = try explicit.element(DERReader.Tag.octetString).content
        try explicit.finish()
        return .key(key)
    }

    /// GeneralizedTime alone (RFC 6960 4.2.2.1).
    private static func time(in reader: inout DERReader) throws(DERError) -> Instant {
        guard reader.nextTag == DERReader.Tag.generalizedTime else {
            throw DERError(
                .unexpectedTag(found: reader.nextTag ?? 0, wanted: DERReader.Tag.generalizedTime), at: reader.position)
        }
        return try reader.time()
    }

    private static func statements(in fields: inout DERReader) throws(DERError) -> [Statement] {
        var list = try fields.enter()
        var statements: [Statement] = []
        repeat {
            guard statements.count < Limits.ocspStatements else {
                throw DERError(.badValue("at most \(Limits.ocspStatements) statements"), at: list.position)
            }
            statements.append(try statement(in: &list))
        } while !list.isAtEnd
        return statements
    }

    /// `SingleResponse ::= SEQUENCE { certID, certStatus, thisUpdate, nextUpdate [0] OPTIONAL, extensions [1] OPTIONAL }`
    private static func statement(in list: inout DERReader) throws(DERError) -> Statement {
        var single = try list.enter()
        var certID = try single.enter()
        var algorithm = try certID.enter()
        let hash = try algorithm.element(DERReader.Tag.objectIdentifier).content
        if !algorithm.isAtEnd {
            guard try algorithm.element(0x05).content.isEmpty else {
                throw DERError(.badValue("NULL"), at: algorithm.position)
            }
        }
        try algorithm.finish()
        let nameHash = try certID.element(DERReader.Tag.octetString).content
        let keyHash = try certID.element(DERReader.Tag.octetString).content
        let serial = try certID.integer()
        try certID.finish()
        let status = try status(in: &single)
        let thisUpdate = try time(in: &single)
        var nextUpdate: Instant?
        if single.nextTag == DERReader.Tag.context(0) {
            var explicit = try single.enter(DERReader.Tag.context(0))
            nextUpdate = try time(in: &explicit)
            try explicit.finish()
        }
        if single.nextTag == DERReader.Tag.context(1) {
            var explicit = try single.enter(DERReader.Tag.context(1))
            try refuseCritical(try CertificateExtension.list(in: &explicit, .eachOnce))
            try explicit.finish()
        }
        try single.finish()
        return Statement(
            hashAlgorithm: hash, issuerNameHash: nameHash, issuerKeyHash: keyHash, serialNumber: serial,
            status: status, thisUpdate: thisUpdate, nextUpdate: nextUpdate)
    }

    private static func refuseCritical(_ extensions: [CertificateExtension]) throws(DERError) {
        if let critical = extensions.first(where: \.critical) {
            throw DERError(.badValue("no critical extension"), at: critical.identifier.lowerBound)
        }
    }

    private static func status(in single: inout DERReader) throws(DERError) -> Statement.Status {
        let found = try single.any()
        switch found.tag {
        case 0x80 where found.content.isEmpty: return .good
        case 0x82 where found.content.isEmpty: return .unknown
        case DERReader.Tag.context(1):
            var info = DERReader(single.bytes, in: found.content)
            _ = try time(in: &info)
            guard !info.isAtEnd else { return .revoked(reason: nil) }
            var explicit = try info.enter(DERReader.Tag.context(0))
            let reason = try explicit.small(DERReader.Tag.enumerated, atMost: 10)
            try explicit.finish()
            try info.finish()
            return .revoked(reason: reason)
        default: throw DERError(.badValue("good, revoked or unknown"), at: found.encoding.lowerBound)
        }
    }

    /// The nonce of the response's own extensions; a nonce in a statement's is none.
    private static func nonce(in fields: inout DERReader) throws(DERError) -> Range<Int>? {
        guard fields.nextTag == DERReader.Tag.context(1) else { return nil }
        var explicit = try fields.enter(DERReader.Tag.context(1))
        let extensions = try CertificateExtension.list(in: &explicit, .eachOnce)
        try explicit.finish()
        try refuseCritical(extensions)
        guard
            let found = extensions.first(where: {
                fields.bytes[$0.identifier].elementsEqual(ObjectIdentifier.ocspNonce)
            })
        else { return nil }
        var value = DERReader(fields.bytes, in: found.value)
        let nonce = try value.element(DERReader.Tag.octetString).content
        try value.finish()
        guard (1...Limits.ocspNonceBytes).contains(nonce.count) else {
            throw DERError(.badValue("a nonce of 1 to \(Limits.ocspNonceBytes) bytes"), at: nonce.lowerBound)
        }
        return nonce
    }

    private static func certificates(in basic: inout DERReader) throws(DERError) -> [Certificate] {
        guard basic.nextTag == DERReader.Tag.context(0) else { return [] }
        var explicit = try basic.enter(DERReader.Tag.context(0))
        var list = try explicit.enter()
        try explicit.finish()
        var certificates: [Certificate] = []
        while !list.isAtEnd {
            let found = try list.element(DERReader.Tag.sequence)
            guard certificates.count < Limits.ocspCertificates else {
                throw DERError(
                    .badValue("at most \(Limits.ocspCertificates) certificates"), at: found.encoding.lowerBound)
            }
            certificates.append(try Certificate(device: Array(basic.bytes[found.encoding])))
        }
        return certificates
    }
}
