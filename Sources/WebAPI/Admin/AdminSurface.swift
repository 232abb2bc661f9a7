package import AttestationService

/// What administrators may do, and who they are.
package struct AdminSurface: Sendable {
    package let administrators: Auditors
    package let policies: PolicyAdministration
    package let keys: KeyAdministration
    package let evidence: EvidenceAdministration

    package init(
        administrators: Auditors, policies: PolicyAdministration, keys: KeyAdministration,
        evidence: EvidenceAdministration
    ) {
        self.administrators = administrators
        self.policies = policies
        self.keys = keys
        self.evidence = evidence
    }
}
