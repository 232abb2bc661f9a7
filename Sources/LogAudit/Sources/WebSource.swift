import HTTPClient
package import MerkleLog
package import Wire

/// A log over HTTP: its prefix, or the service that has it.
package struct WebSource: LogSource {
    private let connection: Connection
    /// With a slash at its end.
    private let prefix: String
    /// Scheme, host and port, for the auditor API.
    private let service: String

    /// How requests are made, and as whom. The token goes to the service that was named and to nobody that it names.
    private struct Connection: Sendable {
        let transport: HTTPTransport
        let service: String
        let token: String?
    }

    /// - Parameters:
    ///   - url: A log's prefix, below which `checkpoint` lies; or the base of a service, which names its log.
    ///   - token: An auditor's, for a service that shows its entries to auditors alone.
    package init(url: String, token: String? = nil) async throws {
        guard let service = Self.service(of: url) else {
            throw AuditFailure.undecided("\(url): wanted a URL that begins with https:// or http://")
        }
        self.service = service
        // What anybody on the way can read would be anybody's token.
        let isLocal = ["http://127.0.0.1", "http://localhost", "http://[::1]"].contains {
            service == $0 || service.hasPrefix($0 + ":")
        }
        guard token == nil || service.hasPrefix("https://") || isLocal else {
            throw AuditFailure.undecided("\(url): a token is sent over https://, or to this machine")
        }
        do throws(TransportFailure) {
            connection = Connection(transport: try HTTPTransport(), service: service, token: token)
        } catch {
            throw AuditFailure.network("\(error)")
        }
        let base = url.hasSuffix("/") ? url : url + "/"
        if try await Self.get(base + "checkpoint", connection, limit: Limits.noteBytes) != nil {
            prefix = base
            return
        }
        guard let keys = try await Self.get(service + "/log/v1/keys", connection, limit: Limits.jsonBytes),
            let document = try? JSONDocument(parsing: keys),
            let shard = document.root.member("shards")?.elements.map({ $0 }).last,
            let found = shard.member("prefix")?.string, found.hasPrefix("http://") || found.hasPrefix("https://")
        else { throw AuditFailure.network("\(url): no checkpoint below it, and no service that names its log") }
        prefix = found.hasSuffix("/") ? found : found + "/"
    }

    private static func service(of url: String) -> String? {
        for scheme in ["https://", "http://"] where url.hasPrefix(scheme) {
            let host = url.dropFirst(scheme.count).prefix { $0 != "/" }
            return host.isEmpty ? nil : scheme + host
        }
        return nil
    }

    package func checkpoint() async throws -> [UInt8] {
        guard let bytes = try await Self.get(prefix + "checkpoint", connection, limit: Limits.noteBytes) else {
            throw AuditFailure.network("\(prefix)checkpoint: there is none")
        }
        return bytes
    }

    package func bytes(of tile: TileCoordinate) async throws -> [UInt8]? {
        try await Self.get(prefix + tile.path, connection, limit: Limits.tileResourceBytes)
    }

    /// What the service keeps of signed checkpoints, page by page; none from a plain folder of files.
    package func earlierCheckpoints() async throws -> [[UInt8]] {
        var notes: [[UInt8]] = []
        var cursor: String?
        repeat {
            let path = "/audit/v1/checkpoints" + (cursor.map { "?cursor=\($0)" } ?? "")
            guard let answer = try await question(path) else { break }
            for element in answer.root.member("checkpoints")?.elements.map({ $0 }) ?? [] {
                if let note = element.member("note")?.string { notes.append(Array(note.utf8)) }
            }
            cursor = answer.root.member("next")?.string
        } while cursor != nil && notes.count < Limits.auditedCheckpoints
        return notes
    }

    /// The answer of the auditor API; `nil` where there is none.
    ///
    /// - Parameter path: With its query.
    package func question(_ path: String) async throws -> JSONDocument? {
        guard let body = try await Self.get(service + path, connection, limit: Limits.auditAnswerBytes) else {
            return nil
        }
        do throws(JSONError) {
            return try JSONDocument(parsing: body, limit: Limits.auditAnswerBytes)
        } catch {
            throw AuditFailure.network("\(service)\(path): the answer is no JSON")
        }
    }

    private static func get(_ url: String, _ connection: Connection, limit: Int) async throws -> [UInt8]? {
        let response: HTTPResponse
        do throws(TransportFailure) {
            response = try await connection.transport.send(
                HTTPRequest(
                    url: url, allowsHTTP: url.hasPrefix("http://"), certificateAuthorityFile: nil,
                    connectTimeoutMilliseconds: 10_000, totalTimeoutMilliseconds: 60_000, bodyLimit: limit,
                    bearer: url.hasPrefix(connection.service + "/") ? connection.token : nil))
        } catch {
            throw AuditFailure.network("\(url): \(error)")
        }
        switch response.status {
        case 200: return response.body
        case 404, 410: return nil
        default:
            let said = (try? JSONDocument(parsing: response.body))?.root.member("detail")?.string
            throw AuditFailure.network("\(url): status \(response.status)" + (said.map { ", \($0)" } ?? ""))
        }
    }
}
