package import DCAPFormats
import Wire
import X509Formats

/// What a simulated service has to serve, by what is asked for (dcap 3.1). From simulated worlds, or from given
/// collateral, Intel's own too.
package struct PCCSCatalogue: Hashable, Sendable {
    /// A body as Intel signed it, and its issuers as PEM.
    package struct Item: Hashable, Sendable {
        package var body: [UInt8]
        package var issuerChain: [UInt8]

        package init(body: [UInt8], issuerChain: [UInt8]) {
            self.body = body
            self.issuerChain = issuerChain
        }
    }

    package struct DocumentKey: Hashable, Sendable {
        package let tee: String
        /// Upper-case hexadecimal; empty for an identity, which is of no platform.
        package let fmspc: String
        package let update: String

        package init(tee: String, fmspc: String, update: String) {
            self.tee = tee
            self.fmspc = fmspc
            self.update = update
        }
    }

    /// By `platform` and `processor`; DER.
    package var pckCRLs: [String: Item] = [:]
    /// DER.
    package var rootCRL: [UInt8] = []
    package var tcbInfos: [DocumentKey: Item] = [:]
    package var qeIdentities: [DocumentKey: Item] = [:]

    package init() {}

    /// Healthy collateral for every kind of quote of `world`, and an early edition under which its platforms are out of
    /// date, so that forecasts have something to say.
    package init(of world: SimulatedWorld) throws {
        for kind in QuoteKind.allCases {
            let recipe = try world.recipe(for: kind)
            try add(recipe, update: .standard)
            try add(recipe.earlyEdition, update: .early)
        }
    }

    package mutating func add(_ recipe: EvidenceRecipe, update: CollateralUpdate) throws {
        try add(try Collateral(bundle: try recipe.build().collateral.bundleJSON), update: update)
    }

    /// Files each document under what it says of itself.
    package mutating func add(_ collateral: Collateral, update: CollateralUpdate) throws {
        let tcbInfo = try Self.body(collateral.tcbInfo.document, "tcbInfo")
        let tee = try Self.text(tcbInfo, "tcbInfo", "id") == "TDX" ? "tdx" : "sgx"
        let fmspc = try Self.text(tcbInfo, "tcbInfo", "fmspc").uppercased()
        tcbInfos[DocumentKey(tee: tee, fmspc: fmspc, update: update.rawValue)] = Item(
            body: tcbInfo, issuerChain: collateral.tcbInfo.issuerChain)
        qeIdentities[DocumentKey(tee: tee, fmspc: "", update: update.rawValue)] = Item(
            body: try Self.body(collateral.qeIdentity.document, "enclaveIdentity"),
            issuerChain: collateral.qeIdentity.issuerChain)
        guard let root = CRLEncoding.decode(collateral.rootCRL), let pck = CRLEncoding.decode(collateral.pckCRL) else {
            throw SimulatorError.unusable("collateral with a CRL that is neither DER nor PEM nor hexadecimal")
        }
        rootCRL = root
        let list = try CertificateRevocationList(parsing: pck)
        let issuer = try DistinguishedName(parsing: list.der, in: list.issuer).text
        pckCRLs[issuer.contains("Processor") ? "processor" : "platform"] = Item(
            body: pck, issuerChain: collateral.pckCRLIssuerChain ?? [])
    }

    /// The complete response, put together again where a bundle has taken it apart.
    private static func body(_ source: SignedDocument.Source, _ member: String) throws -> [UInt8] {
        switch source {
        case .response(let bytes): bytes
        case .detached(let object, let signature):
            Array("{\"\(member)\":".utf8) + object + Array(",\"signature\":\"".utf8) + signature + Array("\"}".utf8)
        }
    }

    private static func text(_ response: [UInt8], _ document: StaticString, _ name: StaticString) throws -> String {
        guard let text = try JSONDocument(parsing: response).root.member(document)?.member(name)?.string else {
            throw SimulatorError.unusable("a document without \(name)")
        }
        return text
    }
}

extension EvidenceRecipe {
    /// The documents that Intel would publish after its next recovery: a level that the platform does not reach, and what
    /// was the newest is out of date.
    package var earlyEdition: EvidenceRecipe {
        var edition = self
        edition.tcbInfo.evaluationNumber += 1
        edition.qeIdentity.evaluationNumber += 1
        guard var newest = edition.tcbInfo.levels.first else { return edition }
        newest.pceSVN += 1
        edition.tcbInfo.levels[0].status = TCBStatusText.outOfDate
        edition.tcbInfo.levels[0].advisories = ["INTEL-SA-01500"]
        edition.tcbInfo.levels.insert(newest, at: 0)
        return edition
    }

    /// The same set as it was some days before: genuine, and no longer the newest.
    package func aged(days: Int64, evaluationNumber: Int? = nil) -> EvidenceRecipe {
        var older = self
        let seconds = -86_400 * days
        older.tcbInfo.issueDate = tcbInfo.issueDate.advanced(bySeconds: seconds)
        older.tcbInfo.nextUpdate = tcbInfo.nextUpdate.advanced(bySeconds: seconds)
        older.qeIdentity.issueDate = qeIdentity.issueDate.advanced(bySeconds: seconds)
        older.qeIdentity.nextUpdate = qeIdentity.nextUpdate.advanced(bySeconds: seconds)
        if let evaluationNumber {
            older.tcbInfo.evaluationNumber = evaluationNumber
            older.qeIdentity.evaluationNumber = evaluationNumber
        }
        return older
    }
}
