import DCAPFormats
import DCAPVerification
public import Wire
import Words

/// The record as JSON, to be stored beside a verdict and read back for a dry run. Small: the report as hex, the rest as
/// the facts of dcap 5.9.
extension RecordedFacts {
    /// - Parameter namingHost: Whether PPID hash and platform instance id are kept, which identify a host (dcap 6.10).
    public func document(namingHost: Bool = false) -> JSON {
        .object([
            ("time", .string(time.description)), ("quote_version", .integer(Int64(quoteVersion))),
            ("body_type", .integer(Int64(bodyType.rawValue))), ("body", .string(Hex.encode(bodyBytes))),
            ("tcb", tcb.record),
            (
                "collateral",
                .array(
                    collateral.items.map {
                        .array([
                            .string($0.name), .string($0.issued.description), .string($0.expires.description),
                        ])
                    })
            ),
            ("platform", platform.record(namingHost: namingHost)), ("intel_root", .bool(isUnderIntelRoot)),
        ])
    }

    /// Reads what `document` wrote.
    public init(parsing bytes: [UInt8]) throws(PolicyError) {
        let root: JSONValue
        do throws(JSONError) {
            root = try JSONDocument(parsing: bytes, limit: Limits.policyBytes).root
        } catch {
            throw PolicyError(error)
        }
        let reader = try MemberReader(
            root,
            members: [
                "time", "quote_version", "body_type", "body", "tcb", "collateral", "platform", "intel_root",
            ])
        let type = try reader.needed("body_type", reader.integer("body_type", atMost: 4))
        guard let bodyType = QuoteBodyType(rawValue: UInt16(type)) else {
            throw reader.invalid("body_type", wanted: Phrase("1 to 4", "1 到 4"))
        }
        let body = try reader.needed("body", reader.hex("body", count: bodyType.byteCount))
        guard let bodyBytes = Hex.decode(body), let report = Quote.Body(parsing: bodyBytes, bodyType) else {
            throw reader.invalid("body", wanted: Phrase("a report of its type", "与类型相符的报告"))
        }
        self.init(
            time: try reader.needed("time", reader.date("time")),
            quoteVersion: UInt16(
                truncatingIfNeeded: try reader.needed("quote_version", reader.integer("quote_version", atMost: 5))),
            bodyType: bodyType, bodyBytes: bodyBytes, body: report,
            tcb: try TCBEvaluation(record: try reader.needed("tcb", reader.value.member("tcb"))),
            collateral: try Self.collateral(reader),
            platform: try PlatformFacts(record: try reader.needed("platform", reader.value.member("platform"))),
            isUnderIntelRoot: try reader.needed("intel_root", reader.boolean("intel_root")))
    }

    private static func collateral(_ reader: MemberReader) throws(PolicyError) -> CollateralFacts {
        var items: [CollateralFacts.Item] = []
        for element in try reader.needed("collateral", reader.list("collateral", atMost: 32)) {
            let parts = element.elements.map(\.plainString)
            guard parts.count == 3, let name = parts[0], let issued = parts[1].flatMap({ Instant(rfc3339: $0) }),
                let expires = parts[2].flatMap({ Instant(rfc3339: $0) })
            else { throw PolicyError(element, wanted: Phrase("[item, issued, expires]", "[项目, 签发, 到期]")) }
            items.append(
                CollateralFacts.Item(name: String(decoding: name, as: UTF8.self), issued: issued, expires: expires))
        }
        return CollateralFacts(items: items)
    }
}

extension MemberReader {
    /// A member that a record always has.
    func needed<Value>(_ name: StaticString, _ value: Value?) throws(PolicyError) -> Value {
        guard let value else { throw missing(name, Phrase("a value", "一个值")) }
        return value
    }

    fileprivate func status(_ name: StaticString) throws(PolicyError) -> TCBStatus {
        guard let status = TCBStatus(rawValue: try needed(name, text(name))) else {
            throw invalid(name, wanted: .oneOf(TCBStatus.allCases.map(\.rawValue)))
        }
        return status
    }
}

extension TCBEvaluation {
    fileprivate var record: JSON {
        .object([
            ("status", .string(status.rawValue)), ("launch", launch.record), ("current", current.record),
            ("tcb_info_evaluation_number", .integer(Int64(tcbInfoEvaluationNumber))),
            ("qe_identity_evaluation_number", .integer(Int64(qeIdentityEvaluationNumber))),
            (
                "out_of_date",
                .array(
                    outOfDate.map {
                        .array([.string($0.component), .integer(Int64($0.found)), .integer(Int64($0.wanted))])
                    })
            ),
            ("svn_regression", .bool(svnRegression)),
        ])
    }

    fileprivate init(record: JSONValue) throws(PolicyError) {
        let reader = try MemberReader(
            record,
            members: [
                "status", "launch", "current", "tcb_info_evaluation_number", "qe_identity_evaluation_number",
                "out_of_date", "svn_regression",
            ])
        var components: [OutOfDateComponent] = []
        for element in try reader.needed("out_of_date", reader.value.member("out_of_date")).elements {
            let parts = Array(element.elements)
            guard parts.count == 3, let name = parts[0].string, case .value(let found) = parts[1].integer,
                case .value(let wanted) = parts[2].integer, found <= 0xFFFF, wanted <= 0xFFFF
            else { throw PolicyError(element, wanted: Phrase("[component, found, wanted]", "[组件, 实际, 期望]")) }
            components.append(OutOfDateComponent(component: name, found: Int(found), wanted: Int(wanted)))
        }
        func number(_ name: StaticString) throws(PolicyError) -> UInt32 {
            UInt32(truncatingIfNeeded: try reader.needed(name, reader.integer(name, atMost: UInt64(UInt32.max))))
        }
        self.init(
            status: try reader.status("status"),
            launch: try Level(record: try reader.needed("launch", record.member("launch"))),
            current: try Level(record: try reader.needed("current", record.member("current"))),
            tcbInfoEvaluationNumber: try number("tcb_info_evaluation_number"),
            qeIdentityEvaluationNumber: try number("qe_identity_evaluation_number"), outOfDate: components,
            svnRegression: try reader.needed("svn_regression", reader.boolean("svn_regression")))
    }
}

extension TCBEvaluation.Level {
    fileprivate var record: JSON {
        var members: [(String, JSON)] = [
            ("status", .string(status.rawValue)), ("platform", .string(platformStatus.rawValue)),
        ]
        if let moduleStatus { members.append(("module", .string(moduleStatus.rawValue))) }
        return .object(
            members + [
                ("qe", .string(qeStatus.rawValue)), ("date", .string(date.description)),
                ("advisory_ids", .array(advisoryIDs.map { .string($0) })),
            ])
    }

    fileprivate init(record: JSONValue) throws(PolicyError) {
        let reader = try MemberReader(
            record, members: ["status", "platform", "module", "qe", "date", "advisory_ids"])
        var advisories: [String] = []
        for element in try reader.needed("advisory_ids", record.member("advisory_ids")).elements {
            advisories.append(try MemberReader.text(element))
        }
        self.init(
            status: try reader.status("status"), platformStatus: try reader.status("platform"),
            moduleStatus: reader.has("module") ? try reader.status("module") : nil, qeStatus: try reader.status("qe"),
            date: try reader.needed("date", reader.date("date")), advisoryIDs: advisories)
    }
}

extension PlatformFacts {
    fileprivate func record(namingHost: Bool) -> JSON {
        var members: [(String, JSON)] = [
            ("fmspc", .string(fmspc.hex)), ("pce_id", .string(pceID.hex)), ("ca", .string(authority)),
            ("sgx_type", .string(sgxType)), ("pce_svn", .integer(Int64(pceSVN))),
            ("component_svns", .string(componentSVNs.hex)),
        ]
        let flags = [("dynamic_platform", dynamicPlatform), ("cached_keys", cachedKeys), ("smt_enabled", smtEnabled)]
        members += flags.compactMap { name, flag in flag.map { (name, .bool($0)) } }
        if namingHost, case .known(let ppid, let instance) = host {
            members.append(("ppid_sha256", .string(ppid.hex)))
            if let instance { members.append(("platform_instance_id", .string(instance.hex))) }
        }
        return .object(members)
    }

    fileprivate init(record: JSONValue) throws(PolicyError) {
        let reader = try MemberReader(
            record,
            members: [
                "fmspc", "pce_id", "ca", "sgx_type", "pce_svn", "component_svns", "dynamic_platform", "cached_keys",
                "smt_enabled", "ppid_sha256", "platform_instance_id",
            ])
        func bytes<let count: Int>(_ name: StaticString) throws(PolicyError) -> FixedBytes<count>? {
            guard let text = try reader.hex(name, count: count) else { return nil }
            return Hex.fixed(Array(text.utf8)[...])
        }
        let ppid: FixedBytes<32>? = try bytes("ppid_sha256")
        let instance: FixedBytes<16>? = try bytes("platform_instance_id")
        self.init(
            fmspc: try reader.needed("fmspc", bytes("fmspc")), pceID: try reader.needed("pce_id", bytes("pce_id")),
            authority: try reader.needed("ca", reader.text("ca")),
            sgxType: try reader.needed("sgx_type", reader.text("sgx_type")),
            pceSVN: UInt16(
                truncatingIfNeeded: try reader.needed("pce_svn", reader.integer("pce_svn", atMost: 0xFFFF))),
            componentSVNs: try reader.needed("component_svns", bytes("component_svns")),
            dynamicPlatform: try reader.boolean("dynamic_platform"), cachedKeys: try reader.boolean("cached_keys"),
            smtEnabled: try reader.boolean("smt_enabled"),
            host: ppid.map { .known(ppidSHA256: $0, instanceID: instance) } ?? .notRecorded)
    }
}
