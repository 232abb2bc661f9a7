import ArgumentParser
import CollateralService
import DCAPFormats
import DCAPVerification
import Wire

/// Which kind of platform: as a quote says, once its chain leads to the root, or by name.
struct PlatformOptions: ParsableArguments {
    @Option(help: "A quote of such a platform: a raw, hex or base64 file, or -.")
    var quote: String?

    @Option(help: "tdx or sgx.")
    var tee: String?

    @Option(help: "The FMSPC, 12 hexadecimal digits.")
    var fmspc: String?

    @Option(help: "The CA of its PCK certificates: platform or processor.")
    var ca = CertificateAuthority.platform.rawValue

    /// - Returns: `nil` where nothing was said.
    func key(_ verifier: Verifier, at time: Instant) throws -> CollateralKey? {
        if let quote {
            guard tee == nil, fmspc == nil else {
                throw Problem.usage("--quote says it all: leave --tee and --fmspc out")
            }
            let input = try QuoteFile.read(quote)
            do {
                return CollateralKey(try verifier.anchor(try Quote(parsing: input), at: time))
            } catch let failure as VerificationFailure {
                throw Self.refused(quote, for: failure)
            } catch let refusal as Refusal {
                throw Self.refused(quote, for: refusal.failure)
            }
        }
        guard tee != nil || fmspc != nil else { return nil }
        guard let kind = TEE.allCases.first(where: { $0.name == tee }) else {
            throw Problem.usage("--tee \(tee ?? "is missing"): tdx or sgx")
        }
        guard let bytes = fmspc.flatMap({ Hex.decode($0) }), let fmspc = FixedBytes<6>(exactly: bytes) else {
            throw Problem.usage("--fmspc \(fmspc ?? "is missing"): 12 hexadecimal digits, as 90c06f000000")
        }
        guard let authority = CertificateAuthority(rawValue: ca) else {
            throw Problem.usage("--ca \(ca): platform or processor")
        }
        return CollateralKey(tee: kind, fmspc: fmspc, authority: authority)
    }

    private static func refused(_ path: String, for failure: VerificationFailure) -> Problem {
        Problem(
            exitCode: VerdictExit.reject,
            message: "\(path): \(failure.code.rawValue): \(FailureText.sentence(failure))")
    }
}

extension CollateralKey {
    /// For messages: `tdx 90c06f000000 platform`.
    var text: String { "\(tee.name) \(fmspc.hex) \(authority.rawValue)" }
}

/// Sets of collateral, for people and programs.
enum CollateralText {
    static func line(_ key: CollateralKey, _ set: CollateralSet?, at time: Instant) -> String {
        guard let set else { return "\(key.text)  does not verify under this root" }
        let end = set.collateral.nextUpdate
        return "\(key.text)  evaluation \(set.collateral.tcbInfo.evaluationNumber)"
            + (set.early.map { ", early \($0.tcbInfo.evaluationNumber)" } ?? "")
            + (end <= time ? ", EXPIRED \(end)" : ", in date until \(end)")
            + ", fetched \(set.fetched) from \(set.service)"
    }

    static func document(_ key: CollateralKey, _ set: CollateralSet?, at time: Instant) -> JSON {
        var members: [(String, JSON)] = [
            ("tee", .string(key.tee.name)), ("fmspc", .string(key.fmspc.hex)), ("ca", .string(key.authority.rawValue)),
            ("verified", .bool(set != nil)),
        ]
        if let set {
            members += [
                ("service", .string(set.service)), ("fetched", .string(set.fetched.description)),
                ("next_update", .string(set.collateral.nextUpdate.description)),
                ("expired", .bool(set.collateral.nextUpdate <= time)),
                ("evaluation_number", .integer(Int64(set.collateral.tcbInfo.evaluationNumber))),
                (
                    "early_evaluation_number",
                    set.early.map { .integer(Int64($0.tcbInfo.evaluationNumber)) } ?? .null
                ),
                (
                    "items",
                    .object(set.collateral.digests.map { ($0.name, .string("sha256:" + $0.sha256.hex)) })
                ),
            ]
        }
        return .object(members)
    }
}
