/// Three-valued: what is not known satisfies neither a test nor its opposite, so leaving evidence out never helps
/// (event-logs 2.6).
enum Truth: Hashable, Sendable {
    case yes, no, unknown

    static prefix func ! (truth: Truth) -> Truth {
        switch truth {
        case .yes: .no
        case .no: .yes
        case .unknown: .unknown
        }
    }

    /// False if one part is false, else unknown if one is.
    static func all(_ parts: [Truth]) -> Truth {
        parts.contains(.no) ? .no : parts.contains(.unknown) ? .unknown : .yes
    }

    /// True if one part is true, else unknown if one is.
    static func any(_ parts: [Truth]) -> Truth {
        parts.contains(.yes) ? .yes : parts.contains(.unknown) ? .unknown : .no
    }

    /// Of a claim that has more than one value: true if it is true of each, false if it is false of each.
    static func each(_ values: [Truth]) -> Truth {
        guard let first = values.first, values.allSatisfy({ $0 == first }) else { return .unknown }
        return first
    }
}
