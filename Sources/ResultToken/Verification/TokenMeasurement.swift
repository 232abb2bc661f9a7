import Wire
import Words

/// What of the evidence's measurements every shape of token repeats.
public enum TokenMeasurement: String, CaseIterable, Hashable, Sendable {
    case mrTD = "mr_td"
    case rtmr0, rtmr1, rtmr2, rtmr3
    case mrEnclave = "mr_enclave"
    case mrSigner = "mr_signer"

    package var byteCount: Int {
        switch self {
        case .mrTD, .rtmr0, .rtmr1, .rtmr2, .rtmr3: 48
        case .mrEnclave, .mrSigner: 32
        }
    }

    /// Its name in our tokens.
    private var claim: String {
        switch self {
        case .mrTD: "tdx_mrtd"
        case .rtmr0, .rtmr1, .rtmr2, .rtmr3: "tdx_" + rawValue
        case .mrEnclave: "sgx_mrenclave"
        case .mrSigner: "sgx_mrsigner"
        }
    }

    /// Its place in the tokens of Trustee, and with dots its name in those of Alibaba.
    private var path: [String] {
        switch self {
        case .mrTD: ["tdx", "quote", "body", "mr_td"]
        case .rtmr0, .rtmr1, .rtmr2, .rtmr3: ["tdx", "quote", "body", "rtmr_" + rawValue.suffix(1)]
        case .mrEnclave: ["sgx", "body", "mr_enclave"]
        case .mrSigner: ["sgx", "body", "mr_signer"]
        }
    }

    /// Values in the one spelling that tokens have.
    func checked(_ values: Set<String>) throws(TokenExpectations.Defect) -> Set<String> {
        var checked: Set<String> = []
        for value in values {
            let digits = value.lowercased()
            guard digits.utf8.count == 2 * byteCount, Hex.decode(digits) != nil else {
                throw TokenExpectations.Defect(
                    demand: rawValue, found: value, wanted: "\(2 * byteCount) hex digits")
            }
            checked.insert(digits)
        }
        return checked
    }

    /// Every value that a token gives for it; of a place where something else stands, one that is in no list.
    func values(_ claims: JSONValue) -> [String] {
        var found: [String] = []
        for submodule in claims.member("submods")?.members.map(\.value) ?? [] {
            found += Self.text(submodule, ["ear_attester_claims", claim])
            found += Self.text(submodule, ["ear.veraison.annotated-evidence"] + path)
        }
        guard let flat = claims.member("tcb-status") else { return found }
        guard let text = flat.string, let document = try? JSONDocument(parsing: Array(text.utf8)) else {
            return found + [Self.unreadable]
        }
        return found + Self.text(document.root, [path.joined(separator: ".")])
    }

    private static let unreadable = "what cannot be read"

    private static func text(_ holder: JSONValue, _ path: [String]) -> [String] {
        var holder = holder
        for name in path {
            guard holder.kind == .object else { return [unreadable] }
            guard let value = holder.members.first(where: { $0.name.hasSameBytes(as: name) })?.value else { return [] }
            holder = value
        }
        return [holder.string ?? unreadable]
    }
}

extension TokenVerifier {
    /// The first measurement that is not what it should be; else what all of them are.
    func measurements(_ claims: JSONValue) -> TokenCheck {
        guard !expectations.measurements.isEmpty else {
            return TokenCheck(.measurements, .notPerformed(reason: "no measurement was given"))
        }
        var names: [String] = []
        for name in TokenMeasurement.allCases {
            guard let wanted = expectations.measurements[name] else { continue }
            let found = name.values(claims)
            guard !found.isEmpty, found.allSatisfy({ each in wanted.contains { $0.hasSameBytes(as: each) } }) else {
                return TokenCheck(
                    .measurements, .failed,
                    found: name.rawValue + " " + (found.isEmpty ? "absent" : found.joined(separator: ", ")),
                    wanted: wanted.sorted().joined(separator: " or "))
            }
            names.append(name.rawValue)
        }
        return TokenCheck(.measurements, .passed, found: names.joined(separator: ", "))
    }
}
