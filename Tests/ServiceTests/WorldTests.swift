import CollateralService
import DCAPFormats
import PlatformSimulator
import ProcessSupport
import ServiceSupport
import Synchronization
import Testing
import Wire

@testable import assay

/// The service while its source of collateral is down, slow, lying, rolling back or half refreshed: the right code, no
/// wrong verdict, and well again without a restart.
@Suite("The service and its collateral")
struct WorldTests {
    struct Trouble: Sendable, CustomStringConvertible {
        let fault: PCCSFault
        var items = Set(PCCSItem.allCases)
        let status: Int
        let code: String

        var description: String { "\(fault)" }
    }

    static let troubles: [Trouble] = [
        Trouble(fault: .status(503, retryAfterSeconds: 11), status: 503, code: "COLLATERAL_UNAVAILABLE"),
        Trouble(fault: .status(429, retryAfterSeconds: 11), status: 503, code: "COLLATERAL_RATE_LIMITED"),
        Trouble(
            fault: .status(404, retryAfterSeconds: nil), items: [.tcbInfo], status: 502, code: "COLLATERAL_NOT_FOUND"),
        Trouble(
            fault: .status(461, retryAfterSeconds: nil), items: [.tcbInfo], status: 502,
            code: "COLLATERAL_PLATFORM_UNKNOWN"),
        Trouble(
            fault: .status(410, retryAfterSeconds: nil), items: [.qeIdentity], status: 502, code: "COLLATERAL_GONE"),
        Trouble(
            fault: .status(401, retryAfterSeconds: nil), items: [.pckCRL], status: 502, code: "COLLATERAL_REJECTED"),
        Trouble(fault: .truncated, items: [.tcbInfo], status: 503, code: "COLLATERAL_UNAVAILABLE"),
        Trouble(fault: .oversize, items: [.qeIdentity], status: 502, code: "COLLATERAL_TOO_LARGE"),
        Trouble(fault: .oversizeHeader, items: [.tcbInfo], status: 502, code: "COLLATERAL_TOO_LARGE"),
        Trouble(fault: .missingHeader, items: [.tcbInfo], status: 502, code: "COLLATERAL_BAD_RESPONSE"),
        Trouble(fault: .duplicateHeader, items: [.qeIdentity], status: 502, code: "COLLATERAL_BAD_RESPONSE"),
        Trouble(fault: .contradictingHeaders, items: [.tcbInfo], status: 502, code: "COLLATERAL_BAD_RESPONSE"),
        Trouble(fault: .malformedHeader, items: [.pckCRL], status: 502, code: "COLLATERAL_BAD_RESPONSE"),
        Trouble(fault: .page, items: [.tcbInfo], status: 502, code: "COLLATERAL_BAD_RESPONSE"),
        Trouble(fault: .emptyBody, items: [.rootCRL], status: 502, code: "COLLATERAL_BAD_RESPONSE"),
        Trouble(fault: .notACRL, items: [.rootCRL], status: 502, code: "COLLATERAL_BAD_RESPONSE"),
        Trouble(fault: .redirect, items: [.tcbInfo], status: 502, code: "COLLATERAL_REJECTED"),
    ]

    @Test("Each trouble has its code and no verdict; when it is over, so is the error", arguments: troubles)
    func trouble(_ trouble: Trouble) async throws {
        let pccs = SimulatedPCCS(try TestWorld.catalogue)
        pccs.fail(trouble.fault, for: trouble.items)
        var patience = Live.patience
        patience.failureRetentionSeconds = 1
        try await Live.run(pccs: pccs, patience: patience) { live in
            let quote = try TestWorld.evidence().quote
            let answer = try await live.verdict(quote)
            #expect(try answer.problem(trouble.status) == trouble.code, "\(answer.text.prefix(300))")
            #expect(try answer.value("verdict", "verdict") == "error")
            pccs.heal()
            #expect(try await Self.recovered(live, quote).value("verdict") == "accept")
        }
    }

    /// Asks until it is decided: a failure is remembered for a moment.
    private static func recovered(_ live: Live, _ quote: [UInt8]) async throws -> WebAnswer {
        try await eventually(
            "there is a verdict",
            finding: {
                let answer = try await live.raw(quote)
                return answer.status == 200 ? answer : nil
            })
    }

    @Test("A failure is remembered, so that nobody's impatience reaches the service behind")
    func remembered() async throws {
        let pccs = SimulatedPCCS(try TestWorld.catalogue)
        pccs.fail(.status(404, retryAfterSeconds: nil))
        var patience = Live.patience
        patience.failureRetentionSeconds = 60
        try await Live.run(pccs: pccs, patience: patience) { live in
            let quote = try TestWorld.evidence().quote
            for _ in 0..<5 { #expect(try await live.verdict(quote).problem(502) == "COLLATERAL_NOT_FOUND") }
            #expect(pccs.requests.count { $0.item == .pckCRL } == 1)
        }
    }

    @Test("Slow is only slow")
    func slow() async throws {
        let pccs = SimulatedPCCS(try TestWorld.catalogue)
        pccs.fail(.slow(milliseconds: 800), for: [.tcbInfo, .rootCRL])
        try await Live.run(pccs: pccs) { live in
            let answer = try await live.raw(try TestWorld.evidence().quote)
            #expect(try answer.value("verdict") == "accept")
        }
    }

    @Test("Lying: documents that Intel did not sign are no basis for a verdict, for whatever quote")
    func lying() async throws {
        let pccs = SimulatedPCCS(try PCCSCatalogue(of: SimulatedWorld(seed: "liar", time: TestWorld.today)))
        try await Live.run(pccs: pccs) { live in
            let answer = try await live.verdict(try TestWorld.evidence().quote)
            #expect(try answer.problem(502) == "COLLATERAL_BAD_RESPONSE")
            pccs.replace(try TestWorld.catalogue)
            #expect(try await Self.recovered(live, try TestWorld.evidence().quote).value("verdict") == "accept")
        }
    }

    @Test("Rolling back and half refreshed: what was accepted before still decides; when its date is over, it says so")
    func rollingBack() async throws {
        let clock = Atomic<Int64>(TestWorld.now.seconds * 1_000)
        let now: @Sendable () -> Int64 = { clock.load(ordering: .relaxed) }
        let pccs = SimulatedPCCS(try TestWorld.catalogue)
        var patience = Live.patience
        patience.failureRetentionSeconds = 0
        try await Live.run(pccs: pccs, now: now, patience: patience) { live in
            let quote = try TestWorld.evidence().quote
            let before = try await live.verdict(quote)
            var older = try TestWorld.catalogue
            try older.add(
                try TestWorld.world.recipe(for: .tdx15V5).aged(days: 5, evaluationNumber: 1), update: .standard)
            var half = older
            half.tcbInfos = try TestWorld.catalogue.tcbInfos
            for (catalogue, hours) in [(older, Int64(7)), (half, 14)] {
                pccs.replace(catalogue)
                let asked = pccs.requests.count
                clock.add(7 * 3_600_000, ordering: .relaxed)
                // One fetch of the set may have begun before, and the third begins when the second is over.
                try await eventually("it has fetched the set twice, and did not take what came") {
                    let after = try await live.verdict(quote)
                    #expect(try after.value("verdict") == "accept")
                    #expect(
                        try after.value("collateral", "items") == (try before.value("collateral", "items")), "\(hours)")
                    #expect(
                        try after.value("tcb", "evaluation_number") == (try before.value("tcb", "evaluation_number")))
                    return pccs.requests.count > asked + 12
                }
            }
            clock.add(17 * 86_400_000, ordering: .relaxed)
            let late = try await live.verdict(quote)
            #expect(try late.value("verdict") == "reject", "\(late.text.prefix(200))")
            #expect(try late.value("reasons") == "POLICY_COLLATERAL_EXPIRED")
            #expect(try late.value("collateral", "expired") == "true")
            // A newer set comes, and all is well without a restart.
            let world = try TestWorld.world.recipe(for: .tdx15V5)
            var newer = try TestWorld.catalogue
            try newer.add(world.aged(days: -17), update: .standard)
            var list = try TestWorld.world.pckCRL(of: .platform)
            list.thisUpdate = list.thisUpdate.advanced(bySeconds: 17 * 86_400)
            list.nextUpdate = list.nextUpdate?.advanced(bySeconds: 17 * 86_400)
            let chain = try #require(newer.pckCRLs["platform"]).issuerChain
            newer.pckCRLs["platform"] = PCCSCatalogue.Item(body: try list.der(), issuerChain: chain)
            pccs.replace(newer)
            try await eventually("the newer set decides") {
                try await live.verdict(quote).value("verdict") == "accept"
            }
        }
    }

    @Test("A thousand at once for a platform that nobody has asked for: one fetch of the set, and everybody judged")
    func thousand() async throws {
        let pccs = SimulatedPCCS(try TestWorld.catalogue)
        pccs.fail(.held, for: [.tcbInfo])
        var patience = Live.patience
        patience.idleSeconds = 600
        patience.fetches.requestMilliseconds = 600_000
        patience.fetches.setMilliseconds = 600_000
        try await Live.run(["limits.concurrent_verdicts": "2000"], pccs: pccs, patience: patience) { live in
            let quote = try TestWorld.evidence().quote
            let port = live.port
            async let asked = OwnThread.run {
                let head =
                    "POST /v1/verdicts HTTP/1.1\r\nHost: a\r\nContent-Type: application/octet-stream\r\nConnection: close\r\n"
                    + "Content-Length: \(quote.count)\r\n\r\n"
                let connections = try (0..<1_000).map { _ in try RawConnection(port: port) }
                for connection in connections { connection.send(Array(head.utf8) + quote) }
                return connections.map { $0.readToEnd() }
            }
            try await eventually("all thousand wait for the fetch") {
                try await live.gauge("assay_verdicts_under_way") == 1_000
            }
            pccs.heal()
            let answers = try await asked
            let accepted = answers.count { $0.hasPrefix("HTTP/1.1 200") && $0.contains("\"verdict\":\"accept\"") }
            #expect(accepted == 1_000)
            for item in PCCSItem.allCases {
                let wanted = item == .tcbInfo || item == .qeIdentity ? 2 : 1
                #expect(pccs.requests.count { $0.item == item } == wanted, "\(item)")
            }
        }
    }

    @Test("242: a quote under another root costs no request; 241: what a certificate points to is never asked")
    func nothingFetched() async throws {
        try await Live.run { live in
            let foreign = try SimulatedWorld(seed: "somebody", time: TestWorld.today).evidence(.tdx15V5).quote
            #expect(try await live.verdict(foreign).value("reasons") == "PCK_ROOT_UNTRUSTED")
            #expect(live.pccs.requests.isEmpty)
            #expect(try await live.verdict(try TestWorld.evidence().quote).value("verdict") == "accept")
            let targets = Set(live.pccs.requests.map { $0.target.prefix { $0 != "?" } })
            #expect(
                targets == [
                    "/sgx/certification/v4/pckcrl", "/sgx/certification/v4/rootcacrl", "/tdx/certification/v4/tcb",
                    "/tdx/certification/v4/qe/identity",
                ])
        }
    }

    @Test("221 over HTTP: after a restart, with every service down, what is held still decides")
    func restart() async throws {
        let folder = try ScratchFolder()
        let pccs = SimulatedPCCS(try TestWorld.catalogue)
        let quote = try TestWorld.evidence().quote
        _ = try await Live.run(pccs: pccs, folder: folder) { live in try await live.verdict(quote).status }
        pccs.fail(.status(503, retryAfterSeconds: 11))
        try await Live.run(pccs: pccs, folder: folder) { live in
            let answer = try await live.verdict(quote)
            #expect(try answer.value("verdict") == "accept")
            // The other kind of platform was never fetched.
            let other = try await live.verdict(try TestWorld.evidence(.sgxV4).quote)
            #expect(try other.problem(503) == "COLLATERAL_UNAVAILABLE")
        }
    }
}
