import DCAPFormats
import Wire

/// Turns texts into values, and collects every problem on the way.
struct ValueReader {
    let layers: ConfigurationLayers
    private(set) var problems: [ConfigurationProblem] = []
    private(set) var settings: [ServiceConfiguration.Setting] = []

    init(layers: ConfigurationLayers) {
        self.layers = layers
        for key in ConfigurationKey.allCases {
            if let (text, source) = layers.value(of: key) {
                settings.append(ServiceConfiguration.Setting(key: key, text: text, source: source))
            } else {
                settings.append(
                    ServiceConfiguration.Setting(key: key, text: key.defaultText ?? "", source: "default"))
            }
        }
    }

    private func setting(_ key: ConfigurationKey) -> ServiceConfiguration.Setting? {
        settings.first { $0.key == key }
    }

    mutating func problem(_ key: ConfigurationKey, _ found: String, _ wanted: String) {
        problems.append(
            ConfigurationProblem(
                key.rawValue, source: setting(key)?.source ?? "default", found: found, wanted: wanted))
    }

    /// `nil` for nothing and for an empty text.
    func text(_ key: ConfigurationKey) -> String? {
        setting(key).flatMap { $0.text.isEmpty ? nil : $0.text }
    }

    func list(_ key: ConfigurationKey) -> [String] {
        (text(key) ?? "").split(separator: ",").map { item in
            String(item.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }.filter { !$0.isEmpty }
    }

    mutating func flag(_ key: ConfigurationKey) -> Bool { choice(key, [("true", true), ("false", false)]) ?? false }

    mutating func choice<Value>(_ key: ConfigurationKey, _ choices: [(String, Value)]) -> Value? {
        let text = text(key) ?? ""
        if let match = choices.first(where: { $0.0 == text }) { return match.1 }
        problem(key, text, choices.map(\.0).joined(separator: " or "))
        return nil
    }

    mutating func integer(_ key: ConfigurationKey, _ range: ClosedRange<Int64>) -> Int64 {
        let text = text(key) ?? ""
        guard let value = Int64(text), range.contains(value) else {
            problem(key, text, "a whole number from \(range.lowerBound) to \(range.upperBound)")
            return range.lowerBound
        }
        return value
    }

    /// `host:port`, `[v6]:port`.
    mutating func address(_ key: ConfigurationKey) -> ServiceConfiguration.Address {
        let text = text(key) ?? ""
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else {
            problem(key, text, "an address and a port, as 127.0.0.1:8080 or [::1]:8080")
            return ServiceConfiguration.Address(host: "", port: 0)
        }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        if host.isEmpty { problem(key, text, "an address before the port; 0.0.0.0 is every one") }
        return ServiceConfiguration.Address(host: host, port: port)
    }

    /// As `address`, or a port alone for the loopback address; `nil` for nothing.
    mutating func adminAddress() -> ServiceConfiguration.Address? {
        guard let text = text(.adminListen) else { return nil }
        if let port = UInt16(text) { return ServiceConfiguration.Address(host: "127.0.0.1", port: Int(port)) }
        return address(.adminListen)
    }

    mutating func issuer() -> String? {
        guard let text = text(.issuer) else { return nil }
        let isURL = text.hasPrefix("https://") || text.hasPrefix("http://")
        guard isURL, !text.hasSuffix("/"), !text.contains("?"), !text.contains("#"), !text.contains(" ") else {
            problem(.issuer, text, "an http or https URL without query, fragment and a slash at its end")
            return nil
        }
        return text
    }

    mutating func webhooks() -> [String] {
        let list = list(.webhooksURLs)
        guard list.count <= 16 else {
            problem(.webhooksURLs, "\(list.count)", "at most 16")
            return []
        }
        return list.filter { url in
            let isHere = ["http://127.0.0.1", "http://[::1]", "http://localhost"].contains { host in
                url.hasPrefix(host) && [nil, ":", "/"].contains(url.dropFirst(host.count).first)
            }
            let rest = url.hasPrefix("https://") ? url.dropFirst(8) : ""
            guard isHere || !rest.isEmpty && rest.first != "/", !url.contains("@"), !url.contains(" ") else {
                problem(
                    .webhooksURLs, url, "https URLs without credentials; http only to 127.0.0.1, [::1] or localhost")
                return false
            }
            return true
        }
    }

    mutating func origins() -> [String]? {
        let list = list(.corsOrigins)
        guard list != ["*"] else { return nil }
        for origin in list {
            let rest = origin.split(separator: "/", omittingEmptySubsequences: false)
            guard origin.hasPrefix("http://") || origin.hasPrefix("https://"), rest.count == 3, !rest[2].isEmpty else {
                problem(.corsOrigins, origin, "origins such as https://chat.example.cn, or * alone")
                continue
            }
        }
        return list
    }

    mutating func services(
        allowsHTTP: Bool, qcnl: String?, readFile: (String) -> [UInt8]?
    ) -> [CollateralAddress] {
        var texts = list(.pccs)
        var key = ConfigurationKey.pccs
        if texts.isEmpty, let qcnl {
            key = .qcnl
            guard let bytes = readFile(qcnl) else {
                problem(.qcnl, "\(qcnl), which cannot be read", "a QCNL configuration file")
                return []
            }
            do throws(QCNLConfiguration.Defect) {
                texts = [try QCNLConfiguration(parsing: bytes).collateralBase]
            } catch {
                problem(.qcnl, error.sentence, "a QCNL configuration file that this service may follow")
                return []
            }
        }
        if texts.isEmpty { texts = [CollateralAddress.beijing] }
        return texts.compactMap { text in
            let isPCS = text.hasPrefix("pcs+")
            let url = isPCS ? String(text.dropFirst(4)) : text
            do throws(CollateralAddress.Defect) {
                return try CollateralAddress(url, kind: isPCS ? .pcs : nil, allowingHTTP: allowsHTTP)
            } catch {
                let (found, wanted) = Self.words(error)
                problem(key, "\(url): \(found)", wanted)
                return nil
            }
        }
    }

    private static func words(_ defect: CollateralAddress.Defect) -> (String, String) {
        switch defect {
        case .notAnURL: ("no URL", "https://host/sgx/certification/v4/")
        case .scheme("http"): ("plain http", "https, or pccs_allow_http to say that you mean it")
        case .scheme(let scheme): ("the scheme \(scheme)", "https")
        case .credentials: ("a user or password", "none: they would end up in logs")
        case .query: ("a query", "none")
        case .fragment: ("a fragment", "none")
        case .noSGXSegment:
            ("no path segment sgx, or several", "one, as in /sgx/certification/v4/, to find the TDX interface by")
        }
    }
}
