package import EventLog
import Wire

/// An event log taken apart, so that it can be changed and written again in any form with every digest as it was. For tests
/// of what no such edit may do (event-logs 2.7).
package struct EditableLog: Sendable {
    package struct Event: Sendable {
        /// The register's number in a CC log: 0 is MRTD, 1 to 4 are RTMR0 to RTMR3.
        package var index: UInt32
        package var type: UInt32
        /// 48 bytes, or none.
        package var digest: [UInt8]
        /// TCG2's event field, or dstack's payload.
        package var data: [UInt8]
        /// dstack's name; empty in other forms.
        package var name = ""
        /// dstack's version, where it is not 1.
        package var version = 1
        /// The bytes that were hashed, where the log shows them.
        package var measured: [UInt8]?

        package init(index: UInt32, type: UInt32, digest: [UInt8], data: [UInt8]) {
            self.index = index
            self.type = type
            self.digest = digest
            self.data = data
        }

        /// Whether a trust domain extends it.
        package var isExtended: Bool { type != 3 && index > 0 && digest.count == 48 }
    }

    package var format: EventLog.Format
    package var events: [Event]
    /// What a quote beside the log says: the registers that its events lead to.
    package let registers: QuotedRegisters

    /// - Parameter bytes: A log that can be read.
    package init(parsing bytes: [UInt8]) throws(EventLogError) {
        format = try EventLog(parsing: bytes).format
        let replayed = EventLogFindings(of: bytes, against: .zero).registers.map(\.replayed)
        registers =
            replayed.count == 4
            ? QuotedRegisters(replayed[0], replayed[1], replayed[2], replayed[3]) : QuotedRegisters.zero
        // Beside the quote that fits it, the log says what was measured.
        let findings = EventLogFindings(of: bytes, against: registers)
        if let error = findings.error { throw error }
        events = findings.events.map { replayed in
            let logged = replayed.event
            var event = Event(
                index: logged.measurementIndex, type: logged.type.rawValue, digest: logged.digest?.bytes ?? [],
                data: Array(logged.data))
            event.measured = (replayed.preimage?.bytes).map(Array.init)
            switch logged.details.content {
            case .dstack(let runtime): (event.name, event.version) = (runtime.name, runtime.version)
            case .label(let name): event.name = name
            default: break
            }
            return event
        }
    }

    /// The log in the form it came in.
    package var bytes: [UInt8] { bytes(as: format) }

    package func bytes(as format: EventLog.Format) -> [UInt8] {
        switch format {
        case .tcg2: tcg2
        case .dstack: dstack
        case .aaelText: text
        }
    }

    private var tcg2: [UInt8] {
        var log = Self.header
        for event in events {
            log += Self.littleEndian(event.index) + Self.littleEndian(event.type)
            log += Self.littleEndian(UInt32(event.digest.isEmpty ? 0 : 1))
            if !event.digest.isEmpty { log += Self.littleEndian(UInt16(0xC)) + event.digest }
            log += Self.littleEndian(UInt32(event.data.count)) + event.data
        }
        return log + [UInt8](repeating: 0xFF, count: 8)
    }

    /// Without events of MRTD, which the form does not know.
    private var dstack: [UInt8] {
        JSON.array(
            events.filter { $0.index > 0 && !$0.digest.isEmpty }.map { event in
                .object(
                    [
                        ("imr", .integer(Int64(event.index) - 1)), ("event_type", .integer(Int64(event.type))),
                        ("digest", .string(Hex.encode(event.digest))), ("event", .string(event.name)),
                        ("event_payload", .string(Hex.encode(event.data))),
                    ] + (event.version == 1 ? [] : [("version", .integer(Int64(event.version)))]))
            }
        ).compactBytes
    }

    /// RTMR3 alone, a line for each event: a tagged record gives its text, others what they show. Digests stay as they were
    /// only where each line was hashed as it stands, and the first begins with INIT.
    private var text: [UInt8] {
        var lines = events.filter { $0.index == 4 && $0.isExtended }.map { event in
            let line = event.data.starts(with: Array("LEAA".utf8)) ? Array(event.data.dropFirst(8)) : event.data
            return line.filter { $0 != 0x0A && $0 != 0x0D && $0 != 0 }
        }
        if lines.first?.starts(with: "INIT".utf8) != true {
            lines.insert(Array("INIT sha384/\(String(repeating: "0", count: 96))".utf8), at: 0)
        }
        return Array(lines.filter { !$0.isEmpty }.joined(separator: [0x0A]))
    }

    /// TCG_PCClientPCREvent with TCG_EfiSpecIdEvent, one algorithm: SHA-384.
    private static let header: [UInt8] = {
        var specification = Array("Spec ID Event03\0".utf8) + littleEndian(UInt32(0)) + [0, 2, 0, 2]
        specification += littleEndian(UInt32(1)) + littleEndian(UInt16(0xC)) + littleEndian(UInt16(48)) + [0]
        return littleEndian(UInt32(1)) + littleEndian(UInt32(3)) + [UInt8](repeating: 0, count: 20)
            + littleEndian(UInt32(specification.count)) + specification
    }()

    package static func littleEndian(_ value: some FixedWidthInteger & UnsignedInteger) -> [UInt8] {
        (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
