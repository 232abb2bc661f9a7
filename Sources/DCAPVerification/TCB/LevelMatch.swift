import DCAPFormats
import Wire

/// Steps I1 to I4 for one TEE TCB SVN: which published levels the platform, its TDX module and its quoting enclave
/// reach. Levels come sorted, highest first, so the first match is the right one (dcap 4.2).
struct LevelMatch {
    let platform: PCKExtension
    let tcbInfo: TCBInfo
    let qeIdentity: EnclaveIdentity
    let qeSVN: UInt16

    /// - Parameter teeTCBSVN: `nil` for SGX.
    /// - Parameter label: `launch` or `current`, for messages.
    func evaluate(_ teeTCBSVN: FixedBytes<16>?, _ label: String) throws(VerificationFailure) -> TCBEvaluation.Level {
        guard let level = tcbInfo.levels.first(where: { matches($0, teeTCBSVN) }) else {
            throw notSupportedPlatform(teeTCBSVN, label)
        }
        let platformStatus = try known(level.status, "tcbInfo.tcbLevels", allowing: TCBStatus.published)
        let module = try moduleLevel(teeTCBSVN, label)
        let moduleStatus: TCBStatus? =
            if let module {
                try known(module.status, "tdxModuleIdentities", allowing: TCBStatus.componentPublished)
            } else { nil }
        guard let qe = qeIdentity.levels.first(where: { qeSVN >= $0.isvSVN }) else {
            throw VerificationFailure(
                .tcbNotSupported, field: "qe", found: "isvsvn \(qeSVN)",
                wanted: "at least \(qeIdentity.levels.last?.isvSVN ?? 0), the lowest published level")
        }
        let qeStatus = try known(qe.status, "enclaveIdentity.tcbLevels", allowing: TCBStatus.componentPublished)
        let components = TCBStatus.worst(moduleStatus ?? .upToDate, qeStatus)
        var date = min(level.tcbDate, qe.tcbDate)
        var advisories = level.advisoryIDs + qe.advisoryIDs
        if let module {
            date = min(date, module.tcbDate)
            advisories += module.advisoryIDs
        }
        return TCBEvaluation.Level(
            status: platformStatus.converged(withComponents: components), platformStatus: platformStatus,
            moduleStatus: moduleStatus, qeStatus: qeStatus, date: date, advisoryIDs: Self.sortedUnion(advisories))
    }

    /// I1: all three conditions in the same level.
    func matches(_ level: TCBInfo.Level, _ teeTCBSVN: FixedBytes<16>?) -> Bool {
        for index in 0..<16 where platform.componentSVNs[index] < level.sgxComponents[index] { return false }
        guard platform.pceSVN >= level.pceSVN else { return false }
        guard let svn = teeTCBSVN else { return true }
        guard let wanted = level.tdxComponents else { return false }
        for index in Self.firstTDXComponent(svn)..<16 where svn[index] < wanted[index] { return false }
        return true
    }

    /// Components 0 and 1 describe the module, which has levels of its own once it has a major version.
    static func firstTDXComponent(_ svn: FixedBytes<16>) -> Int { svn[1] > 0 ? 2 : 0 }

    /// I2: `nil` where there is no module level to judge.
    private func moduleLevel(
        _ teeTCBSVN: FixedBytes<16>?, _ label: String
    ) throws(VerificationFailure) -> TCBInfo.ComponentLevel? {
        guard let svn = teeTCBSVN, svn[1] > 0 else { return nil }
        guard let identity = tcbInfo.moduleIdentity(majorVersion: svn[1]) else {
            throw VerificationFailure(
                .tcbNotSupported, field: "module", found: "\(label) module version \(svn[1])",
                wanted: "a version that the TCB info knows")
        }
        guard let level = identity.levels.first(where: { UInt16(svn[0]) >= $0.isvSVN }) else {
            throw VerificationFailure(
                .tcbNotSupported, field: "module", found: "\(label) module isvsvn \(svn[0])",
                wanted: "at least \(identity.levels.last?.isvSVN ?? 0), the lowest published level")
        }
        return level
    }

    private func known(
        _ status: PublishedStatus, _ field: String, allowing allowed: Set<TCBStatus>
    ) throws(VerificationFailure) -> TCBStatus {
        if case .known(let status) = status, allowed.contains(status) { return status }
        throw VerificationFailure(
            .tcbUnrecognizedStatus, field: field, found: status.text,
            wanted: allowed.map(\.rawValue).sorted().joined(separator: ", "))
    }

    private func notSupportedPlatform(_ teeTCBSVN: FixedBytes<16>?, _ label: String) -> VerificationFailure {
        // The lowest level that differs in the fewest SVNs tells a person most.
        let shortfalls = tcbInfo.levels.map { shortfall(of: $0, teeTCBSVN) }
        let nearest = shortfalls.reversed().min { $0.count < $1.count } ?? []
        return VerificationFailure(
            .tcbNotSupported, field: "platform",
            found: nearest.map { "\($0.component) is \($0.found)" }.joined(separator: ", ") + " (\(label))",
            wanted: nearest.map { "\($0.component) at least \($0.wanted)" }.joined(separator: ", ")
                + ", for the nearest published level")
    }

    /// The SVNs that keep the platform from `level`.
    func shortfall(of level: TCBInfo.Level, _ teeTCBSVN: FixedBytes<16>?) -> [OutOfDateComponent] {
        var components: [OutOfDateComponent] = []
        for index in 0..<16 where platform.componentSVNs[index] < level.sgxComponents[index] {
            components.append(
                component(
                    "sgx[\(index)]", tcbInfo.componentName(.sgx, index: index), Int(platform.componentSVNs[index]),
                    Int(level.sgxComponents[index])))
        }
        if platform.pceSVN < level.pceSVN {
            components.append(component("pcesvn", nil, Int(platform.pceSVN), Int(level.pceSVN)))
        }
        guard let svn = teeTCBSVN, let wanted = level.tdxComponents else { return components }
        for index in Self.firstTDXComponent(svn)..<16 where svn[index] < wanted[index] {
            components.append(
                component(
                    "tdx[\(index)]", tcbInfo.componentName(.tdx, index: index), Int(svn[index]), Int(wanted[index])))
        }
        return components
    }

    private func component(_ place: String, _ name: String?, _ found: Int, _ wanted: Int) -> OutOfDateComponent {
        OutOfDateComponent(component: name.map { "\(place) \($0)" } ?? place, found: found, wanted: wanted)
    }

    private static func sortedUnion(_ identifiers: [String]) -> [String] {
        identifiers.count < 2 ? identifiers : Set(identifiers).sorted()
    }
}

extension TCBInfo {
    func moduleIdentity(majorVersion: UInt8) -> TDXModuleIdentity? {
        tdxModuleIdentities?.first { $0.majorVersion == majorVersion }
    }
}

extension PublishedStatus {
    var text: String {
        switch self {
        case .known(let status): status.rawValue
        case .unknown(let text): text
        }
    }
}

extension TCBStatus {
    /// What a platform level may say (dcap 4.6).
    static let published: Set<TCBStatus> = [
        .upToDate, .swHardeningNeeded, .configurationNeeded, .configurationAndSWHardeningNeeded, .outOfDate,
        .outOfDateConfigurationNeeded, .revoked,
    ]
    /// What a module or QE level may say.
    static let componentPublished: Set<TCBStatus> = [.upToDate, .outOfDate, .revoked]
}
