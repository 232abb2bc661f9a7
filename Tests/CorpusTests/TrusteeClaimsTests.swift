import CorpusSupport
import EventLog
import Testing
import Wire

/// The peers' logs, for which Trustee's repository has what Trustee prints: our list is theirs.
@Suite("Event logs as Trustee lists them", .enabled(if: Corpus.isAvailable, "\(Corpus.absence)"))
struct TrusteeClaimsTests {
    private static let printed = [
        ("ccel-coco-ccel-aael-alibabacloud-ebc70a", "CCEL_AAEL_alibabacloud_out.json", 87),
        ("ccel-coco-ccel-data-d9cd05", "CCEL_data_out.json", 5),
        ("ccel-coco-ccel-data-grub-cab971", "CCEL_data_grub_out.json", 37),
        ("ccel-coco-ccel-data-ovmf-0e6e0c", "CCEL_data_ovmf_out.json", 20),
    ]

    @Test("Event by event, each member that theirs has", arguments: printed)
    func same(name: String, output: String, count: Int) throws {
        let corpus = try #require(Corpus.available)
        let bytes = try corpus.bytes(of: name)
        let replayed = EventLogFindings(of: bytes, against: .zero).registers.map(\.replayed)
        let log = try #require(
            EventLogFindings(
                of: bytes, against: QuotedRegisters(replayed[0], replayed[1], replayed[2], replayed[3])
            ).log)
        let claims = log.compatibleEvents(within: 1 << 20)
        guard case .array(let ours)? = claims.first?.1 else {
            Issue.record("no list")
            return
        }
        let document = try JSONDocument(parsing: try corpus.bytes(at: "eventlogs/\(name)/\(output)"))
        let theirs = try #require(document.root.member("uefi_event_logs")).elements.compactMap { JSON(document: $0) }
        #expect(ours.count == count && theirs.count == count)
        for (position, (our, their)) in zip(ours, theirs).enumerated() {
            for member in ["index", "type_name", "digests", "digest_matches_event", "event"] {
                #expect(our[member] == their[member], "\(position) \(member)")
            }
            let (found, wanted) = (our["details"] ?? .null, their["details"] ?? .null)
            if case .array(let paths)? = wanted["device_paths"], case .array(let own)? = found["device_paths"] {
                // Theirs names the kinds of node; a file is named in both.
                #expect(own.count == paths.count)
                if case .string(let path)? = paths.last, case .string(let file)? = own.last {
                    #expect(path == "File(\(file))")
                }
            } else if Self.tdShim.contains(wanted.canonicalText) {
                #expect(found == .object([]))
                #expect(our["authenticated"] == .string("digest_only"))
            } else {
                #expect(found.canonicalText == wanted.canonicalText, "\(position)")
            }
        }
    }

    /// td-shim's blocks: theirs prints a command line that stands beside its digest and that the digest does not cover.
    private static let tdShim = [
        #"{"string":""}"#, #"{"string":"td_payload_info root=/dev/vda1 console=hvc0 rw"}"#,
    ]
}
