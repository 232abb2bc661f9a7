import Crypto
import HTTPTypes
import Hummingbird
import Logging
import MerkleLog
import NIOCore
import PlatformSimulator
import ServiceSupport
import Synchronization
import Wire

/// A witness as C2SP's tlog-witness has it, over real HTTP; or one that lies.
final class SimulatedWitness: Sendable {
    enum Nature: Sendable {
        case honest
        /// Cosigns with a key that is not its own.
        case foreignKey
        /// Cosigns another tree than it was shown.
        case otherTree
        /// Says that it has seen far more.
        case boastful
        case refusing(Int)
        /// Publishes this, whatever it was shown.
        case publishing([UInt8])
    }

    private struct Memory {
        var size: UInt64 = 0
        var root = MerkleHash()
        /// The newest checkpoint that it cosigned.
        var published: [UInt8] = []
        /// `old` of each request, in order.
        var olds: [UInt64] = []
    }

    let name: String
    let key: NoteKey
    private let nature: Nature
    private let secret = Curve25519.Signing.PrivateKey()
    private let log: NoteKey
    private let memory = Mutex(Memory())

    init(_ name: String, _ nature: Nature, of log: NoteKey) throws {
        self.name = name
        self.nature = nature
        self.log = log
        guard let keyName = KeyName("witness.example/\(name)"),
            let key = NoteKey(
                name: keyName, type: .ed25519Cosignature, publicKey: secret.publicKey.rawRepresentation)
        else { throw TestFailure("no key of that name") }
        self.key = key
    }

    var olds: [UInt64] { memory.withLock { $0.olds } }

    func forget() { memory.withLock { $0.size = 0 } }

    /// A line of a trust policy.
    func line(port: Int) -> String { "witness \(name) \(key.text) http://127.0.0.1:\(port)/w\n" }

    func serve<Value: Sendable>(_ body: @escaping @Sendable (Int) async throws -> Value) async throws -> Value {
        try await ScopedServer.run { onRunning in
            let router = Router()
            router.post("/w/add-checkpoint") { [self] request, _ in
                let bytes = Array(buffer: try await request.body.collect(upTo: 1 << 20))
                return try answer(bytes)
            }
            router.get("/w/\(MerkleHashing.sha256(Array(log.name.description.utf8)).hex)/checkpoint") { [self] _, _ in
                var published = memory.withLock { $0.published }
                if case .publishing(let bytes) = nature { published = bytes }
                guard !published.isEmpty else { throw HTTPError(.notFound) }
                return Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(bytes: published)))
            }
            return Application(
                router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
                onServerRunning: { onRunning($0.localAddress?.port ?? 0) },
                logger: Logger(label: "witness") { _ in SwiftLogNoOpLogHandler() })
        } _: { port in
            try await body(port)
        }
    }

    private func answer(_ bytes: [UInt8]) throws -> Response {
        guard let asked = WitnessRequest(parsing: bytes),
            let accepted = try? TrustPolicy(log: log).accept(asked.checkpoint)
        else { return Response(status: .badRequest) }
        let checkpoint = accepted.checkpoint
        return try memory.withLock { memory in
            memory.olds.append(asked.oldSize)
            switch nature {
            case .refusing(let status): return Response(status: HTTPResponse.Status(code: status))
            case .boastful: return Self.seen(checkpoint.size + 1_000)
            case .foreignKey: return try cosigned(asked.checkpoint.text, by: Curve25519.Signing.PrivateKey())
            case .otherTree:
                guard let other = Checkpoint(origin: checkpoint.origin, size: checkpoint.size, root: MerkleHash())
                else {
                    return Response(status: .internalServerError)
                }
                return try cosigned(other.text, by: secret)
            case .honest, .publishing: break
            }
            guard asked.oldSize == memory.size, asked.oldSize <= checkpoint.size else { return Self.seen(memory.size) }
            let proof = ConsistencyProof(oldSize: asked.oldSize, newSize: checkpoint.size, path: asked.path)
            let isConsistent =
                asked.oldSize == 0
                ? asked.path.isEmpty
                : asked.oldSize == checkpoint.size
                    ? memory.root == checkpoint.root : proof.isValid(oldRoot: memory.root, newRoot: checkpoint.root)
            guard isConsistent else { return Response(status: .unprocessableContent) }
            memory.size = checkpoint.size
            memory.root = checkpoint.root
            memory.published = asked.checkpoint.bytes
            return try cosigned(asked.checkpoint.text, by: secret)
        }
    }

    private func cosigned(_ text: [UInt8], by secret: Curve25519.Signing.PrivateKey) throws -> Response {
        let line = try Cosignature.make(over: text, by: key, time: UInt64(TestWorld.now.seconds)) {
            Array(try secret.signature(for: $0))
        }
        return Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(bytes: line.line)))
    }

    private static func seen(_ size: UInt64) -> Response {
        Response(
            status: .conflict, headers: [.contentType: "text/x.tlog.size"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: "\(size)\n")))
    }
}
