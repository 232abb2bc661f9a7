import CCurl
import Foundation
package import Wire

/// What a server answered.
package struct WebAnswer: Sendable {
    package let status: Int
    /// In the order received, names in lower case.
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]
    /// `1.1` or `2`.
    package let version: String

    package var text: String { String(decoding: body, as: UTF8.self) }

    package func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    package func json() throws -> JSONValue { try JSONDocument(parsing: body, limit: 4 << 20).root }
}

/// A client that shares no code with the server: libcurl, one transfer a call.
package struct WebClient: Sendable {
    /// The only roots that are trusted, as a file.
    package var authorityFile: String?
    /// Where the server speaks HTTP/2 too.
    package var onlyHTTP1 = false

    package init(authorityFile: String? = nil) { self.authorityFile = authorityFile }

    package func get(_ url: String, headers: [String] = []) async throws -> WebAnswer {
        try await send("GET", url, headers: headers)
    }

    package func post(_ url: String, _ type: String, _ body: [UInt8], headers: [String] = []) async throws -> WebAnswer
    {
        try await send("POST", url, headers: ["Content-Type: \(type)"] + headers, body: body)
    }

    package func post(_ url: String, _ body: JSON, headers: [String] = []) async throws -> WebAnswer {
        try await post(url, "application/json", body.compactBytes, headers: headers)
    }

    /// - Parameter headers: Lines, as `Name: value`.
    package func send(
        _ method: String, _ url: String, headers: [String] = [], body: [UInt8]? = nil
    ) async throws -> WebAnswer {
        try await OwnThread.run { try perform(method, url, headers, body) }
    }

    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    private func perform(
        _ method: String, _ url: String, _ headers: [String], _ body: [UInt8]?
    ) throws -> WebAnswer {
        guard Self.isReady, let handle = curl_easy_init() else { throw TestFailure("libcurl cannot be started") }
        defer { curl_easy_cleanup(handle) }
        var lines: UnsafeMutablePointer<curl_slist>?
        // Without these, libcurl waits for 100 Continue, and invents a media type.
        for line in ["Expect:"]
            + (body == nil ? [] : ["Content-Type:"].filter { _ in !headers.contains { $0.hasPrefix("Content-Type") } })
            + headers
        {
            lines = curl_slist_append(lines, line)
        }
        defer { curl_slist_free_all(lines) }
        let sink = Sink()
        let context = Unmanaged.passUnretained(sink).toOpaque()
        _ = assay_setopt_string(handle, CURLOPT_URL, url)
        _ = assay_setopt_long(handle, CURLOPT_NOSIGNAL, 1)
        _ = assay_setopt_long(handle, CURLOPT_TIMEOUT_MS, 120_000)
        _ = assay_setopt_string(handle, CURLOPT_PROXY, "")
        _ = assay_setopt_string(handle, CURLOPT_CUSTOMREQUEST, method)
        _ = assay_setopt_list(handle, CURLOPT_HTTPHEADER, lines)
        if onlyHTTP1 { _ = assay_setopt_long(handle, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1)) }
        if method == "HEAD" { _ = assay_setopt_long(handle, CURLOPT_NOBODY, 1) }
        if let authorityFile { _ = assay_setopt_string(handle, CURLOPT_CAINFO, authorityFile) }
        _ = assay_setopt_pointer(handle, CURLOPT_HEADERDATA, context)
        _ = assay_setopt_pointer(handle, CURLOPT_WRITEDATA, context)
        _ = assay_setopt_function(handle, CURLOPT_HEADERFUNCTION) { data, size, count, context in
            Sink.of(context)?.take(header: UnsafeRawBufferPointer(start: data, count: size * count)) ?? 0
        }
        _ = assay_setopt_function(handle, CURLOPT_WRITEFUNCTION) { data, size, count, context in
            Sink.of(context)?.take(body: UnsafeRawBufferPointer(start: data, count: size * count)) ?? 0
        }
        let code: CURLcode
        if var body {
            _ = assay_setopt_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
            // Who asks for leave to send waits for it: a busy server takes longer than curl's one second.
            _ = assay_setopt_long(handle, CURLOPT_EXPECT_100_TIMEOUT_MS, 60_000)
            code = body.withUnsafeMutableBytes { bytes in
                _ = assay_setopt_pointer(handle, CURLOPT_POSTFIELDS, bytes.baseAddress)
                return curl_easy_perform(handle)
            }
        } else {
            code = curl_easy_perform(handle)
        }
        guard code == CURLE_OK else {
            throw TestFailure("\(method) \(url): \(String(cString: curl_easy_strerror(code)))")
        }
        return WebAnswer(
            status: assay_response_code(handle), headers: sink.headers, body: sink.body, version: sink.version)
    }

    private final class Sink {
        var headers: [(name: String, value: String)] = []
        var body: [UInt8] = []
        var version = ""

        static func of(_ context: UnsafeMutableRawPointer?) -> Sink? {
            context.map { Unmanaged<Sink>.fromOpaque($0).takeUnretainedValue() }
        }

        func take(header line: UnsafeRawBufferPointer) -> Int {
            let text = String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            if text.hasPrefix("HTTP/") {
                headers = []
                version = String(text.dropFirst(5).prefix { $0 != " " })
            } else if let colon = text.firstIndex(of: ":") {
                headers.append(
                    (
                        text[..<colon].lowercased(),
                        text[text.index(after: colon)...].trimmingCharacters(in: .whitespaces)
                    ))
            }
            return line.count
        }

        func take(body part: UnsafeRawBufferPointer) -> Int {
            body += part
            return part.count
        }
    }
}
