import Wire

/// A witness's statement: at this time, this was the largest consistent tree it had seen of this origin
/// (transparency-log 7.1).
public enum Cosignature {
    /// What an Ed25519 witness signs.
    ///
    /// - Parameter text: The checkpoint's note text.
    public static func message(text: [UInt8], time: UInt64) -> [UInt8] {
        Array("cosignature/v1\ntime \(time)\n".utf8) + text
    }

    /// What an ML-DSA-44 witness signs: the whole tree as a subtree, in TLS presentation.
    public static func subtreeMessage(cosigner: KeyName, time: UInt64, checkpoint: Checkpoint) -> [UInt8] {
        var message = Array("subtree/v1\n\0".utf8)
        message.append(UInt8(truncatingIfNeeded: cosigner.bytes.count))
        message += cosigner.bytes
        message += bigEndian(time)
        message.append(UInt8(truncatingIfNeeded: checkpoint.origin.bytes.count))
        message += checkpoint.origin.bytes
        message += bigEndian(0) + bigEndian(checkpoint.size) + checkpoint.root.bytes
        return message
    }

    /// Makes the signature line of a witness; the private key stays where it is.
    public static func make<Failure>(
        over text: [UInt8], by key: NoteKey, time: UInt64, sign: ([UInt8]) throws(Failure) -> [UInt8]
    ) throws(Failure) -> SignedNote.Signature {
        SignedNote.Signature(
            name: key.name, keyID: key.id, payload: bigEndian(time) + (try sign(message(text: text, time: time))))
    }

    /// The time that a valid cosignature states.
    ///
    /// - Returns: `nil` where the signature does not verify; 0 for a plain signature, which states none.
    static func verify(_ signature: SignedNote.Signature, by key: NoteKey, over text: [UInt8]) -> UInt64? {
        switch key.type {
        case .ed25519: return key.verifies(signature.payload, over: text) ? 0 : nil
        case .ed25519Cosignature:
            guard let time = time(in: signature), signature.payload.count == 72 else { return nil }
            let message = message(text: text, time: time)
            return key.verifies(signature.payload.dropFirst(8), over: message) ? time : nil
        case .mldsa44Cosignature: return nil
        }
    }

    /// The stated time of a line that may be a cosignature: 8 bytes, then the signature.
    static func time(in signature: SignedNote.Signature) -> UInt64? {
        guard signature.payload.count > 8 else { return nil }
        let time = signature.payload.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return time <= TreeSize.maximum ? time : nil
    }

    private static func bigEndian(_ value: UInt64) -> [UInt8] {
        (0..<8).reversed().map { UInt8(truncatingIfNeeded: value >> (UInt64($0) * 8)) }
    }
}
