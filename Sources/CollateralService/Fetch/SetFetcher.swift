import DCAPFormats
import DCAPVerification
import HTTPClient
import Logging
import Wire

/// Brings a whole set from one service, or from the next: halves of two services are never mixed (dcap 3.8, 3.9.4).
struct SetFetcher: Sendable {
    let transport: HTTPTransport
    let settings: CollateralSettings
    let verifier: Verifier
    let logger: Logger

    /// - Parameter accept: Has the last word over a verified set: the rollback guard. What it refuses is the fault of
    ///   the service, and the next one is asked.
    func fetch(
        _ key: CollateralKey, at time: Instant,
        accept: (CollateralSet) async throws(CollateralFailure) -> Void
    ) async throws(CollateralFailure) -> CollateralSet {
        var last = CollateralFailure(
            .collateralUnavailable, service: "", item: "service", detail: "no collateral service is configured")
        for address in settings.services {
            do throws(CollateralFailure) {
                let set = try await fetch(key, from: address, at: time)
                try await accept(set)
                return set
            } catch {
                last = error
                logger.warning(
                    "collateral service failed",
                    metadata: [
                        "service": "\(error.service)", "code": "\(error.code.rawValue)", "item": "\(error.item)",
                        "detail": "\(error.detail)",
                    ])
            }
        }
        throw last
    }

    private func fetch(
        _ key: CollateralKey, from address: CollateralAddress, at time: Instant
    ) async throws(CollateralFailure) -> CollateralSet {
        let client = ServiceClient(
            transport: transport, address: address, certificateAuthorityFile: settings.certificateAuthorityFile,
            limits: settings.limits, logger: logger)
        let deadline = ContinuousClock.now + .milliseconds(settings.limits.setMilliseconds)
        let update = settings.update
        async let pckCRL = Self.result { () async throws(CollateralFailure) in
            try await client.fetch(.pckCRL, for: key, before: deadline)
        }
        async let rootCRL = Self.result { () async throws(CollateralFailure) in
            try await client.fetch(.rootCRL, for: key, before: deadline)
        }
        async let tcbInfo = Self.result { () async throws(CollateralFailure) in
            try await client.fetch(.tcbInfo(update), for: key, before: deadline)
        }
        async let qeIdentity = Self.result { () async throws(CollateralFailure) in
            try await client.fetch(.qeIdentity(update), for: key, before: deadline)
        }
        async let earlyTCBInfo = Self.early(.tcbInfo(.early), client, key, update, deadline)
        async let earlyQEIdentity = Self.early(.qeIdentity(.early), client, key, update, deadline)

        let lists = (pck: try await pckCRL.get(), root: try await rootCRL.get())
        let documents = (tcbInfo: try await tcbInfo.get(), qeIdentity: try await qeIdentity.get())
        let collateral = try verify(lists, documents, key, address, at: time)
        // Forecasts are advice: what goes wrong with them costs the advice alone.
        var early: VerifiedCollateral?
        if let earlyTCBInfo = await earlyTCBInfo, let earlyQEIdentity = await earlyQEIdentity {
            early = try? verify(lists, (earlyTCBInfo, earlyQEIdentity), key, address, at: time)
        }
        return CollateralSet(collateral: collateral, early: early, service: address.sgxBase, fetched: time)
    }

    private static func early(
        _ item: CollateralItem, _ client: ServiceClient, _ key: CollateralKey, _ update: CollateralUpdate,
        _ deadline: ContinuousClock.Instant
    ) async -> FetchedItem? {
        guard update == .standard else { return nil }
        return try? await client.fetch(item, for: key, before: deadline)
    }

    private static func result<Value>(
        _ body: () async throws(CollateralFailure) -> Value
    ) async -> Result<Value, CollateralFailure> {
        do throws(CollateralFailure) {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }

    /// Phases C to E, and that the service sent what was asked for.
    private func verify(
        _ lists: (pck: FetchedItem, root: FetchedItem), _ documents: (tcbInfo: FetchedItem, qeIdentity: FetchedItem),
        _ key: CollateralKey, _ address: CollateralAddress, at time: Instant
    ) throws(CollateralFailure) -> VerifiedCollateral {
        let source = Collateral(
            pckCRL: lists.pck.body, pckCRLIssuerChain: lists.pck.issuerChain, rootCRL: lists.root.body,
            tcbInfo: Collateral.SignedResponse(
                document: .response(documents.tcbInfo.body), issuerChain: documents.tcbInfo.issuerChain),
            qeIdentity: Collateral.SignedResponse(
                document: .response(documents.qeIdentity.body), issuerChain: documents.qeIdentity.issuerChain))
        let collateral: VerifiedCollateral
        do throws(Refusal) {
            collateral = try verifier.verify(source, of: key.authority, at: time)
        } catch {
            throw CollateralFailure(
                .collateralBadResponse, service: address.sgxBase, item: error.step.rawValue,
                detail: "\(error.code.rawValue): \(error.failure.field), found \(error.failure.found), "
                    + "wanted \(error.failure.wanted)")
        }
        guard collateral.tee == key.tee, collateral.fmspc == key.fmspc, collateral.isQEIdentityOfSameTEE else {
            throw CollateralFailure(
                .collateralBadResponse, service: address.sgxBase, item: "tcb_info",
                detail: (collateral.isQEIdentityOfSameTEE ? "TCB_INFO_MISMATCH" : "QE_IDENTITY_MISMATCH")
                    + ": genuine documents, but of another platform or TEE than asked for: "
                    + "FMSPC \(collateral.fmspc.hex), \(collateral.tee.name)")
        }
        return collateral
    }
}
