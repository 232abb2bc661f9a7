import DCAPFormats
public import DCAPVerification
import HTTPClient
public import Logging
public import Wire

/// What commands need of the world's side, without a service that goes on: one set, or one document.
extension CollateralService {
    /// Fetches one set and keeps nothing. Verified as ever; but without a memory of what was seen before, nothing guards
    /// against a service that plays old documents back until they end.
    public static func fetchOnce(
        _ key: CollateralKey, settings: CollateralSettings, verifier: Verifier, at time: Instant, logger: Logger
    ) async throws(CollateralFailure) -> CollateralSet {
        let fetcher = SetFetcher(transport: try transport(), settings: settings, verifier: verifier, logger: logger)
        return try await fetcher.fetch(key, at: time) { _ async throws(CollateralFailure) in }
    }

    static func transport() throws(CollateralFailure) -> HTTPTransport {
        do throws(TransportFailure) {
            return try HTTPTransport()
        } catch {
            throw CollateralFailure(.internal, service: "", item: "transport", detail: "libcurl cannot be started")
        }
    }
}

/// A small document of the web, such as a key set: one GET under the limits of collateral.
public enum WebDocument {
    public struct Failure: Error, Hashable, Sendable {
        public let sentence: String
    }

    /// - Parameter allowingHTTP: Whether plain `http` is acceptable: then anybody on the way can be the answer.
    public static func get(
        _ url: String, limit: Int, certificateAuthorityFile: String?, allowingHTTP: Bool
    ) async throws(Failure) -> [UInt8] {
        let limits = FetchLimits()
        let response: HTTPResponse
        do throws(CollateralFailure) {
            let transport = try CollateralService.transport()
            do throws(TransportFailure) {
                response = try await transport.send(
                    HTTPRequest(
                        url: url, allowsHTTP: allowingHTTP, certificateAuthorityFile: certificateAuthorityFile,
                        connectTimeoutMilliseconds: limits.connectMilliseconds,
                        totalTimeoutMilliseconds: limits.requestMilliseconds, bodyLimit: limit))
            } catch {
                throw CollateralFailure(.collateralUnavailable, service: url, item: "document", detail: error.words)
            }
        } catch {
            throw Failure(sentence: error.detail)
        }
        guard response.status == 200 else { throw Failure(sentence: "status \(response.status)") }
        return response.body
    }
}

extension TransportFailure {
    var words: String {
        switch self {
        case .network(let text), .timeout(let text), .tls(let text), .tooLarge(let text): text
        case .stopped: "it was stopped"
        }
    }
}
