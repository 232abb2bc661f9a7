import Testing
import Wire

@Suite("Instants")
struct InstantTests {
    @Test(
        "Reads one form and no other",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-02-01T14:49:26Z", 1_769_957_366),
            ("2024-02-29T23:59:59Z", 1_709_251_199),
            ("2000-02-29T00:00:00Z", 951_782_400), ("2026-02-30T00:00:00Z", nil), ("1900-02-29T00:00:00Z", nil),
            ("2026-02-01T14:49:60Z", nil), ("2026-02-01T24:00:00Z", nil), ("2026-02-01t14:49:26Z", nil),
            ("2026-02-01T14:49:26z", nil), ("2026-02-01T14:49:26+00:00", nil), ("2026-02-01T14:49:26.0Z", nil),
            ("2026-13-01T00:00:00Z", nil), ("2026-00-01T00:00:00Z", nil), ("", nil), ("+026-02-01T14:49:26Z", nil),
        ] as [(String, Int64?)])
    func reads(_ text: String, _ seconds: Int64?) {
        #expect(Instant(rfc3339: text)?.seconds == seconds)
    }

    @Test(
        "Prints what it reads",
        arguments: Array(stride(from: Int64(-62_135_596_800), to: 253_402_300_799, by: 86_399 * 4_001)))
    func roundTrip(_ seconds: Int64) {
        let instant = Instant(seconds: seconds)
        #expect(Instant(rfc3339: instant.description) == instant)
    }

    @Test("Arithmetic stops at the ends instead of trapping")
    func advancing() {
        #expect(Instant(seconds: .max).advanced(bySeconds: 1).seconds == .max)
        #expect(Instant(seconds: .min).advanced(bySeconds: -1).seconds == .min)
        #expect(Instant(seconds: .max).description == "9223372036854775807s")
    }
}
