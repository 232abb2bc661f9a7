public import Wire

/// Why bytes are no entry of a log.
public enum LogEntryFailure: Error, Hashable, Sendable {
    /// Empty, or above the size limit.
    case size(Int)
    case notCanonical(CanonicalJSONError)
    /// A member that every entry or this kind of entry needs is not there.
    case missing(String)
    /// A member is there, and not what the format says.
    case malformed(String)
}

extension LogEntryFailure: CustomStringConvertible {
    public var description: String {
        switch self {
        case .size(let count): "\(count) bytes, where an entry has 1 to \(Limits.leafBytes)"
        case .notCanonical(let error): "not canonical JSON: \(error)"
        case .missing(let name): "\(name) is missing"
        case .malformed(let name): "\(name) is not what the format says"
        }
    }
}

/// Takes the members that a kind knows; what is left is kept as it is (E-5).
struct MemberReader {
    private(set) var rest: [(String, JSON)]

    private mutating func take(_ name: String) -> JSON? {
        guard let position = rest.firstIndex(where: { $0.0 == name }) else { return nil }
        return rest.remove(at: position).1
    }

    init(_ members: [(String, JSON)]) { rest = members }

    mutating func optional<Value>(
        _ name: String, _ read: (JSON) -> Value?
    ) throws(LogEntryFailure) -> Value? {
        guard let json = take(name) else { return nil }
        guard let value = read(json) else { throw .malformed(name) }
        return value
    }

    mutating func required<Value>(_ name: String, _ read: (JSON) -> Value?) throws(LogEntryFailure) -> Value {
        guard let value = try optional(name, read) else { throw .missing(name) }
        return value
    }
}

/// How members are read and written.
enum MemberValue {
    static func string(_ json: JSON) -> String? {
        guard case .string(let text) = json else { return nil }
        return text
    }

    static func integer(_ json: JSON) -> Int64? {
        guard case .integer(let number) = json else { return nil }
        return number
    }

    static func count(_ json: JSON) -> Int64? { integer(json).flatMap { $0 >= 0 ? $0 : nil } }

    static func bool(_ json: JSON) -> Bool? {
        guard case .bool(let flag) = json else { return nil }
        return flag
    }

    static func hash(_ json: JSON) -> MerkleHash? {
        string(json).flatMap(hexBytes).flatMap { MerkleHash(exactly: $0) }
    }

    /// Lower-case hexadecimal of any even length.
    static func hex(_ json: JSON) -> [UInt8]? { string(json).flatMap(hexBytes) }

    static func strings(_ json: JSON) -> [String]? { list(json, string) }
    static func hashes(_ json: JSON) -> [MerkleHash]? { list(json, hash) }

    static func list<Element>(_ json: JSON, _ read: (JSON) -> Element?) -> [Element]? {
        guard case .array(let elements) = json else { return nil }
        let values = elements.compactMap(read)
        return values.count == elements.count ? values : nil
    }

    static func named<Value: RawRepresentable>(_ json: JSON) -> Value? where Value.RawValue == String {
        string(json).flatMap(Value.init)
    }

    private static func hexBytes(_ text: String) -> [UInt8]? {
        guard let bytes = Hex.decode(text), Hex.encode(bytes) == text else { return nil }
        return bytes
    }
}

/// Members in a row, the absent ones left out.
struct MemberWriter {
    private(set) var members: [(String, JSON)] = []

    mutating func add(_ name: String, _ text: String?) { if let text { members.append((name, .string(text))) } }
    mutating func add(_ name: String, _ number: Int64?) { if let number { members.append((name, .integer(number))) } }
    mutating func add(_ name: String, _ flag: Bool?) { if let flag { members.append((name, .bool(flag))) } }
    mutating func add(_ name: String, _ hash: MerkleHash?) { add(name, hash?.hex) }
    mutating func add(_ name: String, hex bytes: [UInt8]?) { add(name, bytes.map { Hex.encode($0) }) }
    mutating func add(_ name: String, _ texts: [String]) { add(name, texts.map { .string($0) }) }
    mutating func add(_ name: String, _ elements: [JSON]) { members.append((name, .array(elements))) }
}
