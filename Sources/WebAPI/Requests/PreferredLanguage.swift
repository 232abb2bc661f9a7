import HTTPTypes
import Words

extension Language {
    /// The one of ours that a caller likes best (RFC 9110 12.5.4); English where none is named.
    init(preferredBy headers: HTTPFields) {
        self = .english
        var best = 0.0
        for range in (headers[.acceptLanguage] ?? "").split(separator: ",").prefix(16) {
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            guard let name = parts.first?.split(separator: "-").first,
                let language = Language(rawValue: String(name))
            else { continue }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            guard weight > best else { continue }
            (self, best) = (language, weight)
        }
    }
}
