import EventLog
import Wire

/// A log of any form, to its findings and their JSON: beside registers of zero, so that differences are looked into, and
/// beside those that its own events lead to, so that facts are read.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
    let findings = EventLogFindings(of: bytes, against: .zero)
    _ = findings.document
    let replayed = findings.registers.map(\.replayed)
    guard replayed.count == 4 else { return 0 }
    let own = EventLogFindings(
        of: bytes, against: QuotedRegisters(replayed[0], replayed[1], replayed[2], replayed[3]), manifests: [bytes])
    precondition(own.registers.allSatisfy { $0.status == .replayed || $0.status == .untouched || $0.eventCount == 0 })
    precondition(own.events.count <= Limits.eventLogEvents)
    _ = own.document.compactBytes
    _ = own.claims(at: "event_log.facts.llm.models[].name")
    return 0
}
