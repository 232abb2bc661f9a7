public import Wire

/// The four runtime measurement registers, as a verified quote gives them.
public struct QuotedRegisters: Hashable, Sendable {
    public var rtmr0: FixedBytes<48>
    public var rtmr1: FixedBytes<48>
    public var rtmr2: FixedBytes<48>
    public var rtmr3: FixedBytes<48>

    public init(_ rtmr0: FixedBytes<48>, _ rtmr1: FixedBytes<48>, _ rtmr2: FixedBytes<48>, _ rtmr3: FixedBytes<48>) {
        self.rtmr0 = rtmr0
        self.rtmr1 = rtmr1
        self.rtmr2 = rtmr2
        self.rtmr3 = rtmr3
    }

    /// As at the power-on of a trust domain.
    public static let zero = QuotedRegisters(
        FixedBytes<48>(), FixedBytes<48>(), FixedBytes<48>(), FixedBytes<48>())

    public subscript(register: RuntimeRegister) -> FixedBytes<48> {
        get {
            switch register {
            case .rtmr0: rtmr0
            case .rtmr1: rtmr1
            case .rtmr2: rtmr2
            case .rtmr3: rtmr3
            }
        }
        set {
            switch register {
            case .rtmr0: rtmr0 = newValue
            case .rtmr1: rtmr1 = newValue
            case .rtmr2: rtmr2 = newValue
            case .rtmr3: rtmr3 = newValue
            }
        }
    }
}

/// Which of the four.
public enum RuntimeRegister: Int, CaseIterable, Hashable, Sendable, Comparable {
    case rtmr0, rtmr1, rtmr2, rtmr3

    /// The register's number in a CC event log: 0 is MRTD (event-logs 1.6).
    public var measurementIndex: UInt32 { UInt32(rawValue) + 1 }
    public var name: String { "rtmr\(rawValue)" }

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
