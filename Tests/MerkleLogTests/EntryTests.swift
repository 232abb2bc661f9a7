import MerkleLog
import Testing
import Wire

@Suite struct EntryTests {
    @Test func workedLog() throws {
        let leaves = try Vectors.workedLeaves()
        #expect(leaves.map(\.count) == [196, 214, 169, 215, 167, 895, 763, 126])
        var range = CompactRange()
        var closure = CausalClosure()
        for (index, leaf) in leaves.enumerated() {
            let hash = MerkleHashing.leaf(leaf)
            #expect(hash.hex == Vectors.workedLeafHashes[index])
            range.append(leaf: hash)
            #expect(range.root.hex == Vectors.workedRoots[index])
            let entry = try LogEntry(leaf: leaf)
            #expect(try entry.leaf() == leaf)
            #expect(entry.further == .object([]))
            #expect(closure.faults(of: entry.body, at: UInt64(index)) == [])
            closure.append(entry.body)
        }
        let bundle = try #require(EntryBundle.encode(leaves))
        #expect(bundle.count == 2_761)
        #expect(
            MerkleHashing.sha256(bundle).hex == "615fc7b4958b9ee9be48b976bdfdf368929ea1063110da727f809339b04b61f2")
        #expect(
            MerkleHashing.sha256(HashTile.encode(leaves.map(MerkleHashing.leaf))).hex
                == "f6ab00b3ba9525fb780fc0c47169ccf5d191e262c2a9e70e665879503f2a7473")
    }

    @Test func digests() throws {
        let claims = try JSON(
            canonical: Array(
                #"{"attester_tcb_status":"UpToDate","exp":1768469700,"iat":1768469400,"iss":"https://attest.example","jti":"01KF0G7Y5ZJ8Q2T4V6X8Z0B2D4","sub":"tdx","verdict":"accept"}"#
                    .utf8), as: .claims, limit: 4_096)
        let expected = "ceaa32883c62f5c697cf6f5b6f8a5dbf12e17754612d3c0c356e1d4f63248654"
        #expect(try TokenBinding.claimsSHA256(claims).hex == expected)
        let log = TokenBinding.logClaim(
            origin: try #require(KeyName("attest.example/log/2026")), index: 5,
            leafHash: try Vectors.hash(Vectors.workedLeafHashes[5]))
        #expect(
            log.canonicalText
                == #"{"index":5,"leaf":"wbKBVpGGavHXirfjoipfnixdeGFuUiGSULWfA_HgPgk","origin":"attest.example/log/2026"}"#
        )
        #expect(try TokenBinding.claimsSHA256(claims.adding([("log", log)])).hex == expected)
        let verifier = VerifierIdentity(
            name: "attestd", version: "0.1.0",
            binarySHA256: try Vectors.hash("cbf4fe41b75b782a75992bfb9443e3fa64b0f4615620f846e2e493d8b8494cf1"),
            ruleset: 1)
        #expect(verifier.sha256.hex == "50eafdd1f420a2d01ba441b16169cae0eaf09cdb2fd664c5205cc9ad0dbcaeb6")
        #expect(try VerifierIdentity(document: verifier.document) == verifier)
        let parts: [(CollateralManifest.Part, String)] = [
            (.pckCRL, "62727ef1a09fd7cd2b6247c7aeb5d262ef1d4e2fdd404ed651ddff73e769ce88"),
            (.pckCRLIssuerChain, "615c14419d5b65e5fc5287777c5481e04371ce8030f00d904e3b74bc4c68490e"),
            (.qeIdentity, "92c1753b511b10b7b1c15e8e2fa32c06324a1ff7672a622619726ae9512a2931"),
            (.qeIdentityIssuerChain, "bffd618ce5b4cb58603de1f0afe7e7ce68eadfa5c50b34c953763d670f10a4b0"),
            (.rootCACRL, "e8bd029ca840b312d9317b45f1f8506a45e6142a904183acef151014829013a4"),
            (.tcbInfo, "480c8856c1160b4552b2cb5e49b0e9931f749a075545caeca25a2f228f07e1fd"),
            (.tcbInfoIssuerChain, "d450c4c2333e2eb03062d3647b96a916287453d1f31f13bdafc170375fdb731b"),
        ]
        let manifest = CollateralManifest(
            parts: Dictionary(uniqueKeysWithValues: try parts.map { ($0.0, try Vectors.hash($0.1)) }), tee: "tdx")
        #expect(manifest.sha256.hex == "98b8635fa3a658083328a59965efaa240c16582938e6b1ad960270b2f8380560")
        #expect(try CollateralManifest(document: manifest.document) == manifest)
        #expect(
            MerkleHashing.sha256(
                Array(#"{"accept_tcb":["UpToDate","SWHardeningNeeded"],"id":"prod-tdx","rev":3}"#.utf8)
            ).hex == "3b109efdc53adf563536534b682890af67ce00808a36e565af68b18bbe376884")
    }

    @Test(arguments: [
        // Not JSON, or no object.
        "", "[]", "1", "{", #"{"v":1}x"#, " {}",
        // Written another way: white space, order, escapes, number forms.
        #"{"kind":"x", "time_ms":1,"v":1}"#, #"{"v":1,"kind":"x","time_ms":1}"#,
        #"{"kind":"\u0078","time_ms":1,"v":1}"#, #"{"kind":"a\/b","time_ms":1,"v":1}"#,
        #"{"kind":"x","time_ms":1.0,"v":1}"#, #"{"kind":"x","time_ms":1e0,"v":1}"#, #"{"kind":"x","time_ms":-0,"v":1}"#,
        #"{"kind":"x","time_ms":01,"v":1}"#, #"{"kind":"x","time_ms":9007199254740992,"v":1}"#,
        #"{"kind":"x","time_ms":9223372036854775808,"v":1}"#,
        // Duplicates, null, names, control characters, depth, no UTF-8.
        #"{"kind":"x","kind":"x","time_ms":1,"v":1}"#, #"{"a":null,"kind":"x","time_ms":1,"v":1}"#,
        #"{"A":1,"kind":"x","time_ms":1,"v":1}"#, #"{"_a":1,"kind":"x","time_ms":1,"v":1}"#,
        #"{"a-b":1,"kind":"x","time_ms":1,"v":1}"#, #"{"a":"\n","kind":"x","time_ms":1,"v":1}"#,
        #"{"a":[[[[]]]],"kind":"x","time_ms":1,"v":1}"#, #"{"":1,"kind":"x","time_ms":1,"v":1}"#,
        #"{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa":1,"kind":"x","time_ms":1,"v":1}"#,
        // Canonical, and no entry.
        "{}", #"{"kind":"x","time_ms":1}"#, #"{"kind":"x","v":1}"#, #"{"time_ms":1,"v":1}"#,
        #"{"kind":"x","time_ms":1,"v":2}"#, #"{"kind":"x","time_ms":-1,"v":1}"#, #"{"kind":1,"time_ms":1,"v":1}"#,
        #"{"kind":"x","time_ms":"1","v":1}"#, #"{"kind":"freeze","time_ms":1,"v":1}"#,
        #"{"kind":"freeze","next_origin":1,"reason":"r","time_ms":1,"v":1}"#,
        #"{"kind":"policy","op":"enable","policy_id":"p","policy_sha256":"3b109efdc53adf563536534b682890af67ce00808a36e565af68b18bbe376884","time_ms":1,"v":1}"#,
        #"{"kind":"policy","op":"retire","policy_id":"p","policy_sha256":"3B109efdc53adf563536534b682890af67ce00808a36e565af68b18bbe376884","time_ms":1,"v":1}"#,
        #"{"kind":"policy","op":"retire","policy_id":"p","policy_sha256":"3b","time_ms":1,"v":1}"#,
    ])
    func otherLeavesAreNone(_ text: String) {
        #expect(throws: LogEntryFailure.self) { _ = try LogEntry(leaf: Array(text.utf8)) }
    }

    @Test func whatIsUnknownIsKept() throws {
        for text in [
            #"{"kind":"from_later","time_ms":1,"v":1,"what":{"a":[1,true,"é/\\\""]}}"#,
            #"{"kind":"freeze","next_origin":"n","reason":"r","time_ms":1,"v":1,"zeal":"high"}"#,
        ] {
            let entry = try LogEntry(leaf: Array(text.utf8))
            #expect(try entry.leaf() == Array(text.utf8))
            #expect(entry.further != .object([]))
        }
    }

    private static let hash = MerkleHashing.leaf([1])

    private static var fullVerdict: VerdictEntry {
        var entry = VerdictEntry(
            verdict: .accept, reasons: ["NOT_FRESH", "A"], tee: "tdx", evidenceSHA256: hash, jti: "j", policyID: "p",
            policySHA256: hash, verifierSHA256: hash, advisories: ["INTEL-SA-2", "INTEL-SA-1"])
        entry.collateralSHA256 = hash
        entry.claimsSHA256 = hash
        entry.kid = "k"
        entry.tcbStatus = "UpToDate"
        entry.tcbEvaluationNumber = 18
        entry.fmspc = [1, 2, 3, 4, 5, 6]
        entry.measurement = [UInt8](repeating: 3, count: 48)
        entry.nonceSHA256 = hash
        entry.userDataSHA256 = hash
        entry.eventLogSHA256 = hash
        entry.references = [hash]
        entry.binding = "raw"
        entry.adapter = "alibaba"
        entry.trustRoot = hash
        entry.devices = [VerdictEntry.Device(sha256: hash, type: "gpu", verdict: .reject)]
        entry.isCollateralExpired = true
        entry.tenant = "t_1"
        entry.isArchived = false
        entry.tokenExpiresMilliseconds = 1_768_469_700_000
        entry.statusList = "19bb0000000-1-0123456789abcdef"
        entry.statusIndex = 131_071
        return entry
    }

    static let bodies: [LogEntryBody] = [
        .verdict(fullVerdict),
        .reappraisal(
            ReappraisalEntry(verdict: fullVerdict, first: 7, changes: [.referenceSet, .collateral, .policy])),
        .genesis(
            GenesisEntry(
                origin: "o", logKey: "k", specification: "attest-log/1", previousOrigin: "p", previousSize: 3,
                previousRoot: hash)),
        .key(
            KeyEntry(
                use: .token, kid: "k", algorithm: "ES256", thumbprint: "t", notBeforeMilliseconds: 1,
                notAfterMilliseconds: 2, operation: .revoke, reason: "lost")),
        .policy(PolicyEntry(operation: .activate, policyID: "p", policySHA256: hash)),
        .verifier(VerifierIdentity(name: "n", version: "v", binarySHA256: hash, ruleset: 1)),
        .collateral(CollateralEntry(manifestSHA256: hash, nextUpdateMilliseconds: 5)),
        .summary(SummaryEntry(fromMilliseconds: 1, toMilliseconds: 2, malformed: 3, rateLimited: 4)),
        .restart(RestartEntry(isClean: true, previousSize: 4, pendingMaximum: 1)),
        .purge(PurgeEntry(count: 1, fromMilliseconds: 1, toMilliseconds: 2, setSHA256: hash, basis: .erasure)),
        .access(AccessEntry(who: "w", what: .bundle, count: 1, fromMilliseconds: 1, toMilliseconds: 2)),
        .referenceSet(ReferenceSetEntry(operation: .retire, setID: "s", setSHA256: hash)),
        .admin(AdminEntry(who: "w", action: "a", subject: "s")),
        .freeze(FreezeEntry(nextOrigin: "n", reason: "year")),
    ]

    @Test(arguments: bodies) func everyKindRoundTrips(_ body: LogEntryBody) throws {
        let entry = LogEntry(timeMilliseconds: 1_768_469_400_000, body: body)
        let leaf = try entry.leaf()
        #expect(leaf.count <= Limits.ownLeafBytes)
        #expect(try LogEntry(leaf: leaf) == entry)
        // Cut or changed anywhere: refused, or another entry. Never a trap.
        for position in leaf.indices {
            #expect(throws: LogEntryFailure.self) { _ = try LogEntry(leaf: Array(leaf[..<position])) }
            for mask in [0x01, 0x80] as [UInt8] {
                var changed = leaf
                changed[position] ^= mask
                if let other = try? LogEntry(leaf: changed) { #expect(other != entry) }
            }
        }
    }

    @Test func closureNamesWhatIsMissing() throws {
        let verdict = Self.fullVerdict
        let identity = VerifierIdentity(name: "n", version: "v", binarySHA256: Self.hash, ruleset: 1)
        var named = verdict
        named.verifierSHA256 = identity.sha256
        let before: [LogEntryBody] = [
            Self.bodies[2], Self.bodies[4], .verifier(identity), Self.bodies[6],
            .referenceSet(ReferenceSetEntry(operation: .activate, setID: "s", setSHA256: Self.hash)),
            .key(KeyEntry(use: .token, kid: "k", algorithm: "ES256")),
        ]
        func faults(without skipped: Int?, then last: [LogEntryBody] = []) -> [CausalClosure.Fault] {
            var closure = CausalClosure()
            for (position, body) in (before + last).enumerated() where position != skipped { closure.append(body) }
            return closure.faults(of: .verdict(named), at: closure.count)
        }
        #expect(faults(without: nil) == [])
        #expect(faults(without: 1) == [.policy(Self.hash)])
        #expect(faults(without: 2) == [.verifier(identity.sha256)])
        #expect(faults(without: 3) == [.collateral(Self.hash)])
        #expect(faults(without: 4) == [.referenceSet(Self.hash)])
        #expect(faults(without: 5) == [.key("k")])
        #expect(faults(without: nil, then: [Self.bodies[3]]) == [.key("k")])
        #expect(
            faults(
                without: nil,
                then: [.policy(PolicyEntry(operation: .retire, policyID: "p", policySHA256: Self.hash))])
                == [.policy(Self.hash)])
        #expect(faults(without: nil, then: [Self.bodies[11]]) == [.referenceSet(Self.hash)])
        #expect(faults(without: nil, then: [Self.bodies[13]]) == [.frozen])
        #expect(CausalClosure().faults(of: Self.bodies[4], at: 0) == [.genesis])
        // A key's name is its bytes: U+212A is a K to Swift's strings.
        var kelvin = CausalClosure()
        for body in before.dropLast() { kelvin.append(body) }
        kelvin.append(.key(KeyEntry(use: .token, kid: "\u{212A}", algorithm: "ES256")))
        named.kid = "K"
        #expect(kelvin.faults(of: .verdict(named), at: kelvin.count) == [.key("K")])
        named.kid = nil
        #expect(faults(without: nil) == [.noToken])
    }

    @Test func aReappraisalRestsOnWhatAVerdictRestsOn() throws {
        var verdict = Self.fullVerdict
        verdict.claimsSHA256 = nil
        verdict.kid = nil
        let identity = VerifierIdentity(name: "n", version: "v", binarySHA256: Self.hash, ruleset: 1)
        verdict.verifierSHA256 = identity.sha256
        let policy = PolicyEntry(operation: .activate, policyID: "p", policySHA256: Self.hash)
        let before: [LogEntryBody] = [
            Self.bodies[2], .policy(policy), .verifier(identity), Self.bodies[6],
            .referenceSet(ReferenceSetEntry(operation: .activate, setID: "s", setSHA256: Self.hash)),
        ]
        func faults(
            without skipped: Int?, of first: Int64 = 4, then last: [LogEntryBody] = []
        ) -> [CausalClosure.Fault] {
            var closure = CausalClosure()
            for (position, body) in (before + last).enumerated() where position != skipped { closure.append(body) }
            return closure.faults(
                of: .reappraisal(ReappraisalEntry(verdict: verdict, first: first, changes: [])), at: closure.count)
        }
        // Without a token of its own, accept or reject.
        #expect(faults(without: nil) == [])
        #expect(faults(without: 1, of: 0) == [.policy(Self.hash)])
        #expect(faults(without: 2, of: 0) == [.verifier(identity.sha256)])
        #expect(faults(without: 3, of: 0) == [.collateral(Self.hash)])
        #expect(faults(without: 4, of: 0) == [.referenceSet(Self.hash)])
        #expect(faults(without: nil, of: 5) == [.first(5)])
        let retirement = LogEntryBody.policy(
            PolicyEntry(operation: .retire, policyID: "p", policySHA256: Self.hash))
        #expect(faults(without: nil, then: [retirement]) == [.policy(Self.hash)])
        verdict.verdict = .reject
        verdict.reasons = [ReappraisalEntry.policyRetired]
        #expect(faults(without: nil, then: [retirement]) == [])
        // What could not be decided is no entry.
        verdict.verdict = .error
        let leaf = try LogEntry(
            timeMilliseconds: 1, body: .reappraisal(ReappraisalEntry(verdict: verdict, first: 1, changes: []))
        ).leaf()
        #expect(throws: LogEntryFailure.malformed("verdict")) { _ = try LogEntry(leaf: leaf) }
    }

    @Test func claimsAreWiderThanLeaves() throws {
        let claims = JSON.object([("https://x/ ", .null), ("b", .string("\u{1}\n")), ("a", .integer(1))])
        let bytes = try claims.canonicalBytes(as: .claims)
        #expect(bytes == Array(#"{"a":1,"b":"\u0001\n","https://x/ ":null}"#.utf8))
        #expect(throws: CanonicalJSONError.self) { _ = try claims.canonicalBytes(as: .leaf) }
        #expect(throws: CanonicalJSONError.name("é")) {
            _ = try JSON.object([("é", .null)]).canonicalBytes(as: .claims)
        }
        #expect(throws: CanonicalJSONError.duplicateName("a")) {
            _ = try JSON.object([("a", .null), ("a", .null)]).canonicalBytes(as: .claims)
        }
        #expect(throws: CanonicalJSONError.number) {
            _ = try JSON.object([("a", .integer(.max))]).canonicalBytes(as: .claims)
        }
    }
}
