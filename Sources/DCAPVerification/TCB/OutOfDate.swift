import DCAPFormats
import Wire

/// Names what an out-of-date platform lacks, which no verdict of the peers does.
extension LevelMatch {
    /// - Returns: every SVN that is too low for the lowest level that is not out of date (the least that helps), for the
    ///   module likewise, and for the quoting enclave.
    func outOfDateComponents(_ level: TCBEvaluation.Level, _ teeTCBSVN: FixedBytes<16>?) -> [OutOfDateComponent] {
        var components: [OutOfDateComponent] = []
        if level.platformStatus.isOutOfDate, let target = tcbInfo.levels.last(where: { Self.isGood($0.status) }) {
            components += shortfall(of: target, teeTCBSVN)
        }
        if level.moduleStatus == .outOfDate, let svn = teeTCBSVN,
            let identity = tcbInfo.moduleIdentity(majorVersion: svn[1]),
            let target = identity.levels.last(where: { Self.isGood($0.status) })
        {
            components.append(
                OutOfDateComponent(
                    component: "TDX_" + Hex.encode([svn[1]]).uppercased() + " isvsvn", found: Int(svn[0]),
                    wanted: Int(target.isvSVN)))
        }
        if level.qeStatus == .outOfDate, let target = qeIdentity.levels.last(where: { Self.isGood($0.status) }) {
            components.append(
                OutOfDateComponent(
                    component: "\(qeIdentity.id.rawValue) isvsvn", found: Int(qeSVN), wanted: Int(target.isvSVN)))
        }
        return components
    }

    private static func isGood(_ status: PublishedStatus) -> Bool {
        guard case .known(let status) = status else { return false }
        return !status.isOutOfDate && status != .revoked
    }
}
