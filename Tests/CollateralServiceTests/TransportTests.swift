import CollateralService
import DCAPFormats
import DCAPVerification
import PlatformSimulator
import ServiceSupport
import Testing
import Wire

/// dcap 3.9.2 and row 234: who is at the other end, and what is never asked.
@Suite("Transport to collateral services")
struct TransportTests {
    @Test("234: HTTPS under a private CA that is named; the same unnamed, and under another CA, is refused")
    func privateAuthority() async throws {
        let certificate = try LoopbackCertificate()
        let folder = try ScratchFolder()
        let authority = try folder.write(certificate.authorityPEM, to: "ca.pem")
        let other = try folder.write(try LoopbackCertificate().authorityPEM, to: "other.pem")
        let pccs = SimulatedPCCS(try TestWorld.catalogue)
        try await pccs.serve(certificate: certificate) { base in
            let named = try Arrangement([base]) { $0.certificateAuthorityFile = authority }
            #expect(await named.answer().set != nil)
            for file in [nil, other, "/nowhere/ca.pem"] {
                let arrangement = try Arrangement([base]) { $0.certificateAuthorityFile = file }
                let failure = await arrangement.answer().failure
                #expect(failure?.code == .collateralTLS, "\(file ?? "none")")
                #expect(failure?.isRetryable == false)
            }
        }
    }

    @Test("234: a certificate for another host")
    func otherHost() async throws {
        let certificate = try LoopbackCertificate()
        let folder = try ScratchFolder()
        let authority = try folder.write(certificate.authorityPEM, to: "ca.pem")
        let pccs = SimulatedPCCS(try TestWorld.catalogue)
        // The certificate is for 127.0.0.1 and localhost; this is neither.
        try await pccs.serve(host: "127.0.0.2", certificate: certificate) { base in
            let failure = try await Arrangement([base]) { $0.certificateAuthorityFile = authority }.answer().failure
            #expect(failure?.code == .collateralTLS)
            #expect(pccs.requests.isEmpty)
        }
    }

    @Test("Plain http to a service that speaks TLS, and TLS to one that does not, end without a verdict")
    func wrongScheme() async throws {
        let pccs = SimulatedPCCS(try TestWorld.catalogue)
        try await ServedPCCS.run([pccs]) { bases in
            let failure = try await Arrangement([bases[0].replacing("http://", with: "https://")]).answer().failure
            #expect(failure?.code == .collateralTLS)
        }
    }

    @Test("Each request has a connection of its own, so that nothing asks twice behind the back of who counts")
    func connections() async throws {
        let pccs = SimulatedPCCS(try TestWorld.catalogue)
        try await ServedPCCS.run([pccs]) { bases in
            let arrangement = try Arrangement(bases)
            for _ in 0..<2 { _ = try await arrangement.service.fetch(Arrangement.key, at: TestWorld.now) }
            #expect(pccs.requests.count == 12)
            #expect(pccs.connectionCount == 12)
        }
    }

    static let addresses: [(text: String, sgx: String, tdx: String)] = [
        (
            "https://sgx-dcap-server.cn-beijing.aliyuncs.com/sgx/certification/v4/",
            "https://sgx-dcap-server.cn-beijing.aliyuncs.com/sgx/certification/v4/",
            "https://sgx-dcap-server.cn-beijing.aliyuncs.com/tdx/certification/v4/"
        ),
        (
            "https://sgx.example.cn:8081/sgx/certification/v4", "https://sgx.example.cn:8081/sgx/certification/v4/",
            "https://sgx.example.cn:8081/tdx/certification/v4/"
        ),
        (
            "https://pccs.example.cn/proxy/sgx/certification/v4/",
            "https://pccs.example.cn/proxy/sgx/certification/v4/",
            "https://pccs.example.cn/proxy/tdx/certification/v4/"
        ),
    ]

    @Test(
        "239, 240: the path segment is replaced and never the host; with or without the last slash",
        arguments: addresses)
    func address(_ row: (text: String, sgx: String, tdx: String)) throws {
        let address = try CollateralAddress(row.text)
        #expect(address.sgxBase == row.sgx)
        #expect(address.tdxBase == row.tdx)
    }

    static let refused: [(String, CollateralAddress.Defect)] = [
        ("http://pccs.example.cn/sgx/certification/v4/", .scheme("http")),
        ("ftp://pccs.example.cn/sgx/certification/v4/", .scheme("ftp")),
        ("file:///sgx/certification/v4/", .scheme("file")),
        ("https://me:secret@pccs.example.cn/sgx/certification/v4/", .credentials),
        ("https://pccs.example.cn/sgx/certification/v4/?key=1", .query),
        ("https://pccs.example.cn/sgx/certification/v4/#top", .fragment),
        ("https://sgx.example.cn/certification/v4/", .noSGXSegment),
        ("https://sgx.example.cn/sgx/sgx/v4/", .noSGXSegment),
        ("pccs.example.cn/sgx/certification/v4/", .notAnURL), ("", .notAnURL),
        ("https:///sgx/certification/v4/", .notAnURL), ("https://pccs.example.cn/s gx/sgx/", .notAnURL),
    ]

    @Test("Bases that are not taken, each with its reason", arguments: refused)
    func refusedAddress(_ row: (String, CollateralAddress.Defect)) {
        #expect(throws: row.1) { try CollateralAddress(row.0) }
    }
}
