import ArgumentParser
import ResultToken
import Wire

/// `assay token`: a relying party's side, from a shell.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Verifies and inspects result tokens.",
        subcommands: [VerifyToken.self, InspectToken.self])

    struct VerifyToken: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify",
            abstract:
                "Runs a relying party's checks on a token: good enough (exit 0), not (1), or no keys to tell (2).",
            discussion:
                "TOKEN is a file, - for standard input, or the token itself. What is not demanded is not checked, "
                + "and the report says so.")

        @Argument(help: "The token: a file, -, or the text.")
        var token: String

        @OptionGroup var demands: TokenDemands

        func run() async throws {
            // A demand that means nothing is said before anything is read.
            _ = try demands.expectations()
            let text = try TokenFile.read(token)
            guard let keys = try await demands.keys() else {
                throw Problem.usage(
                    "no keys to verify with; give --jwks with a key set, or --issuer to fetch it from there")
            }
            let result = try await demands.verify(text, with: keys)
            Terminal.standardOutput(TokenReport(result, demands.language.language).text(demands.format))
            guard result.isAcceptable else { throw ExitCode(VerdictExit.reject) }
        }
    }

    struct InspectToken: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "inspect",
            abstract: "Prints what a token says; with keys, also what a relying party's checks find.",
            discussion: "Exits with 0 for everything that is a token, good or bad.")

        @Argument(help: "The token: a file, -, or the text.")
        var token: String

        @OptionGroup var demands: TokenDemands

        func run() async throws {
            _ = try demands.expectations()
            let text = try TokenFile.read(token)
            let parsed: ParsedSignature
            do throws(ParsedSignature.Malformed) {
                parsed = try ParsedSignature(try PastedToken.text(text))
            } catch {
                throw Problem(exitCode: VerdictExit.reject, message: "no compact JWS: \(error.sentence)")
            }
            let result: TokenVerification? =
                if let keys = try await demands.keys() {
                    try await demands.verify(text, with: keys)
                } else { nil }
            Terminal.standardOutput(
                TokenReport.inspection(
                    header: parsed.header, payload: parsed.payload, result, demands.format, demands.language.language))
        }
    }
}

/// A token as people have it: in a file, in a pipe, or in the clipboard.
enum TokenFile {
    static func read(_ argument: String) throws -> String {
        let isText = argument.utf8.count(where: { $0 == 0x2E }) == 2 && !InputFile.isPresent(argument)
        let bytes =
            isText
            ? Array(argument.utf8) : try InputFile.read(argument, limit: 2 * ParsedSignature.limit, what: "token")
        return String(decoding: bytes, as: UTF8.self)
    }
}
