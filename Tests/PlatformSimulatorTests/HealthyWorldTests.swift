import Crypto
import DCAPFormats
import Testing
import Wire

@testable import PlatformSimulator

@Suite struct HealthyWorldTests {
    @Test(arguments: QuoteKind.allCases)
    func sameSeedSameBytes(kind: QuoteKind) throws {
        let first = try SimulatedWorld(seed: "seed").evidence(kind)
        let second = try SimulatedWorld(seed: "seed").evidence(kind)
        #expect(first == second)
        #expect(first.collateral.bundleJSON == second.collateral.bundleJSON)
    }

    @Test func otherSeedOtherBytes() throws {
        let first = try SimulatedWorld(seed: "seed").evidence(.tdx15V5)
        let second = try SimulatedWorld(seed: "need").evidence(.tdx15V5)
        #expect(first.quote != second.quote)
        #expect(first.rootPublicKey != second.rootPublicKey)
        #expect(first.collateral.tcbInfo.signature != second.collateral.tcbInfo.signature)
        #expect(first.collateral.pckCRL != second.collateral.pckCRL)
    }

    /// Positions of dcap 1.6 for authentication data of 32 bytes.
    @Test(arguments: [
        (QuoteKind.sgxV3, 432, 564, 1_052), (.sgxV4, 432, 570, 1_058), (.tdxV4, 632, 770, 1_258),
        (.sgxV5, 438, 576, 1_064), (.tdx10V5, 638, 776, 1_264), (.tdx15V5, 702, 840, 1_328),
        (.tdx15ExV5, 939, 1_077, 1_565),
    ])
    func fieldsStandWhereTheSpecificationSays(kind: QuoteKind, authLength: Int, qeReport: Int, chain: Int) throws {
        let quote = try SimulatedWorld(seed: "layout").evidence(kind).assembled
        #expect(try quote.range(of: .authLength).lowerBound == authLength)
        #expect(try quote.range(of: .qeReport).lowerBound == qeReport)
        #expect(try quote.range(of: .certificationData).lowerBound == chain)
        #expect(try quote.content(of: .certificationData).suffix(2) == [0x0A, 0])
        #expect(try quote.content(of: .authData) == Array(0..<32))
        #expect(try quote.range(of: .certificationData).upperBound == quote.bytes.count)
    }

    @Test(arguments: QuoteKind.allCases)
    func theQuoteReaderReadsIt(kind: QuoteKind) throws {
        let evidence = try SimulatedWorld(seed: "reader").evidence(kind)
        let quote = try Quote(parsing: evidence.quote)
        #expect(quote.paddingCount == 0)
        #expect(quote.signatureData.attestationKey.bytes == (try evidence.assembled.content(of: .attestationKey)))
    }

    @Test(arguments: QuoteKind.allCases)
    func quoteAndQEReportAreSignedAndBound(kind: QuoteKind) throws {
        let recipe = try SimulatedWorld(seed: "signed").recipe(for: kind)
        let quote = try recipe.build().assembled
        let key = try quote.content(of: .attestationKey)
        let report = try quote.content(of: .qeReport)
        #expect(try verifies(quote.content(of: .quoteSignature), Array(quote.bytes[quote.signedPrefix]), key))
        #expect(try verifies(quote.content(of: .qeReportSignature), report, recipe.pckKey.publicKey))
        let bound = Array(SHA256.hash(data: key + (try quote.content(of: .authData))))
        #expect(Array(report.suffix(64)) == bound + [UInt8](repeating: 0, count: 32))
    }

    @Test(arguments: QuoteKind.allCases)
    func documentsAreSignedOverTheirBodies(kind: QuoteKind) throws {
        let world = try SimulatedWorld(seed: "documents")
        let collateral = try world.evidence(kind).collateral
        for document in [collateral.tcbInfo, collateral.qeIdentity] {
            let signature = try #require(Hex.decode(document.signature))
            #expect(try verifies(signature, document.body, world.intel.tcbSigningKey.publicKey))
        }
    }

    @Test func bundleIsReadBack() throws {
        let collateral = try SimulatedWorld(seed: "bundle").evidence(.tdx15V5).collateral
        let read = try Collateral(bundle: collateral.bundleJSON)
        #expect(read.pckCRLIssuerChain == collateral.pckCRLIssuerChain)
        #expect(read.tcbInfo.issuerChain == collateral.tcbInfo.issuerChain)
        #expect(
            read.tcbInfo.document
                == .detached(
                    object: collateral.tcbInfo.body, signature: Array(collateral.tcbInfo.signature.utf8)))
    }

    @Test func directoryIsReadBack() throws {
        let collateral = try SimulatedWorld(seed: "directory").evidence(.tdx15V5).collateral
        let files = Dictionary(uniqueKeysWithValues: collateral.directoryFiles.map { ($0.name, $0.content) })
        let read = try Collateral(directory: files)
        #expect(read.pckCRL == collateral.pckCRL)
        #expect(read.rootCRL == Array(Hex.encode(collateral.rootCRL).utf8))
        #expect(read.qeIdentity.issuerChain == collateral.qeIdentity.issuerChain)
        #expect(read.qeIdentity.document == .response(collateral.qeIdentity.response))
    }

    private func verifies(_ signature: [UInt8], _ message: [UInt8], _ key: [UInt8]) throws -> Bool {
        try P256.Signing.PublicKey(rawRepresentation: key).isValidSignature(
            P256.Signing.ECDSASignature(rawRepresentation: signature), for: SHA256.hash(data: message))
    }
}
