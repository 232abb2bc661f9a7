/// Why a key, a note or a checkpoint is not what it must be.
public enum NoteFailure: Error, Hashable, Sendable {
    /// No `name+id+base64(type ‖ public key)`.
    case malformedKey
    case unknownKeyType(UInt8)
    /// The id in a key's text is not the one that its name and bytes have (N-4).
    case keyIDMismatch(KeyName, stated: String, computed: String)
    /// Not the shape of a signed note, and in what respect (N-1).
    case malformedNote(String)
    /// No signature by a key that the reader was given.
    case noKnownSignature
    /// A signature by a known key does not verify: the whole note is refused (N-2).
    case badSignature(KeyName)
    /// The text is no checkpoint, and in what respect.
    case malformedCheckpoint(String)
}

extension NoteFailure: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformedKey: "not a verifier key; one reads name+8 hex digits+base64"
        case .unknownKeyType(let type): "a verifier key of type \(type), which is not known here"
        case .keyIDMismatch(let name, let stated, let computed):
            "the key of \(name) states the id \(stated), but its bytes have \(computed)"
        case .malformedNote(let what): "not a signed note: \(what)"
        case .noKnownSignature: "no signature by a trusted key"
        case .badSignature(let name): "the signature of \(name) does not verify"
        case .malformedCheckpoint(let what): "not a checkpoint: \(what)"
        }
    }
}
