import Wire

/// What is wrong with a trust policy, and in which line.
public struct TrustPolicyError: Error, Hashable, Sendable {
    public let line: Int
    public let sentence: String
}

extension TrustPolicy {
    /// Reads the file of transparency-log 7.4: lines of `log`, `witness`, `group` and one `quorum`, `#` for comments.
    public init(parsing bytes: [UInt8]) throws(TrustPolicyError) {
        guard bytes.count <= Limits.trustPolicyBytes else {
            throw TrustPolicyError(line: 1, sentence: "larger than \(Limits.trustPolicyBytes) bytes")
        }
        var reader = TrustPolicyReader()
        for (position, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            do throws(TrustPolicyReader.Complaint) {
                try reader.read(line)
            } catch {
                throw TrustPolicyError(line: position + 1, sentence: error.sentence)
            }
        }
        guard !reader.logs.isEmpty else { throw TrustPolicyError(line: 1, sentence: "there is no log line") }
        guard let quorum = reader.quorum else {
            throw TrustPolicyError(line: 1, sentence: "there is no quorum line; write quorum none to need no witness")
        }
        self.init(logs: reader.logs, witnesses: reader.witnesses, quorum: quorum)
    }
}

private struct TrustPolicyReader {
    struct Complaint: Error { let sentence: String }

    var logs: [TrustPolicy.Log] = []
    var witnesses: [TrustPolicy.Witness] = []
    /// `.some(nil)`: `quorum none` was read.
    var quorum: TrustPolicy.Member??
    private var members: [[UInt8]: TrustPolicy.Member] = [:]
    private var grouped: Set<[UInt8]> = []
    private var publicKeys: Set<[UInt8]> = []

    mutating func read(_ line: ArraySlice<UInt8>) throws(Complaint) {
        guard let text = String(validating: line, as: UTF8.self) else { throw Complaint(sentence: "no UTF-8") }
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 || $0 == "\t" }) else {
            throw Complaint(sentence: "a control character")
        }
        let items = line.prefix { $0 != 0x23 }.split { $0 == 0x20 || $0 == 0x09 }.map(Array.init)
        guard let keyword = items.first else { return }
        let rest = Array(items.dropFirst())
        switch String(decoding: keyword, as: UTF8.self) {
        case "log": try log(rest)
        case "witness": try witness(rest)
        case "group": try group(rest)
        case "quorum": try setQuorum(rest)
        default: throw Complaint(sentence: "a line begins with log, witness, group or quorum")
        }
    }

    private mutating func log(_ items: [[UInt8]]) throws(Complaint) {
        guard (1...2).contains(items.count) else { throw Complaint(sentence: "log needs a key, and may have a URL") }
        let key = try key(items[0])
        guard key.type == .ed25519 else { throw Complaint(sentence: "a log's key is of type 1 (Ed25519)") }
        logs.append(TrustPolicy.Log(key: key, url: try url(items.dropFirst().first)))
    }

    private mutating func witness(_ items: [[UInt8]]) throws(Complaint) {
        guard (2...3).contains(items.count) else {
            throw Complaint(sentence: "witness needs a name and a key, and may have a URL")
        }
        let key = try key(items[1])
        guard key.type != .ed25519 else {
            throw Complaint(sentence: "a witness's key is of type 4 (Ed25519 cosignature) or 6")
        }
        try define(items[0], as: .witness(key))
        witnesses.append(
            TrustPolicy.Witness(
                name: String(decoding: items[0], as: UTF8.self), key: key, url: try url(items.dropFirst(2).first)))
    }

    private mutating func group(_ items: [[UInt8]]) throws(Complaint) {
        guard items.count >= 3 else {
            throw Complaint(sentence: "group needs a name, a number or any or all, and members")
        }
        let names = items.dropFirst(2)
        guard names.count <= Limits.trustPolicyMembers else { throw Complaint(sentence: "too many members") }
        let needed: Int
        switch String(decoding: items[1], as: UTF8.self) {
        case "any": needed = 1
        case "all": needed = names.count
        default:
            guard let number = Decimal.parse(items[1]), number >= 1, number <= UInt64(names.count) else {
                throw Complaint(sentence: "a group needs between 1 and all of its members")
            }
            needed = Int(number)
        }
        var chosen: [TrustPolicy.Member] = []
        for name in names {
            let text = String(decoding: name, as: UTF8.self)
            guard let member = members[name] else { throw Complaint(sentence: "\(text) is not defined above") }
            guard grouped.insert(name).inserted else { throw Complaint(sentence: "\(text) is in a group already") }
            chosen.append(member)
        }
        try define(items[0], as: .group(needed: needed, of: chosen))
    }

    private mutating func setQuorum(_ items: [[UInt8]]) throws(Complaint) {
        guard quorum == nil else { throw Complaint(sentence: "there is a quorum line already") }
        guard items.count == 1 else { throw Complaint(sentence: "quorum needs one name, or none") }
        if items[0] == Array("none".utf8) {
            quorum = .some(nil)
        } else {
            guard let member = members[items[0]] else {
                throw Complaint(sentence: "\(String(decoding: items[0], as: UTF8.self)) is not defined above")
            }
            quorum = .some(member)
        }
    }

    private mutating func define(_ name: [UInt8], as member: TrustPolicy.Member) throws(Complaint) {
        let text = String(decoding: name, as: UTF8.self)
        guard text != "none" else { throw Complaint(sentence: "none cannot be a name") }
        guard members.count < Limits.trustPolicyMembers else { throw Complaint(sentence: "too many names") }
        guard members.updateValue(member, forKey: name) == nil else {
            throw Complaint(sentence: "\(text) is defined already")
        }
    }

    /// The same key under two names would count twice.
    private mutating func key(_ text: [UInt8]) throws(Complaint) -> NoteKey {
        let key: NoteKey
        do throws(NoteFailure) {
            key = try NoteKey(parsing: text)
        } catch {
            throw Complaint(sentence: error.description)
        }
        guard logs.count < Limits.trustPolicyMembers else { throw Complaint(sentence: "too many logs") }
        guard publicKeys.insert(key.publicKey).inserted else {
            throw Complaint(sentence: "the public key of \(key.name) is listed already")
        }
        return key
    }

    private func url(_ text: [UInt8]?) throws(Complaint) -> String? {
        guard let text else { return nil }
        guard text.starts(with: "http://".utf8) || text.starts(with: "https://".utf8) else {
            throw Complaint(sentence: "a URL begins with http:// or https://")
        }
        return String(decoding: text, as: UTF8.self)
    }
}
