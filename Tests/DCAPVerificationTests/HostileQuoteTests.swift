import DCAPFormats
import DCAPVerification
import PlatformSimulator
import Testing
import Wire

/// Rows 5, 47 and 59 of dcap section 7, on every kind of quote: cut anywhere, changed anywhere.
@Suite("A quote cut or changed anywhere is refused")
struct HostileQuoteTests {
    @Test("Cut at every length", arguments: QuoteKind.allCases)
    func truncated(_ kind: QuoteKind) throws {
        let evidence = try SimulatedWorld(seed: "hostile").evidence(kind)
        for count in 0..<evidence.quote.count {
            do throws(VerificationFailure) {
                _ = try Quote(parsing: Array(evidence.quote[..<count]))
                Issue.record("\(count) bytes were taken for a quote")
            } catch {
                #expect(error.code == (count == 0 ? .quoteEmpty : .quoteTruncated), "\(count) bytes")
            }
        }
    }

    /// PEM is text: what stands between its blocks, and how its lines end, may change without changing what it says
    /// (dcap 1.8). Nothing else may.
    private static func isPEMWhiteSpace(_ old: UInt8, _ new: UInt8) -> Bool {
        let whiteSpace: [UInt8] = [0x20, 0x09, 0x0A, 0x0D]
        return (whiteSpace.contains(old) || old == 0) && (whiteSpace.contains(new) || new == 0)
    }

    @Test("Every byte flipped", arguments: [QuoteKind.sgxV3, .tdxV4, .tdx15V5])
    func flipped(_ kind: QuoteKind) throws {
        let evidence = try SimulatedWorld(seed: "hostile").evidence(kind)
        let verifier = try evidence.verifier()
        let collateral = try evidence.received()
        let quote = try Quote(parsing: evidence.quote)
        for position in evidence.quote.indices {
            var values: Set<UInt8> = [evidence.quote[position] ^ 0x01, evidence.quote[position] ^ 0xFF]
            if quote.pckChainText.indices.contains(position), evidence.quote[position] < 0x21 {
                values.formUnion([0x00, 0x09, 0x0A, 0x0D, 0x20])
            }
            values.remove(evidence.quote[position])
            for value in values {
                var changed = evidence.quote
                changed[position] = value
                guard let parsed = try? Quote(parsing: changed),
                    case .verified = verifier.verify(parsed, using: collateral, at: evidence.time)
                else { continue }
                let isText = quote.pckChainText.indices.contains(position)
                #expect(
                    isText && Self.isPEMWhiteSpace(evidence.quote[position], value),
                    "byte \(position) changed from \(evidence.quote[position]) to \(value) and was not noticed")
            }
        }
    }
}
