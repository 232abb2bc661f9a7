/// Why evidence of a device cannot be believed, or cannot be judged: one code and the facts beside it.
public struct DeviceFailure: Error, Hashable, Sendable {
    public let code: DeviceErrorCode
    /// The part of the input that is at fault: `report.opaque[3]`, `chain[1].keyUsage`, `rim.Payload`.
    public let field: String
    /// Byte position of the field in the document that holds it, where one can be named.
    public let offset: Int?
    public let found: String
    public let wanted: String

    public init(_ code: DeviceErrorCode, field: String, offset: Int? = nil, found: String, wanted: String) {
        self.code = code
        self.field = field
        self.offset = offset
        self.found = found
        self.wanted = wanted
    }
}

/// Hostile text as it may stand in a message: short, printable ASCII.
package func excerpt(_ text: some Collection<UInt8>) -> String {
    String(decoding: text.prefix(80).map { (0x20...0x7E).contains($0) ? $0 : 0x3F }, as: UTF8.self)
        + (text.count > 80 ? "…" : "")
}
