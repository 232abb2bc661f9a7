import DCAPFormats
import Wire

/// What a TD's report says of a service TD, such as one that migrates it (dcap 5.9).
public enum ServiceTD: String, CaseIterable, Hashable, Sendable {
    /// The body has the field, and it is zero.
    case unbound = "none"
    case bound
    /// No service TD is named, and a hash of one is there.
    case inconsistent
    /// The service TD is not the one that the TD began with.
    case changed
    /// A body of TDX 1.0 has no field for it. The host chooses the quote's version, so silence is not absence.
    case unsayable
}

extension TDReport {
    /// The strongest that applies.
    var serviceTD: ServiceTD {
        guard let tdx15 else { return .unsayable }
        let (initial, current) = (tdx15.extended?.initServTDHash, tdx15.extended?.curServTDHash)
        guard tdx15.mrServiceTD.isZero else { return initial == current ? .bound : .changed }
        return (initial?.isZero ?? true) && (current?.isZero ?? true) ? .unbound : .inconsistent
    }
}

extension TDReport {
    /// Every value that names or hashes one, in hex; zeros are none.
    var namedServiceTDs: [String] {
        guard let tdx15 else { return [] }
        var values = [tdx15.mrServiceTD]
        if let extended = tdx15.extended { values += [extended.initServTDHash, extended.curServTDHash] }
        return values.filter { !$0.isZero }.map { $0.hex }
    }
}

extension RecordedFacts {
    /// `nil` for an enclave, which has none.
    public var serviceTD: ServiceTD? {
        if case .td(let report) = body { report.serviceTD } else { nil }
    }
}
