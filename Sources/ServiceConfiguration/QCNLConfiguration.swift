import Wire

/// Intel's QCNL configuration (dcap 3.7), read as a source of the service's URL. Both syntaxes; keys that are not needed
/// here are left alone, because the file is somebody else's.
public struct QCNLConfiguration: Hashable, Sendable {
    public struct Defect: Error, Hashable, Sendable {
        public let sentence: String
    }

    /// `collateral_service` where there is one, else `pccs_url`.
    public let collateralBase: String
    /// `tcb_update_type`, where it says.
    public let updateType: String?

    public init(parsing bytes: [UInt8]) throws(Defect) {
        guard bytes.count <= Limits.jsonBytes else { throw Defect(sentence: "the file is far too large") }
        let first = bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        let values = first == 0x7B || first == 0x2F ? try Self.json(bytes) : try Self.lines(bytes)
        // A service that is not who it should be could at best feed old documents: still no reason to ask it.
        if let secure = values["use_secure_cert"], secure.lowercased() == "false" {
            throw Defect(
                sentence:
                    "use_secure_cert is false; TLS is always verified here: give the service's CA as pccs_ca instead")
        }
        guard let base = values["collateral_service"] ?? values["pccs_url"] else {
            throw Defect(sentence: "neither collateral_service nor pccs_url is in it")
        }
        collateralBase = base
        updateType = values["tcb_update_type"]
    }

    private static func json(_ bytes: [UInt8]) throws(Defect) -> [String: String] {
        let root: JSONValue
        do throws(JSONError) {
            root = try JSONDocument(parsing: withoutComments(bytes)).root
        } catch {
            throw Defect(sentence: "it is not JSON: \(error.reason.rawValue), at byte \(error.offset)")
        }
        var values: [String: String] = [:]
        for (name, value) in root.members {
            values[name] = value.string ?? String(decoding: value.bytes, as: UTF8.self)
        }
        return values
    }

    /// Comments become blanks, so that offsets stay; inside strings they are text.
    private static func withoutComments(_ bytes: [UInt8]) -> [UInt8] {
        var output = bytes
        var position = 0
        var isInString = false
        while position < output.count {
            let byte = output[position]
            let next = position + 1 < output.count ? output[position + 1] : 0
            if isInString {
                if byte == 0x5C { position += 1 }
                if byte == 0x22 { isInString = false }
            } else if byte == 0x22 {
                isInString = true
            } else if byte == 0x2F, next == 0x2F {
                while position < output.count, output[position] != 0x0A {
                    output[position] = 0x20
                    position += 1
                }
                continue
            } else if byte == 0x2F, next == 0x2A {
                output[position] = 0x20
                output[position + 1] = 0x20
                position += 2
                while position < output.count {
                    let isEnd =
                        output[position] == 0x2A && position + 1 < output.count && output[position + 1] == 0x2F
                    output[position] = 0x20
                    if isEnd {
                        output[position + 1] = 0x20
                        position += 1
                        break
                    }
                    position += 1
                }
            }
            position += 1
        }
        return output
    }

    /// `KEY=VALUE`, comments from `#`; keys in lower case as in the other syntax.
    private static func lines(_ bytes: [UInt8]) throws(Defect) -> [String: String] {
        var values: [String: String] = [:]
        for line in bytes.split(separator: 0x0A) {
            let text = String(decoding: line, as: UTF8.self).filter { $0 != "\r" }
            let content = text.drop { $0 == " " || $0 == "\t" }
            guard !content.isEmpty, content.first != "#" else { continue }
            let parts = content.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { throw Defect(sentence: "it is neither JSON nor lines of KEY=VALUE") }
            func trimmed(_ part: Substring) -> String {
                String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
            }
            values[trimmed(parts[0]).lowercased()] = trimmed(parts[1])
        }
        return values
    }
}
