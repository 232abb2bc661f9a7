import CorpusSupport
import DeviceFormats
import DeviceVerification
import Testing
import Wire
import X509Formats

/// Genuine evidence, edited: rows of devices 17 that need no new signature.
@Suite(.enabled(if: DeviceCorpus.isAvailable, "\(Corpus.absence)"))
struct DeviceTamperingTests {
    private typealias Items = DeviceCorpusTests

    private func codes(
        _ evidence: DeviceEvidence, _ edit: (inout DeviceOptions) -> Void = { _ in }
    ) throws -> [DeviceErrorCode] {
        let result = try Items.judge([evidence], DeviceCollateral(), at: Items.manifestClock, edit)
        #expect(result.devices[0].device == nil && result.verdict == .reject)
        // What a gate refuses has nothing checked behind it.
        let checks = result.devices[0].checks
        let failed = checks.filter { $0.outcome == .failed }
        #expect(failed.count == 1)
        if let position = checks.firstIndex(where: { $0.outcome == .failed }) {
            #expect(checks[..<position].allSatisfy { $0.outcome == .passed })
            #expect(checks[(position + 1)...].allSatisfy { if case .notPerformed = $0.outcome { true } else { false } })
        }
        return result.codes
    }

    private func evidence(
        report: [UInt8]? = nil, chain: [UInt8]? = nil, declared: DeviceClass? = nil, nonce: FixedBytes<32>? = nil
    ) throws -> DeviceEvidence {
        let (good, _) = try Items.modern(try DeviceCorpus.open())
        return DeviceEvidence(
            declaredClass: declared, declaredNonce: nonce, report: report ?? good.report, chain: chain ?? good.chain)
    }

    @Test func signature() throws {
        let good = try evidence()
        let report = try DeviceReport(parsing: good.report)
        let end = report.signedCount
        func flipped(_ position: Int) -> [UInt8] {
            var bytes = good.report
            bytes[position] ^= 1
            return bytes
        }
        #expect(try codes(try evidence(report: flipped(4))) == [.signatureInvalid], "row 56")
        #expect(try codes(try evidence(report: flipped(60))) == [.signatureInvalid], "row 57")
        #expect(try codes(try evidence(report: flipped(45 + 3_520))) == [.signatureInvalid], "row 58")
        let digit = good.report.indices.first { good.report[$0...].starts(with: Array("550.90.07".utf8)) }
        #expect(try codes(try evidence(report: flipped(try #require(digit)))) == [.signatureInvalid], "row 59")
        let (first, second) = (Array(good.report[end..<end + 48]), Array(good.report[(end + 48)...]))
        let zero = [UInt8](repeating: 0, count: 48)
        let order = try #require(
            Hex.decode(
                "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973"))
        let signed = Array(good.report[..<end])
        #expect(try codes(try evidence(report: signed + zero + second)) == [.signatureInvalid], "row 62")
        #expect(try codes(try evidence(report: signed + first + order)) == [.signatureInvalid], "row 63")
        #expect(try codes(try evidence(report: signed + second + first)) == [.signatureInvalid], "row 64")
        let other = try Items.evidence(try DeviceCorpus.open(), "gpu/nvsdk-hopper")
        #expect(try codes(try evidence(chain: other.chain)) == [.signatureInvalid], "row 66")
    }

    /// n − S is another signature of the same report; nothing that is bound to the bytes survives it (row 243).
    @Test func otherHalfOfASignature() throws {
        let good = try evidence()
        let end = try DeviceReport(parsing: good.report).signedCount
        let order = try #require(
            Hex.decode(
                "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973"))
        var report = good.report
        var borrow = 0
        for position in (0..<48).reversed() {
            var difference = Int(order[position]) - Int(good.report[end + 48 + position]) - borrow
            borrow = difference < 0 ? 1 : 0
            difference += borrow * 256
            report[end + 48 + position] = UInt8(difference)
        }
        let other = try DeviceVerifier().verify(try evidence(report: report))
        let own = try DeviceVerifier().verify(good)
        #expect(DeviceBinding.list([other.bindingItem]) != DeviceBinding.list([own.bindingItem]))
    }

    @Test func trailingZeros() throws {
        let good = try evidence()
        let padded = try evidence(report: good.report + [0])
        #expect(try DeviceVerifier().verify(padded).bindingItem == DeviceVerifier().verify(good).bindingItem)
        #expect(try codes(padded) { $0.allowTrailingZeros = false } == [.reportMalformed])
    }

    @Test func nonce() throws {
        let other = FixedBytes<32>()
        #expect(try codes(try evidence()) { $0.expectedNonce = other } == [.nonceMismatch], "row 67")
        #expect(try codes(try evidence(nonce: other)) == [.nonceMismatch], "row 68")
        let own = try DeviceReport(parsing: try evidence().report).nonce
        #expect(try DeviceVerifier().verify(try evidence(nonce: own)).nonce == .declaredOnly, "row 242")
        #expect(try codes(try evidence(nonce: own)) { $0.expectedNonce = other } == [.nonceMismatch])
    }

    @Test func chainText() throws {
        let text = try evidence().chain
        #expect(try codes(try evidence(chain: Array("no PEM".utf8))) == [.chainMalformed], "row 69")
        let long = text + [UInt8](repeating: 0x0A, count: 16_385 - text.count)
        #expect(try codes(try evidence(chain: long)) == [.chainMalformed], "row 70")
        _ = try DeviceVerifier().verify(try evidence(chain: Array(long.dropLast())))
        let blocks = try PEM.blocks(labelled: "CERTIFICATE", in: text[...])
        func chain(_ blocks: [[UInt8]], between: String = "") -> [UInt8] {
            Array(blocks.map { PEM.encode($0, label: "CERTIFICATE") }.joined(separator: between).utf8)
        }
        #expect(try codes(try evidence(chain: chain(blocks, between: "x\n"))) == [.chainMalformed], "row 71")
        let nine = chain(blocks + Array(repeating: blocks[4], count: 4))
        #expect(try codes(try evidence(chain: nine)) == [.chainMalformed], "row 72")
        #expect(try codes(try evidence(chain: chain([blocks[0] + [0]] + blocks[1...]))) == [.chainMalformed], "row 73")
        for (order, row) in [
            ([4], "row 74"), ([1, 2, 3, 4], "row 75"), ([0, 1, 3, 4], "row 76"), ([0, 1, 2, 3, 4, 4], "row 77"),
            ([4, 3, 2, 1, 0], "row 78"), ([0, 0, 1, 2, 4], "the leaf twice"), ([1, 0, 2, 3, 4], "roles exchanged"),
        ] {
            #expect(try codes(try evidence(chain: chain(order.map { blocks[$0] }))) == [.chainInvalid], "\(row)")
        }
        var bent = blocks
        bent[0][blocks[0].count - 1] ^= 1
        #expect(try codes(try evidence(chain: chain(bent))) == [.chainInvalid], "row 82")
        let crlf = Array(String(decoding: text, as: UTF8.self).split(separator: "\n").joined(separator: "\r\n").utf8)
        _ = try DeviceVerifier().verify(try evidence(chain: crlf))
        // The root by NVIDIA's other certificate of the same name and key.
        let other = try DeviceCorpus.open().bytes(at: "gpu/roots/Root-CA-L1B.ed58b479.pem")
        _ = try DeviceVerifier().verify(try evidence(chain: chain(Array(blocks[..<4])) + other))
    }

    @Test func classes() throws {
        let corpus = try DeviceCorpus.open()
        let entry = try corpus.entry("gpu/nvsdk-multi-switch-ls10/multi_switch_ls10.json[0]")
        let presented = DeviceEvidence(
            declaredClass: .hopper, declaredNonce: nil, report: entry.report, chain: entry.chain)
        #expect(try codes(presented) == [.archMismatch], "row 98")
        #expect(try codes(try evidence(declared: .blackwell)) == [.archMismatch], "row 99")
        let swapped = DeviceEvidence(
            declaredClass: nil, declaredNonce: nil, report: try evidence().report, chain: entry.chain)
        #expect(try codes(swapped) == [.archMismatch])
    }

    /// Never a trap, never accepted.
    @Test func cutAtEveryLength() throws {
        let good = try evidence()
        for count in good.report.indices {
            let failure = #expect(throws: DeviceFailure.self) {
                try DeviceVerifier().verify(try evidence(report: Array(good.report[..<count])))
            }
            #expect(failure?.code == .reportMalformed, "\(count) bytes")
        }
    }

    @Test func everyByteFlipped() throws {
        let good = try evidence()
        let verifier = DeviceVerifier()
        _ = try verifier.verify(good)
        for position in good.report.indices {
            var report = good.report
            report[position] ^= 1 << UInt8(position % 8)
            let edited = DeviceEvidence(declaredClass: nil, declaredNonce: nil, report: report, chain: good.chain)
            #expect(throws: DeviceFailure.self, "byte \(position)") { try verifier.verify(edited) }
        }
    }

    @Test func everyByteOfTheChainFlipped() throws {
        let good = try evidence()
        let blocks = try PEM.blocks(labelled: "CERTIFICATE", in: good.chain[...])
        let verifier = DeviceVerifier()
        for (number, block) in blocks.enumerated() {
            for position in block.indices {
                var edited = blocks
                edited[number][position] ^= 1 << UInt8(position % 8)
                let chain = Array(edited.map { PEM.encode($0, label: "CERTIFICATE") }.joined().utf8)
                let evidence = DeviceEvidence(declaredClass: nil, declaredNonce: nil, report: good.report, chain: chain)
                #expect(throws: DeviceFailure.self, "certificate \(number), byte \(position)") {
                    try verifier.verify(evidence)
                }
            }
        }
    }

    // MARK: Manifests

    private func manifestCodes(_ document: [UInt8], id: String = Items.driverID) throws -> [DeviceErrorCode] {
        let (evidence, collateral) = try Items.modern(try DeviceCorpus.open())
        var edited = collateral
        edited.manifests.removeAll { $0.id == id }
        edited.manifests.append(.init(id: id, document: document, origin: .own))
        let result = try Items.judge([evidence], edited, at: Items.manifestClock) { $0.revocation = .off }
        #expect(result.verdict == .reject && result.devices[0].device != nil)
        return result.devices[0].codes
    }

    @Test func manifestRows() throws {
        let corpus = try DeviceCorpus.open()
        let good = String(decoding: try corpus.bytes(at: "gpu/nv55090/driver_rim.xml"), as: UTF8.self)
        func rows(_ rows: [(String, String)], _ code: DeviceErrorCode) throws {
            for (row, text) in rows {
                #expect(try manifestCodes(Array(text.utf8)).contains(code), "\(row)")
            }
        }
        func replaced(_ old: String, _ new: String) throws -> String {
            let range = try #require(good.firstRange(of: old), "\(old)")
            return good.replacingCharacters(in: range, new)
        }
        let start = try #require(good.firstRange(of: "<ns0:Payload")).lowerBound
        let end = try #require(good.firstRange(of: "</ns0:Payload>")).upperBound
        let payload = String(good[start..<end])
        let deep = String(repeating: "<ns0:x>", count: 15) + String(repeating: "</ns0:x>", count: 15)
        #expect(
            try manifestCodes(Array(good.utf8.prefix(500)) + [0xFF] + Array(good.utf8.dropFirst(500)))
                .contains(.rimMalformed), "row 109")
        try rows(
            [
                ("row 110", "\u{FEFF}" + good), ("row 111", "<?xml version=\"1.0\"?>" + good),
                ("row 112", "<!DOCTYPE SoftwareIdentity [<!ENTITY e \"x\">]>" + good),
                ("row 113", try replaced("</ns0:Payload>", "<!-- x --></ns0:Payload>")),
                ("row 114", try replaced("</ns0:Payload>", "<![CDATA[x]]></ns0:Payload>")),
                ("row 115", good + String(repeating: "\n", count: 262_145 - good.utf8.count)),
                ("row 116", try replaced("<ns0:Entity", "<ns9:Entity")),
                ("row 117", try replaced("product=", "edition=\"x\" product=")),
                ("row 118", try replaced("<ns0:Meta ", "<ns0:Meta xmlns:a=\"u\" xmlns:b=\"u\" a:x=\"1\" b:x=\"2\" ")),
                ("row 119", try replaced("<ns0:Meta ", "<ns0:Meta xml:lang=\"en\" ")), ("row 120", good + "x"),
                ("row 121", try replaced("</ns0:Payload>", deep + "</ns0:Payload>")),
                ("row 122", try replaced("</ns0:Payload>", "</ns0:Payloads>")),
                ("row 123", try replaced("</ns0:Payload>", "&nbsp;</ns0:Payload>")),
                (
                    "row 125",
                    try replaced(
                        "<ns0:Payload", "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/><ns0:Payload")
                ),
                ("row 126", try replaced("</ns0:Payload>", "</ns0:Payload>" + payload)),
                ("row 127", "<x>" + good + "</x>"),
            ], .rimMalformed)
        let c14n = "http://www.w3.org/2006/12/xml-c14n11"
        let method = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384"
        let reference = try #require(good.firstRange(of: "<ds:Reference")).lowerBound
        let referenceEnd = try #require(good.firstRange(of: "</ds:Reference>")).upperBound
        let certificates = try #require(good.firstRange(of: "<ds:X509Certificate>")).lowerBound
        let certificatesEnd = try #require(good.firstRange(of: "</ds:X509Data>")).lowerBound
        try rows(
            [
                (
                    "row 124",
                    try replaced(
                        "</ns0:Payload>",
                        "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/></ns0:Payload>")
                ),
                ("row 128", try replaced(c14n, "http://www.w3.org/2001/10/xml-exc-c14n#")),
                ("row 129", try replaced(method, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256")),
                ("row 130", try replaced(method, "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256")),
                ("row 131", try replaced("URI=\"\"", "URI=\"#x\"")),
                ("row 132", try replaced("</ds:Reference>", "</ds:Reference>" + good[reference..<referenceEnd])),
                (
                    "row 133",
                    try replaced(
                        "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>", "")
                ),
                (
                    "row 134",
                    try replaced(
                        "</ds:Transforms>",
                        "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\"/></ds:Transforms>")
                ), ("row 135", try replaced("</ds:KeyInfo>", "</ds:KeyInfo><ds:Object/>")),
                ("row 136", good.replacingCharacters(in: certificates..<certificatesEnd, "")),
                ("an identifier", try replaced("<ds:SignedInfo>", "<ds:SignedInfo Id=\"x\">")),
                ("a name of the key", try replaced("<ds:X509Data>", "<ds:KeyName>x</ds:KeyName><ds:X509Data>")),
            ], .rimSignatureProfile)
        try rows(
            [
                (
                    "row 137",
                    try replaced(
                        #"active="True" alternatives="1" ns2:Hash0="80"#,
                        #"active="True" alternatives="1" ns2:Hash0="10"#)
                ),
                ("row 138", try replaced("</ns0:Payload>", " </ns0:Payload>")),
                ("row 139", try replaced("active=\"True\"", "active=\"False\"")),
            ], .rimDigestMismatch)
        let vbios = String(decoding: try corpus.bytes(at: "gpu/nv55090/vbios_rim.xml"), as: UTF8.self)
        #expect(try manifestCodes(Array(vbios.utf8)).contains(.rimVersionMismatch), "row 149")
        let signature = try #require(good.firstRange(of: "<ds:SignatureValue>")).upperBound
        let flipped = good[signature] == "A" ? "B" : "A"
        try rows(
            [("row 140", good.replacingCharacters(in: signature..<good.index(after: signature), flipped))],
            .rimSignatureInvalid)
        #expect(try manifestCodes([0xD2, 0x84]).contains(.rimFormatUnsupported))
    }

    @Test func manifestChains() throws {
        let corpus = try DeviceCorpus.open()
        let good = String(decoding: try corpus.bytes(at: "gpu/nv55090/driver_rim.xml"), as: UTF8.self)
        let open = "<ds:X509Certificate>"
        let close = "</ds:X509Certificate>"
        let start = try #require(good.firstRange(of: open)).lowerBound
        let end = try #require(good.firstRange(of: "</ds:X509Data>")).lowerBound
        let certificates = good[start..<end].split(separator: close).map { String($0.dropFirst(open.count)) }
        #expect(certificates.count == 4)
        func codes(_ chain: [String]) throws -> [DeviceErrorCode] {
            let text = good.replacingCharacters(in: start..<end, chain.map { open + $0 + close }.joined())
            return try manifestCodes(Array(text.utf8))
        }
        let device = try PEM.blocks(labelled: "CERTIFICATE", in: try evidence().chain[...]).map {
            Base64.encode($0, lineLength: 64)
        }
        for (chain, row) in [
            (device, "row 143"), ([certificates[0], certificates[2], certificates[3]], "row 144"),
            ([certificates[0], certificates[3]], "row 145"), (certificates.reversed(), "the root first"),
            (Array(certificates[..<3]), "no root"), ([certificates[1], certificates[2], certificates[3]], "row 146"),
        ] {
            #expect(try codes(chain).contains(.rimChainInvalid), "\(row)")
        }
    }

    @Test func absentManifests() throws {
        let (evidence, collateral) = try Items.modern(try DeviceCorpus.open())
        for (id, row) in [(Items.driverID, "row 107"), (Items.vbiosID, "row 108")] {
            var less = collateral
            less.manifests.removeAll { $0.id == id }
            let result = try Items.judge([evidence], less, at: Items.manifestClock) { $0.revocation = .off }
            #expect(Set(result.codes).isSuperset(of: [.rimNotFound, .measurementsNotCompared]), "\(row)")
            #expect(result.verdict == .reject)
            less.unavailableManifests = [id]
            let unavailable = try Items.judge([evidence], less, at: Items.manifestClock) { $0.revocation = .off }
            #expect(unavailable.verdict == .error && unavailable.codes.contains(.rimUnavailable), "\(row)")
        }
    }

    // MARK: Answers about revocation

    @Test func answers() throws {
        let (evidence, collateral) = try Items.modern(try DeviceCorpus.open())
        func codes(
            _ edit: (inout DeviceCollateral) -> Void, _ options: (inout DeviceOptions) -> Void = { _ in }
        ) throws -> (Set<DeviceErrorCode>, DeviceSetJudgement) {
            var edited = collateral
            edit(&edited)
            let result = try Items.judge([evidence], edited, at: Items.deviceClock, options)
            return (Set(result.codes), result)
        }
        func answer(_ der: [UInt8]) -> DeviceCollateral.Answer { .init(der: der, origin: .supplied) }
        #expect(try codes { $0.answers = [answer([1, 2, 3])] }.0.contains(.ocspMalformed), "row 170")
        let long = [UInt8](repeating: 0x30, count: 65_537)
        #expect(try codes { $0.answers = [answer(long)] }.0.contains(.ocspMalformed), "row 171")
        for (status, row) in [(UInt8(6), "row 172"), (3, "row 173")] {
            let (found, result) = try codes { $0.answers = [answer([0x30, 3, 0x0A, 1, status])] }
            #expect(found.contains(.ocspResponderError) && result.verdict == .reject, "\(row)")
        }
        let brom = collateral.answers[1].der
        var bent = brom
        bent[brom.count - 700] ^= 1
        #expect(
            try !codes { $0.answers = [answer(bent)] }.0.isDisjoint(with: [.ocspSignatureInvalid, .ocspMalformed]),
            "row 174")
        let own = try DeviceVerifier().verify(evidence).certificates[1]
        let question = DeviceCollateral.Question(certificateSHA256: Items.sha256(own.der), nonce: [1, 2, 3])
        func asked(_ der: [UInt8]) -> DeviceCollateral.Answer { .init(der: der, origin: .own, question: question) }
        #expect(
            try codes { $0.answers = [asked(collateral.answers[0].der)] }.0.contains(.ocspCertIDMismatch),
            "rows 181, 187")
        #expect(
            try codes({ $0.answers = [asked(brom)] }, { $0.revocationMode = .live }).0.contains(.ocspNonceMismatch),
            "row 183")
        let (nothing, result) = try codes { $0.answers = [] }
        #expect(nothing.contains(.revocationUnknown) && result.verdict == .reject, "row 192")
        let (failed, world) = try codes {
            $0.answers = []
            $0.isResponderUnavailable = true
        }
        #expect(failed.contains(.revocationUnavailable) && world.verdict == .error)
        // Answers about others cost no signature (row 236).
        let stranger = try Items.judge(
            [try Items.evidence(try DeviceCorpus.open(), "gpu/nvsdk-hopper")],
            DeviceCollateral(answers: [answer(collateral.answers[1].der)]), at: Items.deviceClock)
        #expect(stranger.verifiedAnswers == 0 && stranger.codes.contains(.revocationUnknown))
        #expect(throws: DeviceFailure.self, "row 235") {
            _ = try codes { $0.answers = Array(repeating: answer(brom), count: 129) }
        }
    }

    @Test func answersCutOrFlipped() throws {
        let corpus = try DeviceCorpus.open()
        let (evidence, collateral) = try Items.modern(corpus)
        let der = collateral.answers[1].der
        for count in der.indices {
            #expect(throws: DeviceFailure.self) { try OCSPResponse(parsing: Array(der[..<count])) }
        }
        var good = 0
        for position in der.indices {
            var bent = der
            bent[position] ^= 1 << UInt8(position % 8)
            let result = try Items.judge(
                [evidence], DeviceCollateral(answers: [.init(der: bent, origin: .supplied)]), at: Items.deviceClock)
            if result.devices[0].revocation[0].status == .good { good += 1 }
        }
        // Some bytes stand outside everything that is signed or read: the NULL of an algorithm does not, a tag does not.
        #expect(good == 0)
    }

    // MARK: Policy

    @Test func policy() throws {
        let (evidence, collateral) = try Items.modern(try DeviceCorpus.open())
        func codes(_ edit: (inout DeviceOptions) -> Void) throws -> [DeviceErrorCode] {
            try Items.judge([evidence], collateral, at: Items.manifestClock) {
                $0.revocation = .off
                edit(&$0)
            }.codes
        }
        #expect(try codes { _ in } == [.versionsNotJudged], "row 238")
        #expect(try codes { $0.driverMinimum = ["550.163.01"] } == [.driverTooOld], "row 219")
        #expect(try codes { $0.driverMinimum = ["550.90.7"] } == [])
        #expect(try codes { $0.driverMinimum = ["550.163.01", "570.133.20"] } == [.driverTooOld], "row 237")
        #expect(try codes { $0.driverMinimum = ["535.1"] } == [])
        #expect(try codes { $0.driverDenied = ["550.90.07"] } == [.driverTooOld])
        #expect(try codes { $0.vbiosMinimum = .one("96.00.A0.00.01") } == [.vbiosTooOld], "row 220")
        #expect(try codes { $0.vbiosMinimum = .one("96.00.9E.FF") } == [])
        #expect(try codes { $0.vbiosMinimum = .by(["1010_0200_882": "96.00.9F.00.01", "96": "97"]) } == [])
        #expect(try codes { $0.vbiosMinimum = .by(["96": "96.00.9F"]) } == [])
        #expect(try codes { $0.vbiosMinimum = .by(["97": "97.00"]) } == [.vbiosTooOld])
        #expect(try codes { $0.vbiosDenied = ["96.00.9F.00.01"] } == [.vbiosTooOld])
        #expect(try codes { $0.models = ["GH100 A02"] } == [.modelNotAllowed, .versionsNotJudged], "row 221")
        #expect(try codes { $0.classes = [.blackwell] } == [.modelNotAllowed, .versionsNotJudged])
        #expect(try codes { $0.boards = ["1010_0200_882"] } == [.versionsNotJudged])
        #expect(try codes { $0.featureFlags = [1] } == [.modeNotAllowed, .versionsNotJudged], "row 223")
        #expect(try codes { $0.modes = [.multi] } == [.modeNotAllowed, .versionsNotJudged])
        #expect(try codes { $0.gpuCount = 8 } == [.count, .versionsNotJudged], "row 204")
        #expect(try codes { $0.minimumBinding = .quoted } == [.notBound, .versionsNotJudged])
        #expect(try codes { $0.pinnedManifests = [FixedBytes()] }.contains(.rimNotPinned), "row 222")
    }
}

extension String {
    func replacingCharacters(in range: Range<String.Index>, _ new: some StringProtocol) -> String {
        String(self[..<range.lowerBound]) + new + String(self[range.upperBound...])
    }
}
