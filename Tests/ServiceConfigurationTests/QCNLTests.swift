import DCAPFormats
import ServiceConfiguration
import Testing

/// Intel's configuration file as a source of the service's URL (dcap 3.7, row 244).
@Suite("QCNL files")
struct QCNLTests {
    static let readable: [(text: String, base: String, update: String?)] = [
        (
            """
            {
              // *** ATTENTION : comments are allowed
              "pccs_url": "https://sgx-dcap-server.cn-beijing.aliyuncs.com/sgx/certification/v4/"
              ,"use_secure_cert": true
              /* ,"collateral_service": "https://api.trustedservices.intel.com/sgx/certification/v4/" */
              ,"retry_times": 6, "retry_delay": 10, "something_new": {"nested": [1, 2]}
            }
            """, "https://sgx-dcap-server.cn-beijing.aliyuncs.com/sgx/certification/v4/", nil
        ),
        (
            #"{"pccs_url":"https://a/sgx/v4/","collateral_service":"https://b/sgx/v4/","tcb_update_type":"early"}"#,
            "https://b/sgx/v4/", "early"
        ),
        (
            "# PCCS server address\nPCCS_URL=https://localhost:8081/sgx/certification/v4/\n\n  # secure\nUSE_SECURE_CERT=TRUE\nNEW_KEY=1\n",
            "https://localhost:8081/sgx/certification/v4/", nil
        ),
        (
            "\r\nPCCS_URL = https://localhost:8081/sgx/certification/v4/ \r\n",
            "https://localhost:8081/sgx/certification/v4/", nil
        ),
        // What looks like a comment inside a text is text.
        (#"{"pccs_url":"https://a/sgx/v4/","note":"no // comment \" /* here"}"#, "https://a/sgx/v4/", nil),
        (#"/* first */ {"pccs_url":"https://a/sgx/v4/"} // last"#, "https://a/sgx/v4/", nil),
    ]

    @Test("Both syntaxes, with comments and keys that mean nothing here", arguments: readable)
    func read(_ row: (text: String, base: String, update: String?)) throws {
        let file = try QCNLConfiguration(parsing: Array(row.text.utf8))
        #expect(file.collateralBase == row.base)
        #expect(file.updateType == row.update)
    }

    static let refused: [(String, String)] = [
        ("", "neither"), ("{", "not JSON"), ("{}", "neither collateral_service nor pccs_url"),
        (#"{"pccs_url":"https://a/sgx/v4/" /* never closed"#, "not JSON"), ("some words", "neither JSON nor lines"),
        (#"{"pccs_url":"https://a/sgx/v4/","use_secure_cert":false}"#, "use_secure_cert is false"),
        ("PCCS_URL=https://a/sgx/v4/\nUSE_SECURE_CERT=FALSE\n", "use_secure_cert is false"),
    ]

    @Test("What cannot be followed is said, and a file that turns verification off is not followed", arguments: refused)
    func refuse(_ row: (text: String, sentence: String)) throws {
        let defect = #expect(throws: QCNLConfiguration.Defect.self) {
            try QCNLConfiguration(parsing: Array(row.text.utf8))
        }
        #expect(defect?.sentence.contains(row.sentence) == true, "\(String(describing: defect))")
    }

    @Test("244: a malformed file is an error at the start; pccs of our own has priority over it")
    func atStart() throws {
        func start(_ flags: [String: String], _ text: String?) throws -> ServiceConfiguration {
            try ServiceConfiguration(flags: flags, readFile: { _ in text.map { Array($0.utf8) } })
        }
        #expect(throws: ConfigurationErrors.self) { try start(["qcnl": "/etc/sgx.conf"], "{") }
        #expect(throws: ConfigurationErrors.self) { try start(["qcnl": "/etc/sgx.conf"], nil) }
        #expect(throws: ConfigurationErrors.self) { try start(["qcnl": "/f"], #"{"pccs_url":"https://a/v4/"}"#) }
        let followed = try start(["qcnl": "/f"], #"{"pccs_url":"https://a.example/sgx/certification/v4/"}"#)
        #expect(followed.services.map(\.sgxBase) == ["https://a.example/sgx/certification/v4/"])
        let own = try start(["qcnl": "/f", "pccs": CollateralAddress.beijing], "{")
        #expect(own.services.map(\.sgxBase) == [CollateralAddress.beijing])
    }
}
