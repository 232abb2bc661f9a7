import HTTPTypes
import Hummingbird
import NIOCore

/// One file of the pages for people, as it is served: from memory, named by its content, under a policy that lets a page
/// load nothing but our own files and speak to nobody but us.
struct Page: Sendable {
    let path: String
    let type: String
    let summary: String
    private let body: ByteBuffer
    private let tag: String
    private let isDocument: Bool

    /// Every file there is, made once.
    static let all: [Page] = PageText.files.map { Page(name: $0.name, text: $0.text) }

    private init(name: String, text: StaticString) {
        // What other sites' pages load stands at the top, and side by side; all else lies under `/pages/`.
        path =
            Self.documents[name] ?? Self.specification(name)
            ?? (Self.isForOthers(name) ? "/\(name)" : "/pages/\(name)")
        isDocument = name.hasSuffix(".html")
        type = Self.types.first { name.hasSuffix($0.suffix) }?.type ?? "text/plain; charset=utf-8"
        summary = Self.summary(name, path)
        let bytes = text.withUTF8Buffer { Array($0) }
        body = ByteBuffer(bytes: bytes)
        tag = "\"\(ContentTag.of(bytes))\""
    }

    private static let documents = [
        "verify.html": "/", "log.html": "/log", "status.html": "/status", "docs/spec/README.html": "/docs/spec",
    ]

    /// Where a specification lies: `clause` of a check names it and an anchor in it.
    private static func specification(_ name: String) -> String? {
        name.hasPrefix("docs/spec/") ? "/\(name.dropLast(".html".count))" : nil
    }

    private static func summary(_ name: String, _ path: String) -> String {
        guard name.hasSuffix(".html") else { return "A part of the pages: \(name)" }
        return path.hasPrefix("/docs/spec") ? "A specification, which clauses of checks name" : "A page for people"
    }

    private static func isForOthers(_ name: String) -> Bool { name.hasPrefix("assay") && name.hasSuffix(".js") }

    /// Paths that any origin may load.
    static let openPaths = Set(PageText.files.filter { isForOthers($0.name) }.map { "/\($0.name)" })

    private static let types: [(suffix: String, type: String)] = [
        (".html", "text/html; charset=utf-8"), (".css", "text/css; charset=utf-8"),
        (".js", "text/javascript; charset=utf-8"), (".svg", "image/svg+xml"),
    ]

    func answer(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        var headers: HTTPFields = [
            .eTag: tag,
            // Asked for again each time, and answered with 304: the files of a page must be of one version.
            .cacheControl: "no-cache",
            .known("Referrer-Policy"): "no-referrer",
        ]
        if isDocument {
            headers[.contentSecurityPolicy] = Self.contentPolicy
            headers[.known("X-Frame-Options")] = "DENY"
            headers[.known("Cross-Origin-Opener-Policy")] = "same-origin"
        } else {
            // The badge is there to be loaded by other sites.
            headers[.known("Cross-Origin-Resource-Policy")] = "cross-origin"
        }
        if let known = request.headers[.ifNoneMatch], known.split(separator: ",").contains(where: isThis) {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentType] = type
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: body))
    }

    /// A tag of `If-None-Match`; a proxy that compresses has made it a weak one.
    private func isThis(_ given: Substring) -> Bool {
        let trimmed = given.drop { $0 == " " }
        let strong = trimmed.hasPrefix("W/") ? trimmed.dropFirst(2) : trimmed
        return strong == "*" || strong.prefix(tag.count) == tag
    }

    private static let contentPolicy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'",
        "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
    ].joined(separator: "; ")
}
