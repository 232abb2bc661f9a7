import AttestationService
import HTTPTypes
import Hummingbird
import Wire

/// Names of a request: the caller's where they are well formed, ours otherwise.
enum RequestIdentity {
    static func identifier(of request: Request) -> String {
        guard let given = request.headers[.requestID], (1...128).contains(given.utf8.count),
            given.utf8.allSatisfy(isPlain)
        else { return UniqueIdentifier.random() }
        return given
    }

    /// W3C Trace Context: echoed so that the caller's trace holds together; version 00 and its fixed shape only.
    static func trace(of request: Request) -> String? {
        guard let given = request.headers[.traceParent] else { return nil }
        let parts = given.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 4, parts.map(\.utf8.count) == [2, 32, 16, 2], parts[0] == "00",
            parts.allSatisfy({ part in
                part.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
            })
        else { return nil }
        return given
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || byte == 0x2D || byte == 0x2E || byte == 0x5F
    }
}
