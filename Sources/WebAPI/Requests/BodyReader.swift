import HTTPTypes
import Hummingbird
import NIOCore
import Words

/// Takes a request's body in: bounded in size and in time.
enum BodyReader {
    /// Whoever sends a body takes less than this, or is let go. A peer that sends nothing at all is closed by the
    /// connection's idle limit.
    static let seconds: Int64 = 10

    /// The largest body that any route takes: event logs in Trustee's evidence, in base64 inside base64.
    static let largest = 16 * 1_048_576 / 4

    static func read(_ request: Request, limit: Int) async throws(HTTPProblem) -> [UInt8] {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
            throw tooLarge(length, limit)
        }
        let deadline = ContinuousClock.now + .seconds(seconds)
        var body: [UInt8] = []
        // Untouched memory costs nothing; growing by doubling would cost twice the body for a moment.
        body.reserveCapacity(min(limit, request.headers[.contentLength].flatMap { Int($0) } ?? 0))
        do {
            for try await part in request.body {
                guard body.count + part.readableBytes <= limit else {
                    throw tooLarge(body.count + part.readableBytes, limit)
                }
                body.append(contentsOf: part.readableBytesView)
                guard ContinuousClock.now < deadline else {
                    throw tooSlow(body.count)
                }
            }
        } catch let problem as HTTPProblem {
            throw problem
        } catch BodyRefusal.noRoom {
            throw .noRoom
        } catch BodyRefusal.tooSlow {
            throw tooSlow(body.count)
        } catch {
            throw HTTPProblem(.aborted, "the connection ended after \(body.count) bytes of body")
        }
        guard !body.isEmpty else {
            throw HTTPProblem(.bodyEmpty, "found 0 bytes; see /openapi.json for what is wanted")
        }
        return body
    }

    private static func tooSlow(_ count: Int) -> HTTPProblem {
        var problem = HTTPProblem(
            .timeout, "\(count) bytes in \(seconds) seconds; the body must be complete by then")
        problem.endsConnection = true
        return problem
    }

    private static func tooLarge(_ count: Int, _ limit: Int) -> HTTPProblem {
        HTTPProblem(.bodyTooLarge, "found \(count) bytes or more, wanted at most \(limit)")
    }

    /// The media type without parameters, in lower case.
    static func mediaType(_ request: Request) -> String {
        (request.headers[.contentType] ?? "").prefix { $0 != ";" }.lowercased().filter { $0 != " " }
    }
}

extension HTTPProblem {
    /// The memory for requests and answers is used up.
    static var noRoom: HTTPProblem {
        var problem = HTTPProblem(
            .overloaded, "requests that are under way take all the memory there is for them",
            fix: "Come back in a moment.")
        problem.retryAfterSeconds = 2
        problem.endsConnection = true
        return problem
    }
}
