import EventLog
import Testing
import Wire

@testable import Appraisal

/// Rows 67 to 74 of event-logs 8: the same events as dstack's JSON, with what its members say.
@Suite("Forged logs as JSON")
struct ForgedDstackTests {
    @Test("Row 67: tagged records as dstack JSON, the whole event field as payload")
    func row67() {
        let record = Guest.changed.shown { guest in
            for place in guest.events.indices { guest.events[place].type = 5 }
        }.dstackRecord
        #expect(record.lookup("llm.changes") == Guest.changed.record().lookup("llm.changes"))
        #expect(record.text("llm.exec.ollama") == Account.a)
        #expect(record.violations.isEmpty)
    }

    @Test("Row 68: the same with empty payloads")
    func row68() {
        expectUnshown(
            Guest.changed.shown { guest in
                for place in guest.events.indices { guest.events[place] = Self.emptied(guest.events[place]) }
            }.dstackRecord, 1)
    }

    private static func emptied(_ event: Guest.Event) -> Guest.Event {
        var event = event
        event.type = 5
        event.data = []
        event.name = ""
        return event
    }

    private static let dstack: Guest = {
        var guest = Guest()
        guest.runtime("system-preparing")
        guest.runtime("app-id", [0xAA])
        guest.runtime("compose-hash", [0xBB])
        guest.runtime("system-ready")
        guest.runtime("app-id", [0xCC])
        return guest
    }()
    private static let dstackClaims = ["dstack.app_id", "dstack.compose_hash", "dstack.instance_id"]

    @Test("Row 69: dstack's identity events with another event_type, name and payload kept")
    func row69() {
        let honest = Self.dstack.dstackRecord
        #expect(honest.text("dstack.app_id") == "aa")
        #expect(honest.lookup("dstack.instance_id") == .absent)
        let forged = Self.dstack.shown { guest in
            for place in 1..<4 { guest.events[place].type = 5 }
        }.dstackRecord
        #expect(forged == honest)
    }

    @Test("Row 70: the same with the preimage as payload and no name; also as TCG2 events")
    func row70() {
        let forged = Self.dstack.shown { guest in
            for place in guest.events.indices {
                let event = guest.events[place]
                guest.events[place].data = Guest.runtime(event.name, event.data)
                guest.events[place].name = ""
                guest.events[place].type = 5
            }
        }
        for record in [forged.dstackRecord, forged.record()] {
            for claim in Self.dstackClaims { #expect(record.lookup(claim) == Self.dstack.dstackRecord.lookup(claim)) }
            #expect(record.violations.isEmpty)
        }
    }

    @Test("Rows 71 and 72: neither name nor payload: unknown, and never the application's own later event")
    func rows71And72() {
        let forged = Self.dstack.shown { guest in
            for place in 1..<3 { guest.events[place] = Self.emptied(guest.events[place]) }
        }
        expectUnshown(forged.dstackRecord, 2, Self.dstackClaims)
    }

    @Test("Row 73: a V2 event's version removed")
    func row73() throws {
        let text = #"{"name":"compose-hash","payload":"abcd","type":134217729}"#
        let digest = LogWriter.sha384(Array(text.utf8))
        func findings(type: UInt32, _ more: String = "") -> EventLogFindings {
            EventLogFindings(
                of: Array(
                    #"[{"imr":3,"event_type":\#(type),"digest":"\#(Hex.encode(digest))","event":"compose-hash","event_payload":"abcd"\#(more)}]"#
                        .utf8), against: .extended(by: [(3, digest)]))
        }
        #expect(findings(type: 0x0800_0001, #","version":2"#).events.first?.preimage?.eventClass.name == "dstack2")
        #expect(findings(type: 0x0800_0001).error?.code == .digestMismatch)
        for type: UInt32 in [5, 6, 0x7777] {
            #expect(findings(type: type).events.first?.preimage?.eventClass.name == "dstack2")
            #expect(findings(type: type, #","version":9,"preimage":"zz""#).registers[3].isAccounted)
        }
    }

    @Test("4.2: a colon in a name is refused on RTMR3 under dstack's own type; elsewhere the text is read as it stands")
    func colons() {
        var guest = Guest()
        guest.runtime("a:b", [1])
        #expect(EventLogFindings(of: guest.dstack, against: guest.registers).error?.code == .nameAmbiguous)
        let labelled = guest.shown { $0.events[0].type = 5 }
        let read = EventLogFindings(of: labelled.dstack, against: guest.registers)
        #expect(read.events.first?.preimage?.eventClass.runtimeEvent?.name == "a")
        var elsewhere = guest
        elsewhere.events[0].register = 2
        #expect(EventLogFindings(of: elsewhere.dstack, against: elsewhere.registers).registers[2].isAccounted)
    }

    @Test("2.4: the member preimage shows an event whose name and payload do not")
    func preimageMember() {
        var guest = Guest()
        guest.runtime("app-id", [1])
        let event = guest.events[0]
        let preimage = Hex.encode(Guest.runtime("app-id", [1]))
        let log =
            #"[{"imr":3,"event_type":5,"digest":"\#(Hex.encode(event.digest))","event":"x","event_payload":"ff","preimage":"\#(preimage)"}]"#
        let findings = EventLogFindings(of: Array(log.utf8), against: guest.registers)
        #expect(findings.events.first?.preimage?.rule == .preimage)
        #expect(findings.events.first?.preimage?.eventClass.runtimeEvent?.name == "app-id")
    }

    @Test("Row 74: order of members, upper-case hex, unknown members")
    func row74() {
        let event = Self.dstack.events[1]
        let log =
            #"[{"event_payload":"AA","x":{"y":1},"event":"app-id","event_type":134217729,"digest":"\#(Hex.encode(event.digest).uppercased())","imr":3}]"#
        let findings = EventLogFindings(of: Array(log.utf8), against: .extended(by: [(3, event.digest)]))
        #expect(findings.events.first?.preimage?.eventClass.runtimeEvent?.payload == [0xAA])
    }
}
