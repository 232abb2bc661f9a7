import AuditStore
package import KeyCustody
package import Wire
import Words

/// Token keys, for administrators: listed, and followed by the next.
package struct KeyAdministration: Sendable {
    private let store: KeyStore
    private let tokens: TokenIssuer
    private let recorder: VerdictRecorder
    private let overlapSeconds: Int64

    /// - Parameter overlapSeconds: So long a key is published before it signs, and after it has signed.
    package init(store: KeyStore, tokens: TokenIssuer, recorder: VerdictRecorder, overlapSeconds: Int64) {
        self.store = store
        self.tokens = tokens
        self.recorder = recorder
        self.overlapSeconds = overlapSeconds
    }

    /// Every key there is, with the dates of its use.
    package func list(at time: Instant) -> JSON { tokens.ring.history(at: time) }

    private func algorithm(_ name: String) throws(ServiceFailure) -> SignatureAlgorithm {
        guard let algorithm = SignatureAlgorithm(rawValue: name) else {
            throw .token(.noSuchAlgorithm(name))
        }
        return algorithm
    }

    /// Whether the key for an algorithm could be followed by another now.
    package func check(_ name: String, at time: Instant) throws(ServiceFailure) {
        let algorithm = try algorithm(name)
        guard
            let next = tokens.ring.entries.first(where: {
                $0.record.algorithm == algorithm && $0.record.signsFrom > time
            })
        else { return }
        throw .token(.rotationPending(algorithm, signsFrom: next.record.signsFrom))
    }

    /// Makes the next key for an algorithm; it is in the log before this returns.
    ///
    /// - Returns: the new key, as a JWK.
    package func rotate(_ name: String, at time: Instant) async throws(ServiceFailure) -> JSON {
        let algorithm = try algorithm(name)
        let (store, overlap) = (store, overlapSeconds)
        let made = await BlockingWork.run { () -> Result<KeyRing, KeyError> in
            do throws(KeyError) {
                return .success(try store.rotate(algorithm, at: time, overlapSeconds: overlap))
            } catch {
                return .failure(error)
            }
        }
        let ring: KeyRing
        do throws(KeyError) {
            ring = try made.get()
        } catch {
            throw .token(.noKeyMade(error))
        }
        do throws(AppendFailure) {
            try await recorder.announce(ring)
        } catch {
            throw .token(.keyNotRecorded)
        }
        tokens.replace(ring)
        guard let entry = ring.entries.last(where: { $0.record.algorithm == algorithm }) else {
            throw .internal("the new key is not there")
        }
        return entry.webKey.adding([("signs_from", .string(entry.record.signsFrom.description))])
    }
}
