import Testing
import Wire

@testable import Appraisal

/// Ids that mean one document, and sets of which there is one (dcap 6.8, 6.11; rows 263 and 264).
@Suite("Reserved ids, and one set of each id")
struct ReservedTests {
    @Test("Row 263: the id of a built-in policy, over its own bytes and over others")
    func reserved() throws {
        #expect(
            Policy.reservedIDs == [
                "strict", "sgx-production", "tdx-cloud", "degraded-read-only", "gn8v-tee-llm", "gn8v-tee-llm-gpu",
            ])
        for policy in Policy.builtIn { #expect(try Policy(handedIn: policy.bytes) == policy) }
        for id in Policy.reservedIDs {
            let bytes = Array(#"{"id":"\#(id)","version":1,"allow_debug":true}"#.utf8)
            // What a log recorded under an earlier program still loads.
            #expect(try Policy(parsing: bytes).id == id)
            do throws(PolicyError) {
                _ = try Policy(handedIn: bytes)
                Issue.record("\(id) is taken")
            } catch {
                #expect(error.code == .idReserved)
                #expect(error.field == "id")
            }
        }
        for policy in Policy.builtIn {
            #expect(throws: PolicyError.self) { try Policy(handedIn: policy.bytes + [0x0A]) }
        }
    }

    @Test(
        "No id merely looks like a reserved one",
        arguments: [
            "Strict", "strict ", " strict", "str\u{456}ct", "strict\u{200B}", "STRICT", "", "-strict", "_strict",
        ])
    func likeness(_ id: String) {
        #expect(throws: PolicyError.self) { try Policy(parsing: Array(#"{"id":"\#(id)","version":1}"#.utf8)) }
    }

    @Test("Row 264: two sets of one id, in both orders, whatever their versions")
    func double() throws {
        func set(_ id: String, _ version: Int) throws -> ReferenceSet {
            let text =
                #"{"id":"\#(id)","version":\#(version),"provenance":{"source":"us"},"valid_from":"2026-01-01T00:00:00Z","values":{"tee":["tdx"]}}"#
            return try ReferenceSet(parsing: Array(text.utf8))
        }
        let sets = [("one.json", try set("s", 1)), ("two.json", try set("s", 2)), ("three.json", try set("t", 1))]
        for order in [[0, 1], [1, 0], [0, 2, 1], [1, 2, 0], [0, 0]] {
            let given = order.map { (source: sets[$0].0, set: sets[$0].1) }
            do throws(PolicyError) {
                _ = try ReferenceLibrary(distinct: given)
                Issue.record("\(order)")
            } catch {
                #expect(error.code == .referenceSetDouble)
                for index in order where index != 2 { #expect(error.found.contains(sets[index].0), "\(error.found)") }
            }
        }
        let library = try ReferenceLibrary(distinct: [(source: "a", set: sets[0].1), (source: "b", set: sets[2].1)])
        #expect(library.ids == ["s", "t"])
    }
}
