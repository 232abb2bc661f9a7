public import Wire

/// One event as a log writes it.
public struct LoggedEvent: Hashable, Sendable {
    /// Its place in the log, from 1.
    public let number: Int
    /// Its first byte in the log.
    public let offset: Int
    /// The register's number in a CC event log: 0 is MRTD, 1 to 4 are RTMR0 to RTMR3.
    public let measurementIndex: UInt32
    public let type: EventType
    public let digests: [AlgorithmDigest]
    /// What was extended, if anything was.
    public let digest: FixedBytes<48>?
    public let data: ArraySlice<UInt8>
    /// What the data says, as far as it is understood.
    public let details: EventDetails
    let form: EventForm

    init(
        number: Int, offset: Int, measurementIndex: UInt32, type: EventType, digests: [AlgorithmDigest],
        digest: FixedBytes<48>?, data: ArraySlice<UInt8>, details: EventDetails, form: EventForm = .tcg2
    ) {
        self.number = number
        self.offset = offset
        self.measurementIndex = measurementIndex
        self.type = type
        self.digests = digests
        self.digest = digest
        self.data = data
        self.details = details
        self.form = form
    }

    /// The register that the event names; `nil` for MRTD.
    public var register: RuntimeRegister? { RuntimeRegister(rawValue: Int(measurementIndex) - 1) }

    /// What a trust domain was asked to extend, and where: nothing for EV_NO_ACTION, whatever its digest says, and nothing
    /// for MRTD (event-logs 1.4).
    var extended: (register: RuntimeRegister, digest: FixedBytes<48>)? {
        guard type != .noAction, let register, let digest else { return nil }
        return (register, digest)
    }
}

/// A digest with the TCG's number for its algorithm (event-logs 1.5).
public struct AlgorithmDigest: Hashable, Sendable {
    public let algorithm: UInt16
    public let digest: ArraySlice<UInt8>

    public static let sha384: UInt16 = 0x000C

    /// Sizes of the algorithms that are known; another one's is what the header says.
    static let sizes: [UInt16: Int] = [
        0x0004: 20, 0x000B: 32, 0x000C: 48, 0x000D: 64, 0x0012: 32, 0x0027: 32, 0x0028: 48, 0x0029: 64,
    ]

    /// As Trustee writes it; the number for what has no name.
    public var algorithmName: String {
        switch algorithm {
        case 0x0004: "SHA-1"
        case 0x000B: "SHA-256"
        case 0x000C: "SHA-384"
        case 0x000D: "SHA-512"
        case 0x0012: "SM3"
        case 0x0027: "SHA3-256"
        case 0x0028: "SHA3-384"
        case 0x0029: "SHA3-512"
        default: "0x" + String(algorithm, radix: 16)
        }
    }
}
