import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import Wire

/// An answer before it goes out, so that a fault can change any part of it.
struct PCCSAnswer: Sendable {
    var status = 200
    var body: [UInt8] = []
    var type = "text/plain"
    var chainHeader: String?
    var chain: [UInt8] = []
    var warning: String?
    var retryAfterSeconds: Int?
    var extraHeaders: [(String, String)] = []

    private var headers: HTTPFields {
        var headers = HTTPFields()
        func add(_ name: String, _ value: String) {
            if let name = HTTPField.Name(name) { headers.append(HTTPField(name: name, value: value)) }
        }
        add("Content-Type", type)
        add("Request-ID", "simulated")
        if let chainHeader {
            add(chainHeader, String(decoding: SimulatedCollateral.percentEncoded(chain), as: UTF8.self))
        }
        if let warning { add("Warning", warning) }
        if let retryAfterSeconds { add("Retry-After", "\(retryAfterSeconds)") }
        for (name, value) in extraHeaders { add(name, value) }
        return headers
    }

    var response: Response {
        Response(
            status: HTTPResponse.Status(code: status), headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }

    private struct CutShort: Error {}

    func spoiled(by fault: PCCSFault) async throws -> Response {
        var answer = self
        switch fault {
        case .status(let status, let seconds):
            answer = PCCSAnswer(status: status, retryAfterSeconds: seconds)
        case .slow(let milliseconds): try await Task.sleep(for: .milliseconds(milliseconds))
        case .stall: try await Task.sleep(for: .seconds(600))
        // By who knows when it is lifted.
        case .held: break
        case .truncated:
            let half = ByteBuffer(bytes: body.prefix(body.count / 2))
            return Response(
                status: .ok, headers: headers,
                body: ResponseBody(contentLength: body.count) { writer in
                    try await writer.write(half)
                    // Ends the connection in the middle of the body.
                    throw CutShort()
                })
        case .oversize:
            let part = ByteBuffer(repeating: 0x30, count: 65_536)
            return Response(
                status: .ok, headers: headers,
                body: ResponseBody { writer in
                    for _ in 0..<1_024 { try await writer.write(part) }
                    try await writer.finish(nil)
                })
        case .oversizeHeader: answer.extraHeaders.append(("X-Long", String(repeating: "a", count: 70_000)))
        case .missingHeader: answer.chainHeader = nil
        case .headerOfVersion3: answer.chainHeader = "SGX-TCB-Info-Issuer-Chain"
        case .duplicateHeader:
            if let chainHeader {
                answer.extraHeaders.append(
                    (chainHeader, String(decoding: SimulatedCollateral.percentEncoded(chain), as: UTF8.self)))
            }
        case .contradictingHeaders: answer.extraHeaders.append(("SGX-TCB-Info-Issuer-Chain", "another"))
        case .malformedHeader:
            answer.chainHeader = nil
            if let chainHeader { answer.extraHeaders.append((chainHeader, "-----BEGIN%2")) }
        case .page:
            answer.body = Array("<html><body>It works!</body></html>".utf8)
            answer.type = "text/html"
        case .emptyBody: answer.body = []
        case .notACRL: answer.body = Array("no list of anything".utf8)
        case .redirect:
            answer = PCCSAnswer(status: 302, extraHeaders: [("Location", "https://example.invalid/")])
        }
        return answer.response
    }
}
