/// One fake host: the keys it holds and what its enclaves measure.
struct Machine {
    let world: SimulatedWorld
    let isTDX: Bool
    let label: String
    let pckKey: SimulatedKey
    let attestationKey: SimulatedKey
    /// Serial number of the PCK certificate, 20 octets with the top bit clear.
    let serial: [UInt8]

    /// - Parameter name: Tells machines of one kind apart; empty for the one that healthy evidence comes from.
    init(world: SimulatedWorld, isTDX: Bool, pckAuthority: PCKAuthority, name: String = "") throws {
        self.world = world
        self.isTDX = isTDX
        label = "\(isTDX ? "TDX" : "SGX") machine\(name.isEmpty ? "" : " \(name)"), \(pckAuthority.rawValue)"
        pckKey = try SimulatedKey(seed: world.seed, label: "PCK of \(label)")
        attestationKey = try SimulatedKey(seed: world.seed, label: "attestation key of \(label)")
        let drawn = SeededBytes.make(world.seed, "PCK serial of \(label)", count: 20)
        serial = [drawn[0] & 0x7F | 0x40] + drawn.dropFirst()
    }

    func bytes(_ purpose: String, count: Int) -> [UInt8] {
        SeededBytes.make(world.seed, "\(purpose) of \(label)", count: count)
    }
}

/// The quoting enclaves of Intel, as far as a report shows them.
enum QuotingEnclave {
    /// MRSIGNER as published in the current identities (dcap 4.4).
    static func mrSigner(isTDX: Bool) -> [UInt8] {
        isTDX
            ? [
                0xDC, 0x9E, 0x2A, 0x7C, 0x6F, 0x94, 0x8F, 0x17, 0x47, 0x4E, 0x34, 0xA7, 0xFC, 0x43, 0xED, 0x03, 0x0F,
                0x7C,
                0x15, 0x63, 0xF1, 0xBA, 0xBD, 0xDF, 0x63, 0x40, 0xC8, 0x2E, 0x0E, 0x54, 0xA8, 0xC5,
            ]
            : [
                0x8C, 0x4F, 0x57, 0x75, 0xD7, 0x96, 0x50, 0x3E, 0x96, 0x13, 0x7F, 0x77, 0xC6, 0x8A, 0x82, 0x9A, 0x00,
                0x56,
                0xAC, 0x8D, 0xED, 0x70, 0x14, 0x0B, 0x08, 0x1B, 0x09, 0x44, 0x90, 0xC5, 0x7B, 0xFF,
            ]
    }
}

extension SimulatedWorld {
    func quote(_ kind: QuoteKind, _ machine: Machine, pceSVN: Int) -> QuoteRecipe {
        let isvSVN: UInt16 = kind.isTDX ? 4 : 8
        let header = QuoteRecipe.Header(
            version: kind.version, teeType: kind.isTDX ? 0x81 : 0,
            reserved: kind == .sgxV3 ? isvSVN.littleEndianBytes + UInt16(pceSVN).littleEndianBytes : [0, 0, 0, 0],
            userData: machine.bytes("QE identifier", count: 16) + [0, 0, 0, 0])
        let qeReport = EnclaveReportRecipe(
            cpuSVN: machine.bytes("raw CPUSVN", count: 16),
            flags: EnclaveFlags.initialized | EnclaveFlags.mode64Bit | EnclaveFlags.provisionKey,
            mrEnclave: machine.bytes("QE measurement", count: 32),
            mrSigner: QuotingEnclave.mrSigner(isTDX: kind.isTDX), isvProdID: kind.isTDX ? 2 : 1, isvSVN: isvSVN)
        return QuoteRecipe(
            header: header, isNested: kind != .sgxV3, bodyType: kind.bodyType,
            body: kind.isTDX ? .td(tdReport(kind, machine)) : .enclave(enclaveReport(machine)), qeReport: qeReport,
            attestationKey: machine.attestationKey, qeReportSigner: machine.pckKey)
    }

    private func enclaveReport(_ machine: Machine) -> EnclaveReportRecipe {
        EnclaveReportRecipe(
            cpuSVN: machine.bytes("raw CPUSVN", count: 16), flags: EnclaveFlags.initialized | EnclaveFlags.mode64Bit,
            mrEnclave: machine.bytes("application measurement", count: 32),
            mrSigner: machine.bytes("application signer", count: 32), isvProdID: 1, isvSVN: 2,
            reportData: machine.bytes("report data", count: 64))
    }

    /// TEE TCB SVNs are those of vector 3 (dcap 5.11): launched with module 1.5.11, now running 1.5.13.
    private func tdReport(_ kind: QuoteKind, _ machine: Machine) -> TDReportRecipe {
        TDReportRecipe(
            teeTCBSVN: Self.teeTCBSVN(0x0B, 1, 4), mrSeam: machine.bytes("TDX module measurement", count: 48),
            mrTD: machine.bytes("TD measurement", count: 48),
            rtmr: (0..<4).map { machine.bytes("RTMR\($0)", count: 48) },
            reportData: machine.bytes("report data", count: 64),
            version15: kind.hasCurrentTCB
                ? TDReportRecipe.Version15(teeTCBSVN2: Self.teeTCBSVN(0x0D, 1, 4)) : nil,
            extended: kind == .tdx15ExV5 ? TDReportRecipe.Extended() : nil)
    }

    /// Module minor SVN, module major version, SEAM SVN, and thirteen zeros.
    static func teeTCBSVN(_ minor: UInt8, _ major: UInt8, _ seam: UInt8) -> [UInt8] {
        [minor, major, seam] + Array(repeating: 0, count: 13)
    }
}
