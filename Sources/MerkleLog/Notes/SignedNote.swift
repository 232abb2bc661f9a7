public import Wire

/// A text and who says they signed it (transparency-log 4.1). Nothing here has been verified.
public struct SignedNote: Hashable, Sendable {
    public struct Signature: Hashable, Sendable {
        public let name: KeyName
        public let keyID: KeyID
        /// What follows the key id.
        public let payload: [UInt8]

        public init(name: KeyName, keyID: KeyID, payload: [UInt8]) {
            self.name = name
            self.keyID = keyID
            self.payload = payload
        }

        /// With its newline: `— name base64(id ‖ payload)`.
        public var line: [UInt8] {
            SignedNote.dash + name.bytes + [0x20] + Array(Base64.encode(keyID.bytes + payload).utf8) + [0x0A]
        }

        /// - Parameter line: Without its newline.
        public init?(line: ArraySlice<UInt8>) {
            guard line.starts(with: SignedNote.dash) else { return nil }
            let parts = line.dropFirst(SignedNote.dash.count).split(separator: 0x20, omittingEmptySubsequences: false)
            guard parts.count == 2, let name = KeyName(parts[0]), let material = Base64.decode(parts[1]),
                material.count >= 5, let id = KeyID(exactly: material.prefix(4))
            else { return nil }
            self.init(name: name, keyID: id, payload: Array(material.dropFirst(4)))
        }
    }

    /// U+2014 and a blank begin every signature line.
    static let dash: [UInt8] = [0xE2, 0x80, 0x94, 0x20]

    /// What is signed: lines, with the last newline and without the blank line.
    public let text: [UInt8]
    public let signatures: [Signature]

    public init(text: [UInt8], signatures: [Signature]) {
        self.text = text
        self.signatures = signatures
    }

    /// Reads bytes, not characters: a combining mark must not hide a newline (N-1).
    public init(parsing bytes: [UInt8]) throws(NoteFailure) {
        guard bytes.count <= Limits.noteBytes else { throw .malformedNote("larger than \(Limits.noteBytes) bytes") }
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .malformedNote("bytes that are no UTF-8") }
        guard bytes.allSatisfy({ $0 >= 0x20 || $0 == 0x0A }) else { throw .malformedNote("a control character") }
        guard bytes.last == 0x0A else { throw .malformedNote("no newline at the end") }
        guard let split = bytes.indices.dropLast().last(where: { bytes[$0] == 0x0A && bytes[$0 + 1] == 0x0A }) else {
            throw .malformedNote("no blank line before signatures")
        }
        text = Array(bytes[...split])
        let lines = bytes[(split + 2)...].split(separator: 0x0A, omittingEmptySubsequences: false).dropLast()
        guard !lines.isEmpty else { throw .malformedNote("no signature line") }
        guard lines.count <= Limits.noteSignatures else {
            throw .malformedNote("more than \(Limits.noteSignatures) signature lines")
        }
        var signatures: [Signature] = []
        for line in lines {
            guard line.count <= Limits.noteLineBytes, let signature = Signature(line: line) else {
                throw .malformedNote("signature line \(signatures.count + 1) is none")
            }
            signatures.append(signature)
        }
        self.signatures = signatures
    }

    public var bytes: [UInt8] { signatures.reduce(text + [0x0A]) { $0 + $1.line } }

    /// Signs a text; the private key stays where it is.
    ///
    /// - Parameter sign: Gives the 64 bytes of an Ed25519 signature over the text.
    public static func signed<Failure>(
        _ text: [UInt8], by key: NoteKey, sign: ([UInt8]) throws(Failure) -> [UInt8]
    ) throws(Failure) -> SignedNote {
        let signature = Signature(name: key.name, keyID: key.id, payload: try sign(text))
        return SignedNote(text: text, signatures: [signature])
    }

    public func adding(_ further: [Signature]) -> SignedNote {
        SignedNote(text: text, signatures: signatures + further)
    }

    /// Signatures by the keys given. Those of other keys are ignored; one bad signature by a known key refuses the note,
    /// and so does the lack of any good one (N-2).
    public func verified(by keys: [NoteKey]) throws(NoteFailure) -> [(key: NoteKey, time: UInt64?)] {
        var verified: [(key: NoteKey, time: UInt64?)] = []
        for signature in signatures {
            for key in keys where key.name == signature.name && key.id == signature.keyID {
                // Nothing here can check one; it is carried through, and counts for nothing.
                guard key.type != .mldsa44Cosignature else { continue }
                guard let time = Cosignature.verify(signature, by: key, over: text) else {
                    throw .badSignature(key.name)
                }
                verified.append((key, time == 0 && key.type == .ed25519 ? nil : time))
            }
        }
        guard !verified.isEmpty else { throw .noKnownSignature }
        return verified
    }
}
