/// One request and its limits: a GET, as whoever verifies reads and never posts (dcap 3.2); a POST where there is content.
package struct HTTPRequest: Sendable {
    /// What a webhook is sent.
    package struct Content: Sendable {
        let type: String
        let headers: [(name: String, value: String)]
        let body: [UInt8]

        package init(type: String, headers: [(name: String, value: String)], body: [UInt8]) {
            self.type = type
            self.headers = headers
            self.body = body
        }
    }

    let url: String
    /// Whether `url` may be plain `http`; the caller has said so for this service.
    let allowsHTTP: Bool
    /// A PEM file of the only roots to trust for TLS; `nil` for the system's.
    let certificateAuthorityFile: String?
    let connectTimeoutMilliseconds: Int
    let totalTimeoutMilliseconds: Int
    /// The most bytes of body that are taken in; more ends the transfer.
    let bodyLimit: Int
    let content: Content?
    /// What `Authorization` says, after `Bearer`.
    let bearer: String?
    /// Whether it gets a connection that no other request has. Where it shares one that turns out to be dead, libcurl sends
    /// the request again without asking.
    let usesOwnConnection: Bool

    package init(
        url: String, allowsHTTP: Bool, certificateAuthorityFile: String?, connectTimeoutMilliseconds: Int,
        totalTimeoutMilliseconds: Int, bodyLimit: Int, content: Content? = nil, bearer: String? = nil,
        usesOwnConnection: Bool = false
    ) {
        self.url = url
        self.allowsHTTP = allowsHTTP
        self.certificateAuthorityFile = certificateAuthorityFile
        self.connectTimeoutMilliseconds = connectTimeoutMilliseconds
        self.totalTimeoutMilliseconds = totalTimeoutMilliseconds
        self.bodyLimit = bodyLimit
        self.content = content
        self.bearer = bearer
        self.usesOwnConnection = usesOwnConnection
    }
}

package struct HTTPResponse: Sendable {
    package let status: Int
    /// Names in lower case, in the order received; values without the white space around them.
    package let headers: [(name: String, value: [UInt8])]
    package let body: [UInt8]

    package func values(of name: String) -> [[UInt8]] { headers.filter { $0.name == name }.map(\.value) }
}

/// Why there is no response.
package enum TransportFailure: Error, Hashable, Sendable {
    /// Refused, reset, cut short, name not found: may work the next time.
    case network(String)
    case timeout(String)
    /// The peer is not who it should be, or TLS failed: asking again changes nothing.
    case tls(String)
    case tooLarge(String)
    case stopped
}
