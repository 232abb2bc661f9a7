import EventLog
import Testing
import Wire

@testable import Appraisal

/// Secure Boot by digests alone (event-logs 1.7, rows 80 to 84, bytes of 9.5).
@Suite("Secure Boot")
struct SecureBootTests {
    private static let absent = Vectors.hex(
        "61dfe48bca93d211aa0d00e098032b8c0a00000000000000000000000000000053006500630075007200650042006f006f007400")
    private static let off = Vectors.hex(
        "61dfe48bca93d211aa0d00e098032b8c0a00000000000000010000000000000053006500630075007200650042006f006f00740000")
    private static let on = Vectors.hex(
        "61dfe48bca93d211aa0d00e098032b8c0a00000000000000010000000000000053006500630075007200650042006f006f00740001")
    private static let separator: [UInt8] = [0, 0, 0, 0]
    private static let variable: UInt32 = 0x8000_0001

    private func guest(_ events: [[UInt8]], register: Int = 0) -> Guest {
        var guest = Guest()
        for bytes in events { guest.extend(register, bytes, type: bytes.count == 4 ? 4 : Self.variable) }
        return guest
    }

    @Test("1.7: the digests are those of the table")
    func digests() {
        #expect(Hex.encode(LogWriter.sha384(Self.absent)).hasPrefix("9dc3a1f80bcec915"))
        #expect(Hex.encode(LogWriter.sha384(Self.off)).hasPrefix("cfa4e2c606f57262"))
        #expect(Hex.encode(LogWriter.sha384(Self.on)).hasPrefix("2cded0c6f453d4c6"))
    }

    @Test(
        "What RTMR0 measured before its first separator",
        arguments: [
            ([on, separator], SecureBoot.on), ([off, separator], .off), ([absent, separator], .off),
            ([on, on, separator], .on), ([[1], on, [2], separator, off], .on), ([off, separator, on], .off),
            ([on, [0xFF, 0xFF, 0xFF, 0xFF], off], .on), ([on, [1, 0, 0, 0], off], .on),
            ([separator, on], .notMeasured), ([[7], separator], .notMeasured), ([on], .noSeparator),
            ([on, off, separator], .ambiguous), ([off, absent, separator], .ambiguous), ([], .notReplayed),
        ] as [([[UInt8]], SecureBoot)])
    func states(events: [[UInt8]], state: SecureBoot) {
        let guest = guest(events)
        #expect(guest.findings().facts?.secureBootState == state)
        #expect(guest.findings().notes.contains { $0.kind == .secureBootAmbiguous } == (state == .ambiguous))
        // Stripped, re-typed, in another form: the digests say the same.
        let stripped = guest.shown { guest in
            for place in guest.events.indices {
                guest.events[place].data = []
                guest.events[place].type = 5
            }
        }
        for findings in [stripped.findings(), EventLogFindings(of: stripped.dstack, against: guest.registers)] {
            #expect(findings.facts?.secureBootState == state)
        }
        let lookup = guest.record().lookup("secure_boot")
        #expect(state.isOn.map { lookup == .value(.boolean($0)) } ?? lookup.isUnknown)
    }

    @Test("Row 80: the true event re-typed, another one behind the separator")
    func row80() {
        for value in [Self.off, Self.absent] {
            let forged = guest([value, Self.separator, Self.on]).shown { $0.events[0].type = 5 }
            #expect(forged.record().lookup("secure_boot") == .value(.boolean(false)))
        }
    }

    @Test("Row 81: the separator re-typed or emptied stops the search all the same")
    func row81() {
        let honest = guest([Self.off, Self.separator, Self.on])
        for forged in [honest.shown { $0.events[1].type = 5 }, honest.shown { $0.events[1].data = [] }] {
            #expect(forged.record().lookup("secure_boot") == .value(.boolean(false)))
        }
    }

    @Test("Row 82: data that says 01 beside the digest of 00")
    func row82() {
        let findings = guest([Self.off, Self.separator]).shown { $0.events[0].data = Self.on }.findings()
        #expect(findings.facts?.secureBoot == false)
        #expect(findings.events[0].authentication == .digestOnly)
    }

    @Test("Row 83: both values before the separator are unknown, and say why")
    func row83() {
        #expect(
            guest([Self.on, Self.off, Self.separator]).record().lookup("secure_boot").reason?.contains("ambiguous")
                == true)
    }

    @Test("Row 84: another register is none of it", arguments: [1, 2, 3])
    func row84(register: Int) {
        #expect(guest([Self.on, Self.separator], register: register).record().isUnknown("secure_boot"))
    }
}
