package import AttestationService
package import Logging

/// What the routes answer from: the service, and what a door needs besides.
package struct ServiceContext: Sendable {
    /// `iss` of every token, without a slash at the end.
    package let issuer: String
    /// Program and version, for verdicts.
    package let version: String
    package let service: AttestationService
    package let logger: Logger
    /// What auditors may ask.
    package let audit: AuditSurface
    /// What connections, requests and kept answers may take together.
    package let memory: MemoryBudget

    package init(
        issuer: String, version: String, service: AttestationService, logger: Logger, audit: AuditSurface,
        memory: MemoryBudget
    ) {
        self.memory = memory
        self.issuer = issuer
        self.version = version
        self.service = service
        self.logger = logger
        self.audit = audit
    }
}

extension ServiceContext {
    /// Does what reads, judges or writes something large away from the event loops, where there is room for it: whoever is
    /// answered at once is not kept waiting.
    func working<Value: Sendable>(
        _ body: @escaping @Sendable () async throws(HTTPProblem) -> Value
    ) async throws(HTTPProblem) -> Value {
        let result: Result<Value, HTTPProblem>
        do throws(ServiceFailure) {
            result = try await service.work.run(body)
        } catch {
            service.turnedAway.countRateLimited()
            throw HTTPProblem(error)
        }
        return try result.get()
    }

    /// Takes a cost from the caller's budget.
    func charge(_ cost: CallerBudget.Cost, to exchange: Exchange) throws(HTTPProblem) {
        try answered { () throws(ServiceFailure) in try service.charge(cost, to: exchange.caller) }
    }
}
