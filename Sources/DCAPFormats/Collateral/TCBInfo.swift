public import Wire

/// TCB info (dcap 4.2; version 2 by 4.3): which SVNs Intel has published which status for, on one kind of platform.
///
/// Levels are sorted, highest first, whatever the order in the document.
public struct TCBInfo: Sendable {
    public let id: TEE
    public let version: UInt32
    public let issueDate: Instant
    public let nextUpdate: Instant
    public let fmspc: FixedBytes<6>
    public let pceID: FixedBytes<2>
    public let tcbEvaluationDataNumber: UInt32
    /// TDX only.
    public let tdxModule: TDXModule?
    /// `nil` where the member is absent, which is not the same as empty (dcap 5.5 G1).
    public let tdxModuleIdentities: [TDXModuleIdentity]?
    public let levels: [Level]
    private let body: JSONValue

    /// What a TDX module's report must say.
    public struct TDXModule: Hashable, Sendable {
        public let mrsigner: FixedBytes<48>
        public let attributes: FixedBytes<8>
        public let attributesMask: FixedBytes<8>
    }

    /// A TDX module of one major version, with its own levels.
    public struct TDXModuleIdentity: Hashable, Sendable {
        /// From `TDX_` and two hexadecimal digits.
        public let majorVersion: UInt8
        public let module: TDXModule
        public let levels: [ComponentLevel]
    }

    /// A level of a TDX module or an enclave, by its one SVN.
    public struct ComponentLevel: Hashable, Sendable {
        public let isvSVN: UInt16
        public let tcbDate: Instant
        public let status: PublishedStatus
        public let advisoryIDs: [String]
    }

    /// A level of the platform.
    public struct Level: Hashable, Sendable {
        public let sgxComponents: FixedBytes<16>
        public let pceSVN: UInt16
        /// TDX only.
        public let tdxComponents: FixedBytes<16>?
        public let tcbDate: Instant
        public let status: PublishedStatus
        public let advisoryIDs: [String]
    }

    /// Steps D8 and D9, on a document whose signature holds.
    public init(reading document: SignedDocument, acceptVersion2: Bool) throws(CollateralFormatError) {
        let reader = try DocumentReader(document.body, "tcbInfo")
        body = document.body
        version = try Self.version(reader, acceptVersion2)
        id = version == 2 ? .sgx : try Self.id(reader)
        issueDate = try reader.date("issueDate")
        nextUpdate = try reader.date("nextUpdate")
        guard nextUpdate > issueDate else {
            throw reader.invalid("nextUpdate", found: nextUpdate.description, wanted: "later than \(issueDate)")
        }
        fmspc = try reader.hex("fmspc")
        pceID = try reader.hex("pceId")
        let tcbType: UInt32 = try reader.integer("tcbType")
        guard tcbType == 0 else { throw reader.invalid("tcbType", found: "\(tcbType)", wanted: "0") }
        tcbEvaluationDataNumber = try reader.integer("tcbEvaluationDataNumber")
        if id == .tdx {
            tdxModule = try TDXModule(reading: try reader.object("tdxModule"))
            tdxModuleIdentities =
                reader.has("tdxModuleIdentities") ? try TDXModuleIdentity.list(reading: reader) : nil
        } else {
            tdxModule = nil
            tdxModuleIdentities = nil
        }
        levels = try Level.list(reading: reader, id, isVersion2: version == 2)
    }

    private static func version(
        _ reader: DocumentReader, _ acceptVersion2: Bool
    ) throws(CollateralFormatError) -> UInt32 {
        let version: UInt32
        do throws(CollateralFormatError) {
            version = try reader.integer("version")
        } catch {
            guard error.kind == .invalid else { throw error }
            throw CollateralFormatError(
                .unsupportedVersion, error.field, at: error.offset, found: error.found, wanted: "3")
        }
        guard version == 3 || (version == 2 && acceptVersion2) else {
            throw CollateralFormatError(
                .unsupportedVersion, "tcbInfo.version", found: "\(version)",
                wanted: version == 2 ? "3 (2 only where it is accepted knowingly)" : "3")
        }
        return version
    }

    private static func id(_ reader: DocumentReader) throws(CollateralFormatError) -> TEE {
        let text = try reader.text("id")
        if text.elementsEqual("SGX".utf8) { return .sgx }
        if text.elementsEqual("TDX".utf8) { return .tdx }
        throw reader.invalid("id", found: String(decoding: text.prefix(20), as: UTF8.self), wanted: "SGX or TDX")
    }

    /// What the first level calls a component, such as `SEAMLDR ACM`; `nil` where it has no type.
    public func componentName(_ tee: TEE, index: Int) -> String? {
        let member: StaticString = tee == .sgx ? "sgxtcbcomponents" : "tdxtcbcomponents"
        guard let level = body.member("tcbLevels")?.elements.first(where: { _ in true }),
            let components = level.member("tcb")?.member(member)
        else { return nil }
        return components.elements.dropFirst(index).first { _ in true }?.member("type")?.string
    }
}

extension TCBInfo.TDXModule {
    init(reading reader: DocumentReader) throws(CollateralFormatError) {
        mrsigner = try reader.hex("mrsigner")
        attributes = try reader.hex("attributes")
        attributesMask = try reader.hex("attributesMask")
    }
}

extension TCBInfo.TDXModuleIdentity {
    static func list(reading reader: DocumentReader) throws(CollateralFormatError) -> [Self] {
        var identities: [Self] = []
        try reader.objects("tdxModuleIdentities") { (identity) throws(CollateralFormatError) in
            let text = try identity.text("id")
            guard text.count == 6,
                text.prefix(4).elementsEqual("TDX_".utf8) || text.prefix(4).elementsEqual("tdx_".utf8),
                let version = Hex.decode(text.suffix(2))?.first
            else {
                throw identity.invalid(
                    "id", found: String(decoding: text.prefix(20), as: UTF8.self),
                    wanted: "TDX_ and two hexadecimal digits")
            }
            guard !identities.contains(where: { $0.majorVersion == version }) else {
                throw identity.invalid(
                    "id", found: String(decoding: text, as: UTF8.self) + " again", wanted: "each version once")
            }
            identities.append(
                Self(
                    majorVersion: version, module: try TCBInfo.TDXModule(reading: identity),
                    levels: try TCBInfo.ComponentLevel.list(reading: identity)))
        }
        return identities
    }
}

extension TCBInfo.ComponentLevel {
    /// `tcbLevels` of a module or an enclave, not empty, each SVN once, highest first.
    static func list(reading reader: DocumentReader) throws(CollateralFormatError) -> [Self] {
        var levels: [Self] = []
        try reader.objects("tcbLevels") { (level) throws(CollateralFormatError) in
            let svn: UInt16 = try level.object("tcb").integer("isvsvn")
            guard !levels.contains(where: { $0.isvSVN == svn }) else {
                throw level.invalid("tcb", found: "isvsvn \(svn) again", wanted: "each SVN once")
            }
            levels.append(
                Self(
                    isvSVN: svn, tcbDate: try level.date("tcbDate"),
                    status: PublishedStatus(String(decoding: try level.text("tcbStatus"), as: UTF8.self)),
                    advisoryIDs: try level.strings("advisoryIDs")))
        }
        guard !levels.isEmpty else {
            throw reader.invalid("tcbLevels", found: "no level", wanted: "at least one")
        }
        return levels.sorted { $0.isvSVN > $1.isvSVN }
    }
}
