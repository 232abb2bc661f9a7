import Foundation

/// What the service says of a token: the members of its answer that are looked at. What has another shape than it should
/// counts as absent, as a hash that is in no list, or, in `submods`, as a ``defect``.
public struct AttestationIntrospection: Decodable, Sendable {
    public let active: Bool
    /// Why it is not.
    public let reason: String?
    public let earStatus: String?
    public let nonce: String?
    public let audiences: [String]
    public let issued: Int64?
    /// RFC 7638 thumbprint of the key that the token confirms.
    public let keyThumbprint: String?
    /// The trustworthiness vector of each submodule.
    public let vectors: [[String: Int64]]
    /// What of the submodules cannot be read, so that nobody knows what it would say; `nil` where all of it can.
    public let defect: String?
    /// SHA-256 in hex.
    public let policies: [String]
    public let references: [String]
    /// SHA-256 in hex of the policy that the service judges by where none is named.
    public let defaultPolicy: String?
    /// What is found where the quote may be old, or where the token does not say; `nil` for a fresh one.
    public let staleness: String?
    /// Every value that the token gives, by name.
    public let measurements: [String: [String]]

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private typealias Members = KeyedDecodingContainer<Name>

    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Name.self)
        active = try members.decode(Bool.self, forKey: Name("active"))
        func text(_ name: String) -> String? { try? members.decode(String.self, forKey: Name(name)) }
        reason = text("reason")
        earStatus = text("ear_status")
        nonce = text("eat_nonce")
        audiences = (try? members.decode([String].self, forKey: Name("aud"))) ?? text("aud").map { [$0] } ?? []
        issued = try? members.decode(Int64.self, forKey: Name("iat"))
        keyThumbprint = Self.inside("cnf", of: members).flatMap { try? $0.decode(String.self, forKey: Name("jkt")) }
        let submods = Self.submods(of: members)
        let parts = submods.parts
        (vectors, defect) = (submods.vectors, submods.defect)
        let peers = parts.map { Self.inside("ear.veraison.policy-claims", of: $0) }
        policies =
            parts.flatMap { Self.texts("ear_appraisal_policy_ids", of: $0).map(Self.hash(named:)) }
            + peers.flatMap { $0?.contains(Name("policy_sha256")) == true ? [Self.text("policy_sha256", of: $0)] : [] }
            + Self.reports(members)
        let holders = [members] + parts.map { Self.inside("ear_verifier_claims", of: $0) } + peers
        let said = holders.compactMap { $0 }.filter { $0.contains(Name("reasons")) }
        let reasons = said.flatMap { Self.texts("reasons", of: $0) }
        let isFresh = !said.isEmpty && !reasons.contains { ["NOT_FRESH", Self.noText, Self.noArray].contains($0) }
        staleness = isFresh ? nil : said.isEmpty ? "no reasons" : reasons.joined(separator: ", ")
        defaultPolicy = text("default_policy_sha256")
        let flat = members.contains(Name("tcb-status")) ? [FlatClaims(text("tcb-status"))] : []
        measurements = AttestationWords.measurements.mapValues { place in
            parts.flatMap {
                Self.values(["ear_attester_claims", place.claim], of: $0)
                    + Self.values(["ear.veraison.annotated-evidence"] + place.path, of: $0)
            } + flat.flatMap { $0.values(place.path.joined(separator: ".")) }
        }
        references =
            holders
            .flatMap { $0.map { Self.texts("references", of: $0) } ?? [] }
            .map { $0.hasPrefix("sha256:") ? String($0.dropFirst(7)) : "\($0), which names no hash" }
    }

    private struct Submods {
        var parts: [Members] = []
        var vectors: [[String: Int64]] = []
        var defect: String?
    }

    /// Every submodule: one that is none must not be passed over, with what is demanded of it.
    private static func submods(of members: Members) -> Submods {
        var found = Submods()
        guard members.contains(Name("submods")) else { return found }
        guard let submods = inside("submods", of: members) else {
            found.defect = "found another kind, wanted an object"
            return found
        }
        for name in submods.allKeys.map(\.stringValue) {
            guard let part = inside(name, of: submods) else {
                found.defect = "found \(name), which is no object"
                continue
            }
            found.parts.append(part)
            guard let vector = vector(of: part) else {
                found.defect = "found \(name), whose vector is no object of integers of eight bits"
                continue
            }
            found.vectors.append(vector)
        }
        return found
    }

    /// An empty one where it was left out; `nil` for one that cannot be read.
    private static func vector(of part: Members) -> [String: Int64]? {
        let names = ["ear_trustworthiness_vector", "ear.trustworthiness-vector"]
        guard let name = names.first(where: { part.contains(Name($0)) }) else { return [:] }
        let vector = try? part.decode([String: Int64].self, forKey: Name(name))
        return vector?.values.allSatisfy { Int8(exactly: $0) != nil } == true ? vector : nil
    }

    private static func inside(_ name: String, of members: Members) -> Members? {
        try? members.nestedContainer(keyedBy: Name.self, forKey: Name(name))
    }

    private static func text(_ name: String, of members: Members?) -> String {
        (try? members?.decode(String.self, forKey: Name(name))) ?? "no text"
    }

    /// The texts of an array; one that is in no list, where something else stands.
    private static func texts(_ name: String, of members: Members) -> [String] {
        guard members.contains(Name(name)) else { return [] }
        guard var list = try? members.nestedUnkeyedContainer(forKey: Name(name)) else { return [noArray] }
        var texts: [String] = []
        while !list.isAtEnd {
            guard let text = try? list.decode(String.self) else { return texts + [noText] }
            texts.append(text)
        }
        return texts
    }

    private static let noText = "no text"
    private static let noArray = "no array"
    static let unreadable = "what cannot be read"

    /// What stands at a path: nothing where a member is absent, and one that is in no list where another kind stands.
    private static func values(_ path: [String], of members: Members) -> [String] {
        guard let name = path.first, members.contains(Name(name)) else { return [] }
        guard path.count > 1 else { return [(try? members.decode(String.self, forKey: Name(name))) ?? unreadable] }
        guard let inner = inside(name, of: members) else { return [unreadable] }
        return values(Array(path.dropFirst()), of: inner)
    }

    /// An object in a text, as Alibaba's tokens have it.
    private struct FlatClaims: Decodable {
        private let members: Members?

        init(_ text: String?) {
            let read = text.flatMap { try? JSONDecoder().decode(FlatClaims.self, from: Data($0.utf8)) }
            members = read?.members
        }

        init(from decoder: any Decoder) throws { members = try decoder.container(keyedBy: Name.self) }

        func values(_ name: String) -> [String] {
            members.map { AttestationIntrospection.values([name], of: $0) } ?? [AttestationIntrospection.unreadable]
        }
    }

    private static func reports(_ members: Members) -> [String] {
        let name = Name("evaluation-reports")
        guard members.contains(name) else { return [] }
        guard var list = try? members.nestedUnkeyedContainer(forKey: name) else { return ["no array"] }
        var hashes: [String] = []
        while !list.isAtEnd {
            guard let report = try? list.nestedContainer(keyedBy: Name.self) else { return hashes + ["no report"] }
            hashes.append(text("policy-hash", of: report))
        }
        return hashes
    }

    /// `ni:///sha-256;…` → hex (RFC 6920).
    private static func hash(named name: String) -> String {
        let prefix = "ni:///sha-256;"
        let digits = name.dropFirst(prefix.count)
        guard name.hasPrefix(prefix), digits.utf8.count == 43, let hash = AttestationWords.hex(ofBase64URL: digits)
        else {
            return "\(name), which names no hash"
        }
        return hash
    }
}

/// A demand that means nothing, such as a tier that is none.
public struct AttestationDemandError: Error, Hashable, Sendable {
    public let demand: String
    public let found: String
    public let wanted: String
}

enum AttestationWords {
    static let tiers = ["affirming", "warning", "contraindicated", "none"]
    static let categories = [
        "instance-identity", "configuration", "executables", "file-system", "hardware", "runtime-opaque",
        "storage-opaque", "sourced-data",
    ]

    /// From best to worst; a word that nobody knows is worse than all.
    static func rank(_ tier: String?) -> Int { tier.flatMap { tiers.firstIndex(of: $0) } ?? tiers.count }

    /// No assertion, or one about the verifier itself, is the worst.
    static func rank(tierOf value: Int64) -> Int {
        switch value {
        case -1...1: 3
        case 2...31, -32 ... -2: 0
        case 32...95, -96 ... -33: 1
        default: 2
        }
    }

    static func check(_ word: String, _ demand: String, _ words: [String]) throws(AttestationDemandError) {
        guard words.contains(word) else {
            throw AttestationDemandError(demand: demand, found: word, wanted: words.joined(separator: ", "))
        }
    }

    static func hashes(_ texts: [String]?, _ demand: String) throws(AttestationDemandError) -> Set<String>? {
        guard let texts else { return nil }
        var hashes: Set<String> = []
        for text in texts {
            let digits = text.lowercased()
            let hash = digits.hasPrefix("sha256:") ? String(digits.dropFirst(7)) : digits
            guard hash.utf8.count == 64, hash.utf8.allSatisfy(isDigit) else {
                throw AttestationDemandError(demand: demand, found: text, wanted: "SHA-256 in hex")
            }
            hashes.insert(hash)
        }
        return hashes
    }

    /// Which policies are taken.
    enum Policies {
        case any
        case named(Set<String>, withDefault: Bool)

        init(_ texts: [String]?) throws(AttestationDemandError) {
            let texts = texts ?? ["default"]
            guard texts != ["any"] else {
                self = .any
                return
            }
            guard !texts.contains("any") else {
                throw AttestationDemandError(
                    demand: "policies", found: texts.joined(separator: ", "), wanted: "any alone, or a list without it")
            }
            let hashes = try AttestationWords.hashes(texts.filter { $0 != "default" }, "policies") ?? []
            self = .named(hashes, withDefault: texts.contains("default"))
        }

        /// - Returns: `nil` where any is taken.
        func accepted(_ standard: String?) -> Set<String>? {
            switch self {
            case .any: nil
            case .named(let hashes, let withDefault):
                withDefault ? hashes.union([standard].compactMap { $0 }) : hashes
            }
        }
    }

    /// Each measurement with its count of digits, its name in our tokens, and its path in those of Trustee and Alibaba.
    static let measurements: [String: (digits: Int, claim: String, path: [String])] = [
        "mr_td": (96, "tdx_mrtd", ["tdx", "quote", "body", "mr_td"]),
        "rtmr0": (96, "tdx_rtmr0", ["tdx", "quote", "body", "rtmr_0"]),
        "rtmr1": (96, "tdx_rtmr1", ["tdx", "quote", "body", "rtmr_1"]),
        "rtmr2": (96, "tdx_rtmr2", ["tdx", "quote", "body", "rtmr_2"]),
        "rtmr3": (96, "tdx_rtmr3", ["tdx", "quote", "body", "rtmr_3"]),
        "mr_enclave": (64, "sgx_mrenclave", ["sgx", "body", "mr_enclave"]),
        "mr_signer": (64, "sgx_mrsigner", ["sgx", "body", "mr_signer"]),
    ]

    static func measurements(
        _ values: [String: [String]]
    ) throws(AttestationDemandError) -> [String: Set<String>] {
        var checked: [String: Set<String>] = [:]
        for (name, list) in values {
            guard let digits = measurements[name]?.digits else {
                let names = measurements.keys.sorted().joined(separator: ", ")
                throw AttestationDemandError(demand: "measurement", found: name, wanted: names)
            }
            checked[name] = []
            for value in list.map({ $0.lowercased() }) {
                guard value.utf8.count == digits, value.utf8.allSatisfy(isDigit) else {
                    throw AttestationDemandError(demand: name, found: value, wanted: "\(digits) hex digits")
                }
                checked[name]?.insert(value)
            }
        }
        return checked
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }

    static func hex(ofBase64URL digits: Substring) -> String? {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        var bits: UInt32 = 0
        var count = 0
        var hex = ""
        for digit in digits.utf8 {
            guard let value = alphabet.firstIndex(of: digit) else { return nil }
            bits = (bits << 6 | UInt32(value)) & 0xFFFF
            count += 6
            while count >= 4 {
                count -= 4
                hex += String(bits >> UInt32(count) & 0xF, radix: 16)
            }
        }
        // Two bits are left over, and are none of the hash.
        return bits & (1 << UInt32(count) - 1) == 0 ? hex : nil
    }
}
