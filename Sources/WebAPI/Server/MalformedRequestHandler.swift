import AttestationService
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import Wire
import Words

/// Gives bytes that are no HTTP/1.1 request, or too long a head, the problem document that every other refusal has.
///
/// Such a request never reaches the responder: Hummingbird ends the connection with a bare 400 of its own, after the answers
/// to the requests before it. That one answer is replaced on its way out. HTTP/2 has its own error frames for this.
final class MalformedRequestHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let issuer: String
    private let observation: ServiceMetrics
    private var failure: HTTPParserError?

    init(issuer: String, observation: ServiceMetrics) {
        self.issuer = issuer
        self.observation = observation
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        failure = failure ?? error as? HTTPParserError
        context.fireErrorCaught(error)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard let failure, case .head(let head) = Self.unwrapOutboundIn(data), Self.isBare(head) else {
            context.write(data, promise: promise)
            return
        }
        let problem = Self.problem(failure)
        observation.recordProblem(problem.code)
        let identifier = UniqueIdentifier.random()
        // In English: what the head asked for is not known.
        let document = problem.document(issuer: issuer, requestIdentifier: identifier, in: .english)
        let body = ByteBuffer(bytes: document.compactBytes)
        var response = HTTPResponse(status: HTTPResponse.Status(code: problem.status))
        response.headerFields = [
            .contentType: "application/problem+json", .contentLength: "\(body.readableBytes)", .connection: "close",
            .cacheControl: "no-store", .xContentTypeOptions: "nosniff", .requestID: identifier,
        ]
        context.write(Self.wrapOutboundOut(.head(response)), promise: nil)
        context.write(Self.wrapOutboundOut(.body(body)), promise: promise)
    }

    /// Nothing else here answers without a body and ends the connection.
    private static func isBare(_ head: HTTPResponse) -> Bool {
        head.status == .badRequest && head.headerFields[.connection] == "close"
            && head.headerFields[.contentLength] == "0"
    }

    private static func problem(_ failure: HTTPParserError) -> HTTPProblem {
        switch failure {
        case .headerOverflow:
            HTTPProblem(
                .headersTooLarge, "found more than 16 kB or \(Limits.requestHeadFields) header fields",
                fix: "Send what is long in the body.")
        case .invalidMethod:
            HTTPProblem(
                .malformed, "found a first word that is no method of HTTP", fix: "Speak HTTP/1.1, or HTTP/2 over TLS.")
        case .invalidVersion:
            HTTPProblem(.malformed, "found another version of HTTP", fix: "Speak HTTP/1.1, or HTTP/2 over TLS.")
        case .invalidContentLength, .unexpectedContentLength, .invalidChunkSize:
            HTTPProblem(
                .malformed, "found a length of the body that is none, or two", fix: "State it once, or in chunks.")
        case .invalidHeaderToken, .lfExpected:
            HTTPProblem(.malformed, "found a header field that is none", fix: "Write name, colon, value, CR, LF.")
        default:
            HTTPProblem(
                .malformed, "found bytes that are no request of HTTP/1.1", fix: "Speak HTTP/1.1, or HTTP/2 over TLS.")
        }
    }
}
