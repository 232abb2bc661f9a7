import DCAPFormats
import HTTPClient
import Logging
import Wire

/// Asks one service for one item: limits, retries, and what each status means (dcap 3.2, 3.3, 3.9).
struct ServiceClient: Sendable {
    let transport: HTTPTransport
    let address: CollateralAddress
    let certificateAuthorityFile: String?
    let limits: FetchLimits
    let logger: Logger

    /// - Parameter deadline: The end of the whole set's time.
    func fetch(
        _ item: CollateralItem, for key: CollateralKey, before deadline: ContinuousClock.Instant
    ) async throws(CollateralFailure) -> FetchedItem {
        var attempt = 0
        while true {
            let failure: AttemptFailure
            do throws(AttemptFailure) {
                return try await ask(item, key, before: deadline)
            } catch {
                failure = error
            }
            let wait = wait(after: failure, attempt)
            guard let wait, ContinuousClock.now + wait < deadline else {
                throw CollateralFailure(
                    failure.code, service: address.sgxBase, item: item.name, detail: failure.sentence,
                    retryAfterSeconds: failure.retryAfterSeconds)
            }
            attempt += 1
            do {
                try await Task.sleep(for: wait)
            } catch {
                throw CollateralFailure(
                    .collateralUnavailable, service: address.sgxBase, item: item.name, detail: "the service is stopping"
                )
            }
        }
    }

    private func ask(
        _ item: CollateralItem, _ key: CollateralKey, before deadline: ContinuousClock.Instant
    ) async throws(AttemptFailure) -> FetchedItem {
        let left = ContinuousClock.now.duration(to: deadline)
        let leftMilliseconds = Int(
            left.components.seconds * 1_000 + left.components.attoseconds / 1_000_000_000_000_000)
        guard leftMilliseconds > 0 else { throw AttemptFailure(.collateralUnavailable, "the time for the set is over") }
        let url = item.url(address, key)
        let started = ContinuousClock.now
        let response: HTTPResponse
        do throws(TransportFailure) {
            response = try await transport.send(
                HTTPRequest(
                    url: url, allowsHTTP: address.isPlainHTTP, certificateAuthorityFile: certificateAuthorityFile,
                    connectTimeoutMilliseconds: min(limits.connectMilliseconds, leftMilliseconds),
                    totalTimeoutMilliseconds: min(limits.requestMilliseconds, leftMilliseconds),
                    bodyLimit: item.bodyLimit, usesOwnConnection: true))
        } catch {
            let failure = AttemptFailure(error)
            logger.warning(
                "collateral request failed",
                metadata: ["url": "\(url)", "code": "\(failure.code.rawValue)", "detail": "\(failure.sentence)"])
            throw failure
        }
        var metadata: Logger.Metadata = [
            "url": "\(url)", "status": "\(response.status)", "bytes": "\(response.body.count)",
            "duration": "\(started.duration(to: .now))",
        ]
        for name in ["request-id", "warning"] {
            guard let value = response.values(of: name).first else { continue }
            // An outside value in our log: short, and nothing that could pass for another line.
            metadata[name] =
                "\(String(decoding: value.prefix(200).filter { (0x20..<0x7F).contains($0) }, as: UTF8.self))"
        }
        logger.info("collateral response", metadata: metadata)
        guard response.status == 200 else { throw AttemptFailure(status: response) }
        do throws(BadResponse) {
            return try item.read(response)
        } catch {
            throw AttemptFailure(.collateralBadResponse, error.sentence)
        }
    }

    /// How long to wait before the next try; `nil` where there is none.
    private func wait(after failure: AttemptFailure, _ attempt: Int) -> Duration? {
        guard failure.mayPass, attempt < limits.retries else { return nil }
        if let seconds = failure.retryAfterSeconds {
            return seconds <= limits.longestRetryAfterSeconds ? .seconds(seconds) : nil
        }
        let base = limits.backoffMilliseconds << attempt
        return .milliseconds(base + Int.random(in: 0...max(base, 1)))
    }
}

/// One request that brought nothing.
private struct AttemptFailure: Error {
    let code: ErrorCode
    let sentence: String
    var mayPass = false
    var retryAfterSeconds: Int?

    init(_ code: ErrorCode, _ sentence: String) {
        self.code = code
        self.sentence = sentence
    }

    init(_ failure: TransportFailure) {
        switch failure {
        case .network(let text), .timeout(let text):
            self.init(.collateralUnavailable, text)
            mayPass = true
        case .tls(let text): self.init(.collateralTLS, text)
        case .tooLarge(let text): self.init(.collateralTooLarge, text)
        case .stopped: self.init(.collateralUnavailable, "the service is stopping")
        }
    }

    init(status response: HTTPResponse) {
        let code: ErrorCode =
            switch response.status {
            case 404: .collateralNotFound
            case 410: .collateralGone
            case 429: .collateralRateLimited
            case 461, 462: .collateralPlatformUnknown
            case 500, 502, 503, 504: .collateralUnavailable
            default: .collateralRejected
            }
        self.init(code, "status \(response.status)")
        mayPass = code == .collateralRateLimited || code == .collateralUnavailable
        if mayPass, let value = response.values(of: "retry-after").first, value.count < 10,
            let seconds = Int(String(decoding: value, as: UTF8.self)), seconds >= 0
        {
            retryAfterSeconds = seconds
        }
    }
}
