import AuditStore
import CollateralService
import DCAPFormats
import DCAPVerification
import StateStore
package import Wire

/// Whether the service can give verdicts now, and what that depends on.
package struct Readiness: Sendable {
    package let isReady: Bool
    package let document: JSON
}

extension AttestationService {
    package var readiness: Readiness {
        let now = clocks.wall()
        let time = Instant(seconds: now / 1_000)
        let canSign = tokens.canSign(at: time)
        let figures = recorder.log.figures
        let policies = policies.current
        let clockDefect = clocks.defect()
        // A request that names no policy would be refused.
        let isReady =
            canSign && clockDefect == nil && policies.setAside(policy: policies.standard) == nil
            && figures.condition.takesEntries
            && now - figures.lastCommitMilliseconds < 30_000
        return Readiness(
            isReady: isReady,
            document: .object([
                ("status", .string(isReady ? "ready" : "not_ready")), ("signing_key", .bool(canSign)),
                (
                    "log",
                    .object([
                        ("state", .string(figures.condition.name)),
                        ("signed_size", .integer(Int64(clamping: figures.signedSize))),
                        ("queue_depth", .integer(Int64(figures.queueDepth))),
                        ("free_bytes", .integer(figures.freeBytes)),
                    ])
                ),
                ("trust_root_intel", .bool(verifier.anchor.isIntel)),
                ("collateral", .array(endorsing.collateral.sets.map { Self.document($0.key, $0.set, at: time) })),
            ]).adding(clockDefect.map { [("clock", .string($0))] } ?? [])
                .adding(policies.setAside.isEmpty ? [] : [("set_aside", .array(policies.setAside.map(Self.document)))]))
    }

    private static func document(_ aside: SetAside) -> JSON {
        .object([
            ("kind", .string(aside.kind.rawValue)), ("id", .string(aside.id)), ("sha256", .string(aside.sha256.hex)),
            ("code", .string(aside.code)),
        ])
    }

    private static func document(_ key: CollateralKey, _ set: CollateralSet, at time: Instant) -> JSON {
        var members: [(String, JSON)] = [
            ("tee", .string(key.tee.name)), ("fmspc", .string(key.fmspc.hex)), ("ca", .string(key.authority.rawValue)),
            ("service", .string(set.service)), ("fetched", .string(set.fetched.description)),
            ("age_seconds", .integer(max(0, time.seconds - set.fetched.seconds))),
            ("next_update", .string(set.collateral.nextUpdate.description)),
            ("expired", .bool(set.collateral.nextUpdate <= time)),
            ("evaluation_number", .integer(Int64(set.collateral.tcbInfo.evaluationNumber))),
        ]
        // How far Intel's newest documents are ahead of those that count.
        if let early = set.early {
            members.append(("early_evaluation_number", .integer(Int64(early.tcbInfo.evaluationNumber))))
        }
        return .object(members)
    }

    /// Submissions that are being judged, for `/metrics`.
    package var underWay: Gauge {
        Gauge("assay_verdicts_under_way", "Requests that are being judged.", Int64(admission.underWay))
    }

    /// Of the collateral at hand, for `/metrics`.
    package var collateralGauges: [Gauge] {
        let time = Instant(seconds: clocks.wall() / 1_000)
        let sets = endorsing.collateral.sets
        let ages = sets.map { time.seconds - $0.set.fetched.seconds }
        return [
            Gauge("assay_collateral_sets", "Platform kinds whose collateral is at hand.", Int64(sets.count)),
            Gauge("assay_collateral_oldest_age_seconds", "Age of the oldest set at hand.", max(0, ages.max() ?? 0)),
            Gauge(
                "assay_collateral_expired_sets", "Sets past their signed date.",
                Int64(sets.count { $0.set.collateral.nextUpdate <= time })),
        ]
    }
}
