import CorpusSupport
import DCAPFormats
import DCAPVerification
import Testing
import Wire

/// The broken quotes and the broken collateral of the corpus: each change has its own answer.
@Suite("Broken pieces of the corpus", .enabled(if: Corpus.isAvailable, "\(Corpus.absence)"))
struct BrokenItemTests {
    /// By the change's name, which ends an item's name. `verified` is for changes that change nothing that counts.
    private static let quotes: [String: Set<String>] = [
        "akt-3": ["QUOTE_KEY_TYPE_UNSUPPORTED"], "certlen-plus-1": ["QUOTE_TRUNCATED"],
        "certlen-zero": ["QUOTE_TRAILING_DATA"], "certtype-6": ["QUOTE_CERT_TYPE_UNSUPPORTED"],
        "chain-leaf-only": ["PCK_CHAIN_INVALID"], "chain-no-root": ["PCK_CHAIN_INVALID"],
        "chain-nul-free": ["verified"], "chain-root-middle": ["verified"],
        "flip-measurement": ["QUOTE_SIGNATURE_INVALID"], "flip-pck-leaf-sig": ["PCK_LEAF_INVALID"],
        "flip-qe-auth-data": ["QE_REPORT_DATA_MISMATCH"], "flip-qe-report-mrsigner": ["QE_REPORT_SIGNATURE_INVALID"],
        "flip-qe-report-sig": ["QE_REPORT_SIGNATURE_INVALID"], "malleable-quote-sig": ["verified"],
        "outer-len-plus-1": ["QUOTE_TRUNCATED"], "outer-type-5": ["QUOTE_CERT_TYPE_UNSUPPORTED"],
        "siglen-max": ["QUOTE_TRUNCATED"], "siglen-minus-1": ["QUOTE_TRUNCATED"],
        "tee-0x80": ["QUOTE_TEE_TYPE_UNSUPPORTED"],
        // Version 3 knows one TEE; in version 4 the body's length changes with it; version 5 says its type.
        "tee-swap": ["QUOTE_TEE_TYPE_UNSUPPORTED", "QUOTE_TRUNCATED", "QUOTE_TEE_BODY_MISMATCH"],
        "trailing-1": ["verified"], "trunc-47": ["QUOTE_TRUNCATED"], "trunc-before-siglen": ["QUOTE_TRUNCATED"],
        "trunc-body": ["QUOTE_TRUNCATED"], "trunc-header-only": ["QUOTE_TRUNCATED"],
        "trunc-in-cert": ["QUOTE_TRUNCATED"], "trunc-in-sig": ["QUOTE_TRUNCATED"],
        "v5-bodysize-0": ["QUOTE_BODY_SIZE_INVALID"], "v5-bodytype-0": ["QUOTE_BODY_TYPE_UNSUPPORTED"],
        "v5-bodytype-1": ["QUOTE_BODY_SIZE_INVALID"], "v5-bodytype-2": ["QUOTE_BODY_SIZE_INVALID"],
        "v5-bodytype-99": ["QUOTE_BODY_TYPE_UNSUPPORTED"], "version-2": ["QUOTE_VERSION_UNSUPPORTED"],
        "version-6": ["QUOTE_VERSION_UNSUPPORTED"], "version-65535": ["QUOTE_VERSION_UNSUPPORTED"],
    ]

    private static let collateral: [String: Set<String>] = [
        "crl-garbage": ["CRL_UNSUPPORTED_FORMAT"], "crls-swapped": ["CRL_ISSUER_UNKNOWN"],
        "issuer-chain-empty": ["TCB_SIGNING_CHAIN_INVALID"], "issuer-chain-is-pck-ca": ["TCB_SIGNING_CHAIN_INVALID"],
        // Time 0 is no time of verification (row 212).
        "now-1970": ["INTERNAL"], "now-before-issue": ["CRL_NOT_YET_VALID", "TCB_INFO_NOT_YET_VALID"],
        "qeid-sig-flip": ["QE_IDENTITY_SIGNATURE_INVALID"], "tcbinfo-body-edit": ["TCB_INFO_SIGNATURE_INVALID"],
        "tcbinfo-sig-flip": ["TCB_INFO_SIGNATURE_INVALID"], "tcbinfo-whitespace": ["TCB_INFO_SIGNATURE_INVALID"],
        // One of these sets was put together at a time before its CRL.
        "wrong-fmspc": ["TCB_INFO_MISMATCH", "CRL_NOT_YET_VALID"],
    ]

    private static let broken: [String: String] = [
        "sgx-v3-00606a000000-automata-57316ac1": "PCK_LEAF_INVALID",
        "sgx-v3-00808e300000-inteldcap-8ccacae8": "PCK_ROOT_UNTRUSTED",
        "sgx-v3-00906ea10000-oe-2a49ce72": "PCK_INTERMEDIATE_INVALID",
        "sgx-v3-00906ea10000-oe-4e3f9fa7": "PCK_LEAF_INVALID",
        "sgx-v3-00906ea10000-oe-f4f27469": "PCK_ROOT_UNTRUSTED",
        "tdx-v4-b0c06f000000-teekit-f185dfdc": "PCK_LEAF_INVALID",
        "tdx-v4-ct5-automata-a15cfbbe": "QUOTE_CERT_DATA_INVALID",
    ]

    private func word(_ corpus: Corpus, quote: [UInt8], bundle: [UInt8], at seconds: Int64) throws -> String {
        let verification = Verifier(trusting: .intel).verification(
            of: quote, using: try Collateral(bundle: bundle), at: Instant(seconds: seconds))
        guard case .refused(let refusal, _) = verification else { return "verified" }
        return refusal.code.rawValue
    }

    private func change(of item: CorpusItem, in table: [String: Set<String>]) -> Set<String> {
        table.filter { item.name.hasSuffix("-" + $0.key) }.max { $0.key.count < $1.key.count }?.value ?? []
    }

    @Test("Changed quotes")
    func changedQuotes() throws {
        let corpus = try #require(Corpus.available)
        let items = corpus.items(ofKind: .badDerivedQuote)
        for item in items {
            let bundle = try corpus.bytes(of: try #require(item.collateral))
            let word = try word(
                corpus, quote: try corpus.bytes(of: item.name), bundle: bundle, at: try #require(item.now))
            #expect(change(of: item, in: Self.quotes).contains(word), "\(item): \(word)")
            if item.expected?.verdict?.outcome == .reject { #expect(word != "verified", "\(item)") }
            if item.expected?.verdict?.outcome == .accept { #expect(word == "verified", "\(item)") }
        }
        #expect(items.count == 121)
    }

    @Test("Changed collateral")
    func changedCollateral() throws {
        let corpus = try #require(Corpus.available)
        let items = corpus.items(ofKind: .badDerivedCollateral)
        for item in items {
            let quote = try corpus.bytes(of: try #require(item.quote))
            let word = try word(
                corpus, quote: quote, bundle: try corpus.bytes(of: item.name), at: try #require(item.now))
            #expect(change(of: item, in: Self.collateral).contains(word), "\(item): \(word)")
        }
        #expect(items.count == 44)
    }

    @Test("Quotes that were broken when they were found")
    func brokenQuotes() throws {
        let corpus = try #require(Corpus.available)
        let items = corpus.items(ofKind: .badQuote)
        let anyBundle = try #require(corpus.items(ofKind: .collateralBundle).first).name
        for item in items {
            // Each fails in phase A or B, before any collateral is looked at.
            let word = try word(
                corpus, quote: try corpus.bytes(of: item.name),
                bundle: try corpus.bytes(of: item.expected?.collateral ?? anyBundle),
                at: item.expected?.now ?? 1_756_530_546)
            #expect(word == Self.broken[item.name], "\(item): \(word)")
        }
        #expect(items.count == Self.broken.count)
    }

    @Test("Hand-edited TCB info and identities are not read, or not believed")
    func editedDocuments() throws {
        let corpus = try #require(Corpus.available)
        let items = corpus.items(ofKind: .badCollateral)
        var read: [String] = []
        for item in items {
            let bytes = try corpus.bytes(of: item.name)
            // Some are whole responses, some the object alone.
            let sources: [SignedDocument.Source] = [
                .response(bytes), .detached(object: bytes, signature: [UInt8](repeating: 0x30, count: 128)),
            ]
            let tcbInfo = sources.lazy.compactMap { try? SignedDocument(opening: $0, member: "tcbInfo") }
                .compactMap { try? TCBInfo(reading: $0, acceptVersion2: true) }.first
            let identity = sources.lazy.compactMap { try? SignedDocument(opening: $0, member: "enclaveIdentity") }
                .compactMap { try? EnclaveIdentity(reading: $0) }.first
            if tcbInfo != nil || identity != nil { read.append(item.name) }
        }
        print("\(items.count) hand-edited documents, of which are well-formed: \(read)")
        #expect(read.sorted() == Self.wellFormed.sorted())
    }

    /// Well-formed all the same: what is wrong with them is their signature.
    private static let wellFormed: [String] = []

    /// Version 1, which nobody serves any more (dcap 4.3, 4.4).
    private static let retired: Set<String> = [
        "tcbinfo-sgx-v1-00906ea10000-20180606-evNone-760a73", "qe-identity-v1-20181018-evNone-a61c63",
    ]

    @Test("Every document that Intel signed is read, but those of version 1")
    func genuineDocuments() throws {
        let corpus = try #require(Corpus.available)
        var refused: [String] = []
        for item in corpus.items(ofKind: .tcbInfo) {
            do {
                let document = try SignedDocument(
                    opening: .response(try corpus.bytes(of: item.name)), member: "tcbInfo")
                _ = try TCBInfo(reading: document, acceptVersion2: true)
            } catch { refused.append(item.name) }
        }
        for item in corpus.items(ofKind: .enclaveIdentity) {
            do {
                let document = try SignedDocument(
                    opening: .response(try corpus.bytes(of: item.name)), member: "enclaveIdentity")
                _ = try EnclaveIdentity(reading: document)
            } catch { refused.append(item.name) }
        }
        #expect(Set(refused) == Self.retired)
    }
}
