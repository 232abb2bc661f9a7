import CorpusSupport
import DCAPFormats
import OpenSSLOracle
import Testing
import Wire

/// Intel's own negative tests. The status that Intel's test demands, turned into our code by dcap 0.5 and appendix A.
@Suite("Intel's test PKI", .enabled(if: Corpus.isAvailable, "\(Corpus.absence)"))
struct IntelPKITests {
    @Test(
        "Every set gets the code that its declared status stands for",
        arguments: try Corpus.available?.intelPKI() ?? [])
    func declared(_ set: IntelPKISet) throws {
        let row = try #require(Self.rows["\(set)"], "no expectation for \(set)")
        let phases = IntelPKIPhases(set: set)
        let answer = phases.answer()
        #expect(answer == row.answer, "Intel declares \(set.declaredStatus)")
        if set.suite == .tcbSigningChain {
            #expect(phases.signingChainAlone() == row.alone ?? row.answer, "D1 to D5 alone")
        }
        let theirs = phases.openSSLAnswer()
        let agrees = theirs.isAccepted == answer.isGoodAndInDate
        #expect(agrees == (row.openSSLDiffers == nil), "OpenSSL: \(theirs); ours: \(answer)")
    }

    @Test("Prints Intel's declared status beside OpenSSL's answer and ours")
    func table() throws {
        let sets = try #require(Corpus.available).intelPKI()
        #expect(sets.count == Self.rows.count)
        print("set | Intel declares | OpenSSL | ours")
        for set in sets {
            let phases = IntelPKIPhases(set: set)
            print("\(set) | \(set.declaredStatus) | \(phases.openSSLAnswer()) | \(phases.answer())")
        }
    }

    /// What is expected of one set.
    private struct Row {
        /// The first failure in the order of dcap section 5: B, then C, then D.
        let answer: PhaseAnswer
        /// D alone, where C refuses before it is reached, or has only a fact to tell.
        var alone: PhaseAnswer?
        /// Why OpenSSL's yes or no is another than ours.
        var openSSLDiffers: String?

        static func refused(_ code: ErrorCode, alone: PhaseAnswer? = nil, openSSL: String? = nil) -> Row {
            Row(answer: .refused(code), alone: alone, openSSLDiffers: openSSL)
        }

        static let accepted = Row(answer: .accepted(expired: false))
    }

    private static let rows: [String: Row] = [
        // Status 5: the issuer name of the root is not its subject (B4).
        "VerifyChainTestData/InChainRoot_InvalidIssuer": .refused(.pckRootInvalid),
        // Status 2: no certificate with the root's common name (B2).
        "VerifyChainTestData/InChainRoot_InvalidSubject": .refused(.pckChainInvalid),
        // Status 3, 8, 13 in Intel's old library: the dates are the wrong way round, so T lies before notBefore (B8).
        "VerifyChainTestData/InChainRoot_InvalidValidityPeriod": .refused(.certNotYetValid),
        "VerifyChainTestData/Intermediate_InvalidValidityPeriod": .refused(.certNotYetValid),
        "VerifyChainTestData/Pck_InvalidValidityPeriod": .refused(.certNotYetValid),
        // Status 10 and 15: name or signature (B5, B6).
        "VerifyChainTestData/Intermediate_InvalidIssuer": .refused(.pckIntermediateInvalid),
        "VerifyChainTestData/Intermediate_InvalidIssuerCantVerifySignature": .refused(.pckIntermediateInvalid),
        "VerifyChainTestData/Pck_InvalidIssuerCantVerifySignature": .refused(.pckLeafInvalid),
        "VerifyChainTestData/Positive_PlatformAsIntermediate": .accepted,
        // Status 29 (C2).
        "VerifyChainTestData/Revoked_RootCaUnknownIssuer": .refused(.crlIssuerUnknown),

        "VerifyPckCrl/PlatformCACRL_InvalidSignature": .refused(.crlSignatureInvalid),
        "VerifyPckCrl/RootCACRL_InvalidSignature": .refused(.crlSignatureInvalid),
        // Status 34: the CA that signs the list is itself no good. Our way to it is the chain of the quote (B4, B5).
        "VerifyPckCrl/PlatformCACRL_SigningCertMissingExtensions": .refused(
            .pckIntermediateInvalid, openSSL: "a CA needs no CRL distribution points by RFC 5280; dcap 2.5 rule 6"),
        "VerifyPckCrl/ProcessorCACRL_SigningCertMissingExtensions": .refused(.pckIntermediateInvalid),
        "VerifyPckCrl/ProcessorCACRL_SigningCertWrongSignature": .refused(.pckIntermediateInvalid),
        "VerifyPckCrl/RootCACRL_ChainRootCertWrongIssuer": .refused(
            .pckRootInvalid, openSSL: "takes the anchor as given; dcap B4 judges the root that came with the chain"),
        "VerifyPckCrl/RootCACRL_ChainRootCertWrongSignature": .refused(
            .pckRootInvalid, openSSL: "takes the anchor as given; dcap B4 judges the root that came with the chain"),
        // Status 33: base64 that does not decode (2.4), and a CA that the root beside it did not issue (B5).
        "VerifyPckCrl/ProcessorCACRL_CertChainInvalid": .refused(.quoteCertDataInvalid),
        "VerifyPckCrl/RootCACRL_WrongChainLength": .refused(.pckIntermediateInvalid),
        // Status 30 in Intel's old library: the end of a list is freshness (C13).
        "VerifyPckCrl/RootCACRL_Expired": Row(
            answer: .accepted(expired: true), openSSLDiffers: "the list's dates are not asked for beside its signature"),
        // Status 31 (C8).
        "VerifyPckCrl/RootCACRL_MissingExtensions": .refused(
            .crlInvalidExtensions, openSSL: "asks for no cRLNumber or AKI; dcap 2.6 rule 3"),
        "VerifyPckCrl/RootCACRL_RootCertInChainNotATrustedRoot": .refused(.pckRootUntrusted),
        // Status 35: the anchor itself, which is configuration and never comes with the evidence.
        "VerifyPckCrl/TrustedRootCAWrongFormat": .refused(.pckRootInvalid),
        "VerifyPckCrl/ValidEmptyRootCACRL": .accepted,
        "VerifyPckCrl/ValidPlatformCACRL": .accepted,
        "VerifyPckCrl/ValidProcessorCACRL": .accepted,
        "VerifyPckCrl/ValidRootCACRL": .accepted,

        // Status 1: three certificates (D1).
        "VerifyTCBInfo/TCBSigningCertChainTooLong": .refused(
            .tcbSigningChainInvalid, openSSL: "builds a path from what it needs and ignores the rest; dcap D1 counts"),
        // Status 26 (D2); the root CRL of the set is by the untrusted root as well, which C4 sees first.
        "VerifyTCBInfo/TCBSigningCertChainUntrusted": .refused(
            .crlSignatureInvalid, alone: .refused(.tcbSigningChainUntrusted)),
        // Status 24 and 25 (D3).
        "VerifyTCBInfo/TCBSigningCertIncorrectIssuer": .refused(.tcbSigningChainInvalid),
        "VerifyTCBInfo/TCBSigningCertIncorrectSignature": .refused(.tcbSigningChainInvalid),
        "VerifyTCBInfo/TCBSigningCertWithoutRequiredExtensions": .refused(
            .tcbSigningChainInvalid, openSSL: "an end-entity needs no key usage by RFC 5280; dcap 2.5 rules 5 and 6"),
        "VerifyTCBInfo/TrustedRootCertInvalidFormat": .refused(.pckRootInvalid),
        // Status 2 (D1); the root CRL names the wrong issuer as well, which C2 sees first.
        "VerifyTCBInfo/TrustedRootCertInvalidSubject": .refused(
            .crlIssuerUnknown, alone: .refused(.tcbSigningChainInvalid)),
        // Status 30 in Intel's old library: the end of a list is freshness.
        "VerifyTCBInfo/TrustedRootCrlExpired": Row(
            answer: .accepted(expired: true), alone: .accepted(expired: false)),
        // Status 27 (D4).
        "VerifyTCBInfo/TrustedRootCrlRevokedTCBSigningCert": .refused(.signingCertRevoked),
        // Status 31 (C3).
        "VerifyTCBInfo/TrustedRootCrlWithoutRequiredExtensions": .refused(
            .crlInvalidExtensions, alone: .accepted(expired: false),
            openSSL: "asks for no cRLNumber or AKI; dcap 2.6 rule 3"),
    ]
}
