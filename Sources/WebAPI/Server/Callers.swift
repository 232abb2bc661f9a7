package import AttestationService
import HTTPTypes
import Hummingbird
import MerkleLog
import Wire

/// Callers who have a budget of their own: names, rates, and the digests of their keys. The keys themselves are nowhere here.
package struct Callers: Sendable {
    package struct Defect: Error, Hashable, Sendable {
        package let sentence: String
    }

    /// By the digest of the key.
    private let names: [MerkleHash: String]
    /// By name.
    package let rates: [String: CallerBudget.Rate]

    /// Nobody.
    package init() { (names, rates) = ([:], [:]) }

    /// - Parameter text: Lines of `name verdicts-a-minute[,burst] sha256-of-the-key`, comments from `#`.
    package init(parsing text: String) throws(Defect) {
        var names: [MerkleHash: String] = [:]
        var rates: [String: CallerBudget.Rate] = [:]
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let parts = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" || $0 == "\r" }
            guard !parts.isEmpty else { continue }
            let place = "line \(number + 1)"
            guard parts.count == 3, (1...64).contains(parts[0].utf8.count) else {
                throw Defect(sentence: "\(place): wanted a name, verdicts a minute, and SHA-256 of the key")
            }
            let figures = parts[1].split(separator: ",", omittingEmptySubsequences: false).map { Int64($0) }
            guard (1...2).contains(figures.count), let minute = figures[0], let burst = figures.last ?? nil,
                (0...10_000_000).contains(minute), (0...10_000_000).contains(burst)
            else {
                throw Defect(
                    sentence:
                        "\(place): found \(parts[1].prefix(32)), wanted verdicts a minute, or these and a burst, as "
                        + "600,100; 0 is no limit")
            }
            guard let digest = Hex.decode(String(parts[2])).flatMap({ MerkleHash(exactly: $0) }) else {
                throw Defect(sentence: "\(place): the digest has 64 hexadecimal digits")
            }
            let name = String(parts[0])
            let rate = CallerBudget.Rate(perMinute: minute, burst: figures.count == 2 ? burst : max(1, minute / 2))
            guard names.updateValue(name, forKey: digest) == nil else {
                throw Defect(sentence: "\(place): found a key that stands above, wanted each once")
            }
            guard rates[name].map({ $0 == rate }) ?? true else {
                throw Defect(sentence: "\(place): found \(name) with another rate above, wanted one rate for a name")
            }
            rates[name] = rate
        }
        (self.names, self.rates) = (names, rates)
    }

    func name(ofKey digest: MerkleHash) -> String? { names[digest] }
    var isEmpty: Bool { names.isEmpty }
}

/// Whose request it is: known by a token of theirs, else by their address.
struct CallerIdentity: Sendable {
    let callers: Callers
    let auditors: Auditors
    let proxies: TrustedProxies

    func principal(of request: Request, from peer: String) -> Principal {
        if !(callers.isEmpty && auditors.isEmpty), let token = request.headers[.authorization].flatMap(Self.bearer) {
            let digest = MerkleHashing.sha256(token)
            if let name = callers.name(ofKey: digest) ?? auditors.name(ofToken: digest) { return .named(name) }
        }
        return .client(proxies.client(of: request, from: peer))
    }

    private static func bearer(_ header: String) -> Substring.UTF8View? {
        header.prefix(7).lowercased() == "bearer " ? header.dropFirst(7).utf8 : nil
    }
}
