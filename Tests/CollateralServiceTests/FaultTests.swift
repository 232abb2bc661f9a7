import CollateralService
import DCAPFormats
import DCAPVerification
import PlatformSimulator
import ServiceSupport
import Testing

/// dcap 7.11: what a service does wrong on the wire, and what becomes of it.
@Suite("Faults of collateral services")
struct FaultTests {
    struct Row: Sendable, CustomStringConvertible {
        let number: Int
        let fault: PCCSFault
        var items: Set<PCCSItem> = [.tcbInfo]
        let code: ErrorCode
        /// How often the item is asked for, without the early edition: once, or with both retries.
        var tries = 1
        var sentence = ""

        var description: String { "\(number) \(fault) for \(items.map(\.rawValue).sorted())" }
    }

    static let rows: [Row] = [
        Row(number: 214, fault: .status(404, retryAfterSeconds: nil), code: .collateralNotFound),
        Row(number: 215, fault: .status(461, retryAfterSeconds: nil), code: .collateralPlatformUnknown),
        Row(number: 215, fault: .status(462, retryAfterSeconds: nil), code: .collateralPlatformUnknown),
        Row(number: 216, fault: .status(410, retryAfterSeconds: nil), code: .collateralGone),
        Row(number: 217, fault: .status(400, retryAfterSeconds: nil), code: .collateralRejected),
        Row(number: 217, fault: .status(401, retryAfterSeconds: nil), code: .collateralRejected),
        Row(number: 217, fault: .status(403, retryAfterSeconds: nil), code: .collateralRejected),
        Row(number: 217, fault: .status(413, retryAfterSeconds: nil), code: .collateralRejected),
        Row(number: 217, fault: .status(460, retryAfterSeconds: nil), code: .collateralRejected),
        Row(number: 217, fault: .status(418, retryAfterSeconds: nil), code: .collateralRejected),
        Row(number: 218, fault: .status(429, retryAfterSeconds: nil), code: .collateralRateLimited, tries: 3),
        Row(number: 218, fault: .status(429, retryAfterSeconds: 11), code: .collateralRateLimited, tries: 1),
        Row(number: 220, fault: .status(500, retryAfterSeconds: nil), code: .collateralUnavailable, tries: 3),
        Row(number: 220, fault: .status(502, retryAfterSeconds: nil), code: .collateralUnavailable, tries: 3),
        Row(number: 220, fault: .status(503, retryAfterSeconds: nil), code: .collateralUnavailable, tries: 3),
        Row(number: 220, fault: .status(504, retryAfterSeconds: nil), code: .collateralUnavailable, tries: 3),
        Row(number: 224, fault: .oversize, code: .collateralTooLarge, sentence: "1048576"),
        Row(number: 224, fault: .oversize, items: [.pckCRL], code: .collateralTooLarge),
        Row(number: 224, fault: .oversizeHeader, code: .collateralTooLarge, sentence: "header line"),
        Row(
            number: 225, fault: .missingHeader, code: .collateralBadResponse,
            sentence: "tcb-info-issuer-chain is missing"),
        Row(number: 225, fault: .missingHeader, items: [.pckCRL], code: .collateralBadResponse),
        Row(number: 225, fault: .missingHeader, items: [.qeIdentity], code: .collateralBadResponse),
        Row(number: 225, fault: .duplicateHeader, code: .collateralBadResponse, sentence: "occurs twice"),
        Row(number: 226, fault: .contradictingHeaders, code: .collateralBadResponse, sentence: "contradict"),
        Row(number: 228, fault: .malformedHeader, code: .collateralBadResponse, sentence: "percent-encoded"),
        Row(number: 229, fault: .page, code: .collateralBadResponse, sentence: "no JSON object"),
        Row(number: 229, fault: .page, items: [.rootCRL], code: .collateralBadResponse, sentence: "no CRL"),
        Row(number: 230, fault: .emptyBody, code: .collateralBadResponse, sentence: "empty"),
        Row(number: 230, fault: .emptyBody, items: [.rootCRL], code: .collateralBadResponse, sentence: "empty"),
        Row(number: 229, fault: .notACRL, items: [.pckCRL], code: .collateralBadResponse, sentence: "no CRL"),
        Row(number: 231, fault: .truncated, code: .collateralUnavailable, tries: 3),
        Row(number: 231, fault: .truncated, items: [.rootCRL], code: .collateralUnavailable, tries: 3),
        Row(number: 233, fault: .redirect, code: .collateralRejected, sentence: "302"),
    ]

    @Test("Each has its code, its number of tries, and its item by name; nothing is kept", arguments: rows)
    func fault(_ row: Row) async throws {
        let pccs = SimulatedPCCS(try TestWorld.catalogue)
        pccs.fail(row.fault, for: row.items)
        try await ServedPCCS.run([pccs]) { bases in
            let arrangement = try Arrangement(bases)
            let failure = try #require(await arrangement.answer().failure)
            #expect(failure.code == row.code)
            #expect(row.items.map(\.rawValue).contains(failure.item))
            #expect(failure.service == bases[0])
            #expect(failure.detail.contains(row.sentence), "\(failure.detail)")
            for item in row.items { #expect(pccs.count(item) == row.tries, "\(item)") }
            #expect(try await arrangement.service.storedKeys().isEmpty)
            #expect(arrangement.service.sets.isEmpty)
            // 7.11 is about one moment: the service is asked again, and once it is well nobody has to restart anything.
            pccs.heal()
            #expect(await arrangement.answer().set != nil)
        }
    }

    static let passing: [(number: Int, fault: PCCSFault, items: Set<PCCSItem>, count: Int)] = [
        (218, .status(429, retryAfterSeconds: 1), [.tcbInfo], 1),
        (219, .status(503, retryAfterSeconds: nil), [.qeIdentity], 2),
        (226, .headerOfVersion3, [.tcbInfo], 100),
        (231, .truncated, [.rootCRL, .pckCRL], 2),
        (232, .truncated, [.tcbInfo], 1),
    ]

    @Test("What passes with patience is accepted, with no byte of the first try in the second", arguments: passing)
    func patience(_ row: (number: Int, fault: PCCSFault, items: Set<PCCSItem>, count: Int)) async throws {
        let pccs = SimulatedPCCS(try TestWorld.catalogue)
        pccs.fail(row.fault, for: row.items, count: row.count)
        try await ServedPCCS.run([pccs]) { bases in
            let set = try #require(await Arrangement(bases).answer().set, "row \(row.number)")
            #expect(set.collateral.fmspc == Arrangement.key.fmspc)
        }
    }

    @Test("223: a service that takes the request and never answers costs its time and no more")
    func stall() async throws {
        let pccs = SimulatedPCCS(try TestWorld.catalogue)
        pccs.fail(.stall, for: [.qeIdentity])
        try await ServedPCCS.run([pccs]) { bases in
            let arrangement = try Arrangement(bases) {
                $0.limits.requestMilliseconds = 2_000
                $0.limits.retries = 0
            }
            let failure = try #require(await arrangement.answer().failure)
            #expect(failure.code == .collateralUnavailable)
        }
    }

    @Test("220, 223: nobody listens")
    func refused() async throws {
        let port = try RawConnection.freePort()
        let failure = try #require(
            await Arrangement(["http://127.0.0.1:\(port)/sgx/certification/v4/"]).answer().failure)
        #expect(failure.code == .collateralUnavailable)
        #expect(failure.isRetryable)
    }

    @Test("219: three times 503, and the whole set comes from the second service")
    func secondService() async throws {
        let (first, second) = (SimulatedPCCS(try TestWorld.catalogue), SimulatedPCCS(try TestWorld.catalogue))
        first.fail(.status(503, retryAfterSeconds: nil), for: [.qeIdentity])
        try await ServedPCCS.run([first, second]) { bases in
            let set = try #require(await Arrangement(bases).answer().set)
            #expect(set.service == bases[1])
            for item in PCCSItem.allCases { #expect(second.count(item) == 1, "\(item)") }
            #expect(first.count(.qeIdentity) == 3)
        }
    }

    @Test("The service that was asked last is the one that is blamed; none configured is said too")
    func blame() async throws {
        let (first, second) = (SimulatedPCCS(try TestWorld.catalogue), SimulatedPCCS(try TestWorld.catalogue))
        first.fail(.status(404, retryAfterSeconds: nil))
        second.fail(.status(410, retryAfterSeconds: nil), for: [.rootCRL])
        try await ServedPCCS.run([first, second]) { bases in
            let failure = try #require(await Arrangement(bases).answer().failure)
            #expect(failure.code == .collateralGone)
            #expect(failure.service == bases[1])
            #expect(failure.item == "root_crl")
        }
        #expect(try await Arrangement([]).answer().failure?.code == .collateralUnavailable)
    }

    @Test("Early documents are advice: whatever is wrong with them costs the forecast alone")
    func early() async throws {
        var catalogue = try TestWorld.catalogue
        catalogue.tcbInfos = catalogue.tcbInfos.filter { $0.key.update == "standard" }
        let pccs = SimulatedPCCS(catalogue)
        try await ServedPCCS.run([pccs]) { bases in
            let set = try #require(await Arrangement(bases).answer().set)
            #expect(set.early == nil)
        }
    }
}
