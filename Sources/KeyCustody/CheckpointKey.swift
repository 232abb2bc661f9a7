public import Wire

/// The audit log's Ed25519 key. It signs checkpoints and nothing else (transparency-log N-7), lives beside the token keys,
/// and is never rotated: another key is another log.
public struct CheckpointKey: Sendable {
    private let key: SigningKey
    /// As verifiers get it, inside the log's vkey.
    public let publicKey: FixedBytes<32>

    init(_ key: SigningKey) throws(KeyError) {
        guard let publicKey = key.publicKey.ed25519 else {
            throw .unsupportedKind("the log's key is \(key.kind.rawValue), wanted Ed25519")
        }
        self.key = key
        self.publicKey = publicKey
    }

    /// - Parameter text: The text of a checkpoint, with its last newline.
    /// - Returns: The 64 bytes of an Ed25519 signature.
    public func sign(_ text: [UInt8]) throws(KeyError) -> [UInt8] { try key.sign(text, with: .edDSA) }
}

extension KeyStore {
    private static let checkpointFile = "log.pem"

    /// The log's key; `nil` where none was made yet.
    public func checkpointKey() throws(KeyError) -> CheckpointKey? {
        guard let pem = try folder.readIfPresent(Self.checkpointFile) else { return nil }
        return try CheckpointKey(SigningKey(pem: pem, passphrase: passphrase))
    }

    /// Makes the log's key, once.
    public func makeCheckpointKey() throws(KeyError) -> CheckpointKey {
        guard try folder.readIfPresent(Self.checkpointFile) == nil else {
            throw .store("\(Self.checkpointFile) is there already, and a log has one key for its whole life")
        }
        let key = try SigningKey.generate(.ed25519)
        try folder.write(Self.checkpointFile, try key.pem(passphrase: passphrase))
        return try CheckpointKey(key)
    }
}
