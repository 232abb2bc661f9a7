import DCAPFormats
import DCAPVerification
import Wire

extension TCBEvaluation {
    var document: JSON {
        .object([
            ("status", .string(status.rawValue)),
            ("platform", .string(launch.platformStatus.rawValue)),
            ("qe", .string(launch.qeStatus.rawValue)),
            ("module", launch.moduleStatus.map { .string($0.rawValue) } ?? .null),
            ("launch", .string(launch.status.rawValue)),
            ("current", .string(current.status.rawValue)),
            ("date", .string(launch.date.description)),
            ("date_current", .string(current.date.description)),
            ("evaluation_number", .integer(Int64(evaluationNumber))),
            ("tcb_info_evaluation_number", .integer(Int64(tcbInfoEvaluationNumber))),
            ("qe_identity_evaluation_number", .integer(Int64(qeIdentityEvaluationNumber))),
            ("advisory_ids", .array(launch.advisoryIDs.map { .string($0) })),
            ("advisory_ids_current", .array(current.advisoryIDs.map { .string($0) })),
            (
                "out_of_date",
                .array(
                    outOfDate.map {
                        .object([
                            ("component", .string($0.component)), ("found", .integer(Int64($0.found))),
                            ("wanted", .integer(Int64($0.wanted))),
                        ])
                    })
            ),
            ("svn_regression", .bool(svnRegression)),
        ])
    }
}

extension PlatformIdentity {
    /// PPID and platform instance id identify a host and stay out unless a policy asks for them (docs/threat-model.md).
    var document: JSON {
        .object([
            ("fmspc", .string(fmspc.hex)), ("pce_id", .string(pceID.hex)), ("ca", .string(authority.rawValue)),
            ("sgx_type", .string(sgxType.name)),
            ("pce_svn", .integer(Int64(extensionValues.pceSVN))),
            ("component_svns", .string(extensionValues.componentSVNs.hex)),
            ("dynamic_platform", Self.flag(extensionValues.configuration?.dynamicPlatform)),
            ("cached_keys", Self.flag(extensionValues.configuration?.cachedKeys)),
            ("smt_enabled", Self.flag(extensionValues.configuration?.smtEnabled)),
        ])
    }

    /// Absent is not false.
    private static func flag(_ value: Bool?) -> JSON { value.map { .bool($0) } ?? .string("undefined") }
}

extension PCKExtension.SGXType {
    var name: String {
        switch self {
        case .standard: "Standard"
        case .scalable: "Scalable"
        case .scalableWithIntegrity: "ScalableWithIntegrity"
        }
    }
}
