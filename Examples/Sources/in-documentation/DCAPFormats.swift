import DCAPFormats

/// What a quote says of itself, in lines for people. Nothing of it is verified.
func describe(_ bytes: [UInt8]) -> [String] {
    do {
        let quote = try Quote(parsing: bytes)
        let kind = "a \(quote.tee.name) quote, version \(quote.header.version)"
        switch quote.body {
        case .td(let report):
            return [
                kind, "image \(report.mrTD)", "kernel and system \(report.rtmr1) \(report.rtmr2)",
                "report data \(report.reportData)",
            ] + (report.tdAttributes.contains(.debug) ? ["its host can read its memory"] : [])
        case .sgx(let report):
            return [kind, "enclave \(report.mrEnclave)", "signer \(report.mrSigner)"]
        }
    } catch {
        // A stable code, the field and the byte; the two texts are for people.
        return ["\(error.code.rawValue): \(error.field), found \(error.found), wanted \(error.wanted)"]
    }
}
