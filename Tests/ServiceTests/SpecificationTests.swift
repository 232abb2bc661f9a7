import Foundation
import ServiceSupport
import Testing

/// The specifications as the service has them: what the clause of a check names can be read where the answer came from.
@Suite("Specifications")
struct SpecificationTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "docs/spec")

    @Test("Every specification of the repository is a page, with every anchor in its order")
    func pages() async throws {
        let files = try FileManager.default.contentsOfDirectory(at: Self.folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "md" }
        try #require(files.count > 1)
        try await Live.run { live in
            for file in files {
                let name = file.deletingPathExtension().lastPathComponent
                let page = try await live.client.get(live.base + Self.path(of: name))
                #expect(page.status == 200, "\(name)")
                #expect(page.header("content-type") == "text/html; charset=utf-8")
                #expect(page.header("content-security-policy")?.contains("default-src 'none'") == true)
                let anchors = Self.anchors(try String(contentsOf: file, encoding: .utf8))
                #expect(!anchors.isEmpty || name == "README")
                #expect(Self.anchors(page.text) == anchors, "\(name)")
                #expect(!page.text.contains("<script") && !page.text.contains("|---"), "\(name)")
                #expect(!page.text.contains("<p>&gt;"), "\(name)")
            }
            let absent = try await live.client.get(live.base + "/docs/spec/nothing")
            #expect(absent.status == 404)
        }
    }

    @Test("Headings, lists, tables, code, emphasis and links become what they are, and all else is text")
    func markup() async throws {
        let rows = [
            ("transparency-log", #"<a id="9.2"></a>"# + "\n<h3>9.2 Batching policy</h3>"),
            ("transparency-log", #"<a id="Q-4"></a><strong>[Q-4]</strong> <em>Retries and repeats.</em>"#),
            ("transparency-log", #"<li><a id="S-7"></a><strong>[S-7]</strong> All SQL is prepared statements"#),
            ("transparency-log", #"<td><code>use</code> (<code>token</code>|<code>receipt</code>), "#),
            ("transparency-log", "<th>Party</th><th>Holds</th><th>Can conclude</th></tr>\n<tr><td>Relying party</td>"),
            ("transparency-log", "<code>&lt;prefix&gt;tile/&lt;L&gt;/&lt;N&gt;</code>"),
            ("transparency-log", "<pre><code>EMPTY          = SHA256(&quot;&quot;)"),
            ("transparency-log", ##"<a href="#18">18 Required tests</a>"##),
            ("transparency-log", "filter_sha256, v} || HMAC-SHA256[0:16])</code>"),
            ("dcap", "<blockquote>\n<p><strong>Not implemented in this release.</strong> The C structure"),
            ("dcap", "The C structure is not read.</p>\n</blockquote>"),
            ("event-logs", ##"<a href="/docs/spec/dcap#1.13">dcap 1.13</a>"##),
            ("README", ##"<a href="/docs/spec/dcap#5.2">dcap.md#5.2</a>"##),
            ("README", "purpose: Policies, Event logs, For auditors, "),
            ("wire-formats", #"<ol>"# + "\n" + #"<li value="1"><code>POST /kbs/v0/auth</code>"#),
            ("wire-formats", "<title>Wire formats · Assay</title>"),
        ]
        try await Live.run { live in
            for (name, html) in rows {
                let page = try await live.client.get(live.base + Self.path(of: name))
                #expect(page.text.contains(html), "\(name): \(html)")
            }
        }
    }

    private static func path(of name: String) -> String { name == "README" ? "/docs/spec" : "/docs/spec/\(name)" }

    private static func anchors(_ text: String) -> [String] {
        text.matches(of: /<a id="[^"]+"><\/a>/).map { String($0.output) }
    }
}
