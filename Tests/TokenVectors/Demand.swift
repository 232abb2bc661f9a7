import Foundation

/// A value of the table, of whatever kind: a demand may be of another one than it should.
public enum DemandValue: Codable, Hashable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case fraction(Double)
    case text(String)
    case list([DemandValue])
    case members([String: DemandValue])

    public init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let flag = try? value.decode(Bool.self) {
            self = .boolean(flag)
        } else if let number = try? value.decode(Int64.self) {
            self = .integer(number)
        } else if let number = try? value.decode(Double.self) {
            self = .fraction(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let list = try? value.decode([DemandValue].self) {
            self = .list(list)
        } else {
            self = .members(try value.decode([String: DemandValue].self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .null: try value.encodeNil()
        case .boolean(let flag): try value.encode(flag)
        case .integer(let number): try value.encode(number)
        case .fraction(let number): try value.encode(number)
        case .text(let text): try value.encode(text)
        case .list(let list): try value.encode(list)
        case .members(let members): try value.encode(members)
        }
    }

    /// For checkers whose demands are texts: a text as it is, anything else as JSON.
    public var spelling: String {
        if case .text(let text) = self { return text }
        return (try? JSONEncoder().encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "nothing"
    }

    public var text: String? { if case .text(let text) = self { text } else { nil } }
    public var integer: Int64? { if case .integer(let number) = self { number } else { nil } }
    var texts: [String]? {
        guard case .list(let list) = self else { return nil }
        let texts = list.compactMap(\.text)
        return texts.count == list.count ? texts : nil
    }
    var listsByName: [String: [String]]? {
        guard case .members(let members) = self else { return nil }
        let lists = members.compactMapValues(\.texts)
        return lists.count == members.count ? lists : nil
    }
    var textsByName: [String: String]? {
        guard case .members(let members) = self else { return nil }
        let texts = members.compactMapValues(\.text)
        return texts.count == members.count ? texts : nil
    }
}

extension TokenVectors {
    /// What is demanded of a token, as the table says it; each checker has words of its own for it.
    public struct Demand: Sendable {
        public enum Name: String, CaseIterable, Sendable {
            case issuer, audience, nonce, minimum, freshness, policies, references, measurements
            case confirmation, skew, log, proof
            case defaultPolicies = "default_policies"
            case minimumStatus = "minimum_status"
            case keySetURL = "key_set_url"
            case statusList = "status_list"
            /// In seconds.
            case maximumAge = "max_age"
        }

        /// A row that must not be asked of a checker: it would pass over what is demanded.
        public struct Unsayable: Error, CustomStringConvertible {
            let name: String
            let value: DemandValue
            public var description: String { "\(name) \(value.spelling) cannot be demanded of this checker" }
        }

        public let issuer, audience, nonce, minimumStatus, confirmation, keySetURL, statusList, proof: String?
        public let minimum: [String: String]?
        public let freshness: String?
        public let policies, defaultPolicies, references: [String]?
        public let measurements: [String: [String]]?
        public let skew: Int64?
        /// Of any kind: a gate takes a number as text.
        public let maximumAge: DemandValue?
        /// Verifier keys of the logs that are believed.
        public let logKeys: [String]?

        /// - Parameter sayable: What the checker can be asked for.
        /// - Throws: ``Unsayable`` where something else is demanded, or a value of another kind.
        init(_ values: [String: DemandValue], _ sayable: Set<Name>) throws {
            for (name, value) in values {
                guard let known = Name(rawValue: name), sayable.contains(known) else {
                    throw Unsayable(name: name, value: value)
                }
            }
            func read<Value>(_ name: Name, _ convert: (DemandValue) -> Value?) throws -> Value? {
                guard let value = values[name.rawValue] else { return nil }
                guard let converted = convert(value) else { throw Unsayable(name: name.rawValue, value: value) }
                return converted
            }
            issuer = try read(.issuer, \.text)
            audience = try read(.audience, \.text)
            nonce = try read(.nonce, \.text)
            minimumStatus = try read(.minimumStatus, \.text)
            confirmation = try read(.confirmation, \.text)
            keySetURL = try read(.keySetURL, \.text)
            statusList = try read(.statusList, \.text)
            proof = try read(.proof, \.text)
            minimum = try read(.minimum, \.textsByName)
            freshness = try read(.freshness, \.text)
            policies = try read(.policies, \.texts)
            defaultPolicies = try read(.defaultPolicies, \.texts)
            measurements = try read(.measurements, \.listsByName)
            references = try read(.references, \.texts)
            skew = try read(.skew, \.integer)
            maximumAge = values[Name.maximumAge.rawValue]
            logKeys = try read(.log) { value in
                if case .members(let members) = value { members["keys"]?.texts } else { nil }
            }
        }
    }
}
