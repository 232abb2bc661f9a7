public import Words

/// Why a text is not the JSON that signed documents must be (dcap 4.1), and at which byte.
public struct JSONError: Error, Hashable, Sendable {
    public enum Reason: String, Hashable, Sendable {
        case tooLarge = "a document above the size limit"
        case tooDeep = "nesting above the depth limit"
        case tooManyValues = "more values than the limit"
        case unexpectedByte = "a byte that JSON does not allow here"
        case unexpectedEnd = "an end inside a value"
        case invalidUTF8 = "bytes that are no UTF-8"
        case invalidEscape = "an escape that stands for nothing"
        case invalidNumber = "a number that JSON does not allow"
        case duplicateMember = "a member name that stood before in the same object"
        case trailingBytes = "bytes after the value"

        public var sentence: Sentence { Sentence(words: rawValue) }
    }

    public let reason: Reason
    public let offset: Int

    public init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}
