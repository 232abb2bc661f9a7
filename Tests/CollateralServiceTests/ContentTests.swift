import CollateralService
import DCAPFormats
import DCAPVerification
import PlatformSimulator
import ServiceSupport
import Testing
import Wire

/// dcap 7.11 and 3.9: genuine answers to other questions, old answers, halves of two.
@Suite("Contents of collateral services")
struct ContentTests {
    private static let tdx = PCCSCatalogue.DocumentKey(tee: "tdx", fmspc: "90C06F000000", update: "standard")
    private static let tdxIdentity = PCCSCatalogue.DocumentKey(tee: "tdx", fmspc: "", update: "standard")

    @Test("235, 236: another platform's TCB info, and SGX documents on the tdx path, are refused and not kept")
    func mismatch() async throws {
        let healthy = try TestWorld.catalogue
        let other = PCCSCatalogue.DocumentKey(tee: "sgx", fmspc: "00606A000000", update: "standard")
        let sgxIdentity = PCCSCatalogue.DocumentKey(tee: "sgx", fmspc: "", update: "standard")
        var catalogues: [(PCCSCatalogue, CollateralKey, String)] = []
        var otherPlatform = healthy
        otherPlatform.tcbInfos[.init(tee: "tdx", fmspc: "010203040506", update: "standard")] =
            healthy.tcbInfos[Self.tdx]
        catalogues.append((otherPlatform, Arrangement.unknownKey, "TCB_INFO_MISMATCH"))
        var sgxDocument = healthy
        sgxDocument.tcbInfos[Self.tdx] = healthy.tcbInfos[other]
        catalogues.append((sgxDocument, Arrangement.key, "MISMATCH"))
        var identity = healthy
        identity.qeIdentities[Self.tdxIdentity] = healthy.qeIdentities[sgxIdentity]
        catalogues.append((identity, Arrangement.key, "QE_IDENTITY_MISMATCH"))
        for (catalogue, key, code) in catalogues {
            try await ServedPCCS.run([SimulatedPCCS(catalogue)]) { bases in
                let arrangement = try Arrangement(bases)
                let failure = try #require(await arrangement.answer(key).failure)
                #expect(failure.code == .collateralBadResponse)
                #expect(failure.detail.contains(code), "\(failure.detail)")
                #expect(try await arrangement.service.storedKeys().isEmpty)
            }
        }
    }

    @Test("A document that is not Intel's word is a failed service: the next one is asked; none left is a bad response")
    func forged() async throws {
        var forged = try TestWorld.catalogue
        let genuine = try #require(forged.tcbInfos[Self.tdx])
        var body = genuine.body
        // One digit of a level: the signature no longer holds.
        let position = try #require(body.lastIndex(of: UInt8(ascii: "4")))
        body[position] = UInt8(ascii: "5")
        forged.tcbInfos[Self.tdx] = PCCSCatalogue.Item(body: body, issuerChain: genuine.issuerChain)
        let (first, second) = (SimulatedPCCS(forged), SimulatedPCCS(try TestWorld.catalogue))
        try await ServedPCCS.run([first, second]) { bases in
            let alone = try Arrangement([bases[0]])
            let failure = try #require(await alone.answer().failure)
            #expect(failure.code == .collateralBadResponse)
            #expect(failure.detail.contains("TCB_INFO_SIGNATURE_INVALID"), "\(failure.detail)")
            #expect(try await Arrangement(bases).answer().set?.service == bases[1])
        }
    }

    /// Everything one week older, with a given number; signed as ever.
    private static func older(days: Int64, number: Int?) throws -> PCCSCatalogue {
        var catalogue = try TestWorld.catalogue
        try catalogue.add(
            try TestWorld.world.recipe(for: .tdx15V5).aged(days: days, evaluationNumber: number), update: .standard)
        return catalogue
    }

    @Test("237: a lower evaluation number, or an older date of the same, is rolled back: refused, and the next asked")
    func rollback() async throws {
        let pccs = SimulatedPCCS(try TestWorld.catalogue)
        let healthy = SimulatedPCCS(try TestWorld.catalogue)
        let number = try #require(
            try await ServedPCCS.run([pccs]) { bases in
                try await Arrangement(bases).answer().set?.collateral.tcbInfo.evaluationNumber
            })
        for (days, lower) in [(Int64(7), Optional<Int>.none), (0, Int(number) - 1), (7, Int(number) - 1)] {
            pccs.replace(try TestWorld.catalogue)
            try await ServedPCCS.run([pccs, healthy]) { bases in
                let before = try Arrangement([bases[0]])
                #expect(await before.answer().set != nil)
                pccs.replace(try Self.older(days: days, number: lower))
                // After a restart too: the marks are on the disk.
                let after = try before.restarted([bases[0]])
                let failure = await Result.of { () async throws(CollateralFailure) in
                    try await after.service.fetch(Arrangement.key, at: TestWorld.now)
                }.failure
                #expect(failure?.code == .collateralRollback)
                #expect(failure?.detail.contains("older than what was accepted") == true)
                // What was accepted before still serves.
                let set = try #require(await after.answer().set)
                #expect(set.collateral.tcbInfo.evaluationNumber == number)
                let both = try after.restarted(bases)
                let replaced = try await both.service.fetch(Arrangement.key, at: TestWorld.now)
                #expect(replaced.service == bases[1])
            }
        }
    }

    @Test("A service that lags by hours is no rollback; a higher number with an older date neither")
    func lag() async throws {
        let pccs = SimulatedPCCS(try TestWorld.catalogue)
        try await ServedPCCS.run([pccs]) { bases in
            let arrangement = try Arrangement(bases)
            let number = try #require(await arrangement.answer().set).collateral.tcbInfo.evaluationNumber
            for catalogue in [
                try Self.older(days: 1, number: nil), try Self.older(days: 3, number: Int(number) + 1),
            ] {
                pccs.replace(catalogue)
                _ = try await arrangement.service.fetch(Arrangement.key, at: TestWorld.now)
            }
        }
    }

    @Test("238: an older CRL than seen before")
    func olderList() async throws {
        let pccs = SimulatedPCCS(try TestWorld.catalogue)
        try await ServedPCCS.run([pccs]) { bases in
            let arrangement = try Arrangement(bases)
            #expect(await arrangement.answer().set != nil)
            var catalogue = try TestWorld.catalogue
            var list = try TestWorld.world.pckCRL(of: .platform)
            list.thisUpdate = list.thisUpdate.advanced(bySeconds: -3 * 86_400)
            let genuine = try #require(catalogue.pckCRLs["platform"])
            catalogue.pckCRLs["platform"] = PCCSCatalogue.Item(body: try list.der(), issuerChain: genuine.issuerChain)
            pccs.replace(catalogue)
            let failure = await Result.of { () async throws(CollateralFailure) in
                try await arrangement.service.fetch(Arrangement.key, at: TestWorld.now)
            }.failure
            #expect(failure?.code == .collateralRollback)
            #expect(failure?.item.hasPrefix("pck_crl") == true)
        }
    }

    @Test("Half a set from yesterday and half from today: both halves are genuine, and the guard sees the older one")
    func halfRefreshed() async throws {
        let pccs = SimulatedPCCS(try TestWorld.catalogue)
        try await ServedPCCS.run([pccs]) { bases in
            let arrangement = try Arrangement(bases)
            #expect(await arrangement.answer().set != nil)
            var catalogue = try TestWorld.catalogue
            catalogue.qeIdentities[Self.tdxIdentity] = try Self.older(days: 7, number: nil).qeIdentities[
                Self.tdxIdentity]
            pccs.replace(catalogue)
            let failure = await Result.of { () async throws(CollateralFailure) in
                try await arrangement.service.fetch(Arrangement.key, at: TestWorld.now)
            }.failure
            #expect(failure?.code == .collateralRollback)
            #expect(failure?.item.hasPrefix("qe_identity") == true)
            // Nothing of the refused set has moved the store.
            let stored = try #require(try await arrangement.service.stored(Arrangement.key, at: TestWorld.now))
            #expect(stored.collateral.qeIdentity == arrangement.service.sets.first?.set.collateral.qeIdentity)
        }
    }

    @Test("A PCS: CRLs as PEM, the root CRL at its distribution point", arguments: [CollateralAddress.Kind.pcs, .pccs])
    func kinds(_ kind: CollateralAddress.Kind) async throws {
        let pccs = SimulatedPCCS(try TestWorld.catalogue, kind: kind)
        try await ServedPCCS.run([pccs]) { bases in
            let set = try await Arrangement(bases, kind: kind).answer().set
            #expect(set != nil)
            let rootTarget = kind == .pcs ? "/IntelSGXRootCA.der" : "/sgx/certification/v4/rootcacrl"
            #expect(pccs.requests.contains { $0.target == rootTarget })
            // 3.9.1, 239: the tdx interface by its path segment, the FMSPC in upper case.
            #expect(
                pccs.requests.contains {
                    $0.target == "/tdx/certification/v4/tcb?fmspc=90C06F000000&update=standard"
                })
            // 3.1: four documents and two early ones, each once, and nothing else.
            #expect(pccs.requests.count == 6)
        }
    }
}

extension Result where Success == CollateralSet, Failure == CollateralFailure {
    static func of(_ body: () async throws(CollateralFailure) -> CollateralSet) async -> Self {
        do throws(CollateralFailure) {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
}
