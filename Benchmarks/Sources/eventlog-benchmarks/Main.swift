import Crypto
import EventLog
import Foundation
import Wire

/// `eventlog-benchmarks`: what reading and replaying the largest logs costs. Fails above 50 ms.
@main
enum Main {
    private static let floor = 0.050
    private static let rounds = 15

    static func main() {
        var failed = false
        let logs: [(name: String, bytes: [UInt8])] = [
            ("5,000 AAEL events", log(events: 5_000, dataBytes: 200)),
            ("2 MiB, 8,192 events", log(events: 8_192, dataBytes: 172)),
            ("2 MiB, 8 large events", log(events: 8, dataBytes: 250_000)),
            ("2 MiB, dstack JSON", dstackLog(events: 5_000, dataBytes: 90)),
        ]
        for (name, bytes) in logs {
            precondition(bytes.count <= Limits.eventLogBytes)
            let first = EventLogFindings(of: bytes, against: .zero)
            guard let log = first.log else {
                print("\(name): \(first.error?.detail ?? "")")
                exit(2)
            }
            let registers = log.registers.map(\.replayed)
            let quoted = QuotedRegisters(registers[0], registers[1], registers[2], registers[3])
            // Once with facts, once with every question about a difference asked.
            for (kind, against) in [("replays", quoted), ("differs", QuotedRegisters.zero)] {
                let seconds = (0..<rounds).map { _ in time { _ = EventLogFindings(of: bytes, against: against) } }
                    .sorted()[rounds / 2]
                let label = "\(name), \(kind)".padding(toLength: 34, withPad: " ", startingAt: 0)
                print(String(format: "%@ %8d bytes %7.1f ms", label, bytes.count, seconds * 1_000))
                failed = failed || seconds > floor
            }
        }
        exit(failed ? 1 : 0)
    }

    private static func time(_ body: () -> Void) -> Double {
        var start = timespec()
        var end = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start)
        body()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end)
        return Double(end.tv_sec - start.tv_sec) + Double(end.tv_nsec - start.tv_nsec) / 1e9
    }

    /// A header, then AAEL events for RTMR3, each of its own text.
    private static func log(events: Int, dataBytes: Int) -> [UInt8] {
        var log: [UInt8] = bytes(UInt32(1)) + bytes(UInt32(3)) + [UInt8](repeating: 0, count: 20) + bytes(UInt32(33))
        log += Array("Spec ID Event03\0".utf8) + [0, 0, 0, 0, 0, 2, 0, 2] + bytes(UInt32(1))
        log += bytes(UInt16(0xC)) + bytes(UInt16(48)) + [0]
        for number in 0..<events {
            let prefix = "example.org/files measured {\"n\":\(number),\"path\":\""
            let text = prefix + String(repeating: "x", count: max(1, dataBytes - prefix.utf8.count - 10)) + "\"}"
            let data = bytes(UInt32(0x4141_454C)) + bytes(UInt32(text.utf8.count)) + Array(text.utf8)
            log += bytes(UInt32(4)) + bytes(UInt32(6)) + bytes(UInt32(1)) + bytes(UInt16(0xC))
            log += Array(SHA384.hash(data: data)) + bytes(UInt32(data.count)) + data
        }
        return log
    }

    private static func dstackLog(events: Int, dataBytes: Int) -> [UInt8] {
        let payload = String(repeating: "ab", count: dataBytes)
        let array = (0..<events).map { number in
            #"{"imr":3,"event_type":134217729,"digest":"","event":"file-\#(number)","event_payload":"\#(payload)"}"#
        }
        return Array("[\(array.joined(separator: ","))]".utf8)
    }

    private static func bytes(_ value: some FixedWidthInteger & UnsignedInteger) -> [UInt8] {
        (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
