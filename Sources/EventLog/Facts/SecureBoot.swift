import Wire

/// Whether the firmware had Secure Boot on, by the digests of RTMR0 alone: types, names and data are the sender's word
/// (event-logs 1.7).
public enum SecureBoot: Hashable, Sendable {
    /// The variable was measured as 1 before the firmware's first separator.
    case on
    /// It was measured as 0, or as absent.
    case off
    /// RTMR0 did not replay.
    case notReplayed
    /// No separator: nobody knows where the firmware's own configuration ends.
    case noSeparator
    /// Before the first separator it was measured with two values.
    case ambiguous
    /// Before the first separator it was not measured.
    case notMeasured

    static let absentDigest = Digest.sha384(variable([]))
    static let offDigest = Digest.sha384(variable([0]))
    static let onDigest = Digest.sha384(variable([1]))
    /// Of the two values that end a phase, and of the one that reports an error.
    static let separators = Set(
        [[0, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0xFF], [1, 0, 0, 0]].map { (bytes: [UInt8]) in Digest.sha384(bytes[...]) })

    /// - Parameter digests: What was extended into RTMR0, in order; `nil` where it did not replay.
    init(_ digests: [FixedBytes<48>]?) {
        guard let digests else {
            self = .notReplayed
            return
        }
        guard let end = digests.firstIndex(where: Self.separators.contains) else {
            self = .noSeparator
            return
        }
        let values = Set(digests[..<end]).intersection([Self.absentDigest, Self.offDigest, Self.onDigest])
        switch values.count {
        case 0: self = .notMeasured
        case 1: self = values.contains(Self.onDigest) ? .on : .off
        default: self = .ambiguous
        }
    }

    /// `nil` where it is unknown.
    public var isOn: Bool? {
        switch self {
        case .on: true
        case .off: false
        case .notReplayed, .noSeparator, .ambiguous, .notMeasured: nil
        }
    }

    /// UEFI_VARIABLE_DATA of `SecureBoot`: GUID, sizes, name, value.
    private static func variable(_ value: [UInt8]) -> ArraySlice<UInt8> {
        func littleEndian(_ value: Int) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        let name = "SecureBoot"
        let sizes = littleEndian(name.utf16.count) + littleEndian(value.count)
        return (UEFIVariable.globalGUID + sizes + UTF16Text.encode(name) + value)[...]
    }
}
