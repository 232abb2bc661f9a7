public import DCAPFormats
public import Wire

/// The TCB facts of dcap 5.9: what the published levels say of this platform, module and quoting enclave.
public struct TCBEvaluation: Hashable, Sendable {
    /// One evaluation, of the SVNs at launch or of those that run now.
    public struct Level: Hashable, Sendable {
        /// Platform, module and QE converged (dcap 5.8).
        public let status: TCBStatus
        public let platformStatus: TCBStatus
        /// `nil` for SGX and for modules older than version 1, whose SVN the platform level covers.
        public let moduleStatus: TCBStatus?
        public let qeStatus: TCBStatus
        /// The oldest of the matched levels' dates.
        public let date: Instant
        /// The union over the matched levels, sorted.
        public let advisoryIDs: [String]

        package init(
            status: TCBStatus, platformStatus: TCBStatus, moduleStatus: TCBStatus?, qeStatus: TCBStatus, date: Instant,
            advisoryIDs: [String]
        ) {
            self.status = status
            self.platformStatus = platformStatus
            self.moduleStatus = moduleStatus
            self.qeStatus = qeStatus
            self.date = date
            self.advisoryIDs = advisoryIDs
        }
    }

    /// The result of dcap 5.7.
    public let status: TCBStatus
    public let launch: Level
    /// Equal to `launch` for everything but TDX 1.5 bodies.
    public let current: Level
    public let tcbInfoEvaluationNumber: UInt32
    public let qeIdentityEvaluationNumber: UInt32
    /// Which SVNs keep the platform from a level that is not out of date; empty unless the status is out of date.
    public let outOfDate: [OutOfDateComponent]
    /// Bytes 0 to 2 of teeTcbSvn2 are lower than those of teeTcbSvn: abnormal.
    public let svnRegression: Bool

    package init(
        status: TCBStatus, launch: Level, current: Level, tcbInfoEvaluationNumber: UInt32,
        qeIdentityEvaluationNumber: UInt32, outOfDate: [OutOfDateComponent], svnRegression: Bool
    ) {
        self.status = status
        self.launch = launch
        self.current = current
        self.tcbInfoEvaluationNumber = tcbInfoEvaluationNumber
        self.qeIdentityEvaluationNumber = qeIdentityEvaluationNumber
        self.outOfDate = outOfDate
        self.svnRegression = svnRegression
    }

    /// `min` of both documents (dcap 3.5).
    public var evaluationNumber: UInt32 { min(tcbInfoEvaluationNumber, qeIdentityEvaluationNumber) }
}

/// One SVN that is too low, and by how much.
public struct OutOfDateComponent: Hashable, Sendable {
    /// `sgx[7] SEAMLDR ACM`, `pcesvn`, `tdx[2] TDX Late Microcode Update`, `TDX_01 isvsvn`, `TD_QE isvsvn`.
    public let component: String
    public let found: Int
    public let wanted: Int

    package init(component: String, found: Int, wanted: Int) {
        self.component = component
        self.found = found
        self.wanted = wanted
    }
}
