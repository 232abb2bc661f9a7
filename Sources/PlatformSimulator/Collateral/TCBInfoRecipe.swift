package import Wire

/// The status strings of dcap 4.6.
package enum TCBStatusText {
    static let upToDate = "UpToDate"
    static let swHardeningNeeded = "SWHardeningNeeded"
    static let configurationNeeded = "ConfigurationNeeded"
    static let configurationAndSWHardeningNeeded = "ConfigurationAndSWHardeningNeeded"
    static let outOfDate = "OutOfDate"
    static let outOfDateConfigurationNeeded = "OutOfDateConfigurationNeeded"
    static let revoked = "Revoked"
    static let relaunchAdvised = "TDRelaunchAdvised"
    static let relaunchAdvisedConfigurationNeeded = "TDRelaunchAdvisedConfigurationNeeded"
}

/// One TCB level of a platform (dcap 4.2).
package struct TCBLevelRecipe: Hashable, Sendable {
    package var sgx: [Int]
    package var pceSVN: Int
    /// TDX documents only.
    package var tdx: [Int]?
    package var date: String
    package var status: String
    package var advisories: [String] = []

    /// - Parameters:
    ///   - sgx: The first components; the rest of the sixteen are 0.
    ///   - tdx: Likewise, or `nil` in an SGX document.
    init(
        sgx: [Int], pceSVN: Int, tdx: [Int]? = nil, date: String, status: String, advisories: [String] = []
    ) {
        self.sgx = Self.padded(sgx)
        self.pceSVN = pceSVN
        self.tdx = tdx.map(Self.padded)
        self.date = date
        self.status = status
        self.advisories = advisories
    }

    static func padded(_ values: [Int]) -> [Int] { values + Array(repeating: 0, count: max(0, 16 - values.count)) }

    private static let sgxLabels: [Int: (category: String, type: String)] = [
        0: ("BIOS", "Early Microcode Update"), 1: ("OS/VMM", "SGX Late Microcode Update"), 2: ("OS/VMM", "TXT SINIT"),
    ]
    private static let tdxLabels: [Int: (category: String, type: String)] = [
        0: ("OS/VMM", "TDX Module"), 1: ("OS/VMM", "TDX Module"), 2: ("OS/VMM", "TDX Late Microcode Update"),
    ]

    /// Version 3: arrays of component objects.
    var node: JSONRecipe {
        var tcb: [JSONRecipe.Member] = [
            .init("sgxtcbcomponents", Self.components(sgx, labels: Self.sgxLabels)), .init("pcesvn", .integer(pceSVN)),
        ]
        if let tdx { tcb.append(.init("tdxtcbcomponents", Self.components(tdx, labels: Self.tdxLabels))) }
        return level(.object(tcb))
    }

    /// Version 2: sixteen numbered members.
    var flatNode: JSONRecipe {
        var tcb: [JSONRecipe.Member] = sgx.enumerated().map { position, svn in
            let number = position + 1
            return .init("sgxtcbcomp\(number < 10 ? "0" : "")\(number)svn", .integer(svn))
        }
        tcb.append(.init("pcesvn", .integer(pceSVN)))
        return level(.object(tcb))
    }

    private func level(_ tcb: JSONRecipe) -> JSONRecipe {
        StatusRecipe(date: date, status: status, advisories: advisories).level(tcb)
    }

    private static func components(_ svns: [Int], labels: [Int: (category: String, type: String)]) -> JSONRecipe {
        .array(
            svns.enumerated().map { position, svn in
                var members: [JSONRecipe.Member] = [.init("svn", .integer(svn))]
                if let label = labels[position] {
                    members.append(.init("category", .string(label.category)))
                    members.append(.init("type", .string(label.type)))
                }
                return .object(members)
            })
    }
}

/// What every kind of level says beside its `tcb`.
struct StatusRecipe {
    let date: String
    let status: String
    let advisories: [String]

    func level(_ tcb: JSONRecipe) -> JSONRecipe {
        var members: [JSONRecipe.Member] = [
            .init("tcb", tcb), .init("tcbDate", .string(date)), .init("tcbStatus", .string(status)),
        ]
        if !advisories.isEmpty {
            members.append(.init("advisoryIDs", .array(advisories.map { .string($0) })))
        }
        return .object(members)
    }
}

/// A level of a TDX module or of a quoting enclave: judged by one ISV SVN.
package struct SVNLevelRecipe: Hashable, Sendable {
    package var isvSVN: Int
    package var date: String
    package var status: String
    package var advisories: [String] = []

    var node: JSONRecipe {
        StatusRecipe(date: date, status: status, advisories: advisories)
            .level(.object([.init("isvsvn", .integer(isvSVN))]))
    }
}

/// `tdxModule`, and without its levels and identifier the same as one of `tdxModuleIdentities`.
package struct TDXModuleRecipe: Hashable, Sendable {
    package var id: String?
    package var mrSigner = [UInt8](repeating: 0, count: 48)
    package var attributes = [UInt8](repeating: 0, count: 8)
    package var attributesMask = [UInt8](repeating: 0xFF, count: 8)
    package var levels: [SVNLevelRecipe]?

    var node: JSONRecipe {
        var members: [JSONRecipe.Member] = []
        if let id { members.append(.init("id", .string(id))) }
        members += [
            .init("mrsigner", .string(Hex.encode(mrSigner))),
            .init("attributes", .string(Hex.encode(attributes))),
            .init("attributesMask", .string(Hex.encode(attributesMask).uppercased())),
        ]
        if let levels { members.append(.init("tcbLevels", .array(levels.map(\.node)))) }
        return .object(members)
    }
}

/// A TCB info document (dcap 4.2, and 4.3 for version 2).
package struct TCBInfoRecipe: Hashable, Sendable {
    /// Version 2 documents have none.
    package var id: String
    package var version = 3
    package var issueDate: Instant
    package var nextUpdate: Instant
    package var fmspc: [UInt8]
    package var pceID: [UInt8] = [0, 0]
    package var tcbType = 0
    package var evaluationNumber = 18
    package var tdxModule: TDXModuleRecipe?
    package var tdxModuleIdentities: [TDXModuleRecipe]?
    package var levels: [TCBLevelRecipe]

    package var document: JSONRecipe {
        var members: [JSONRecipe.Member] = version == 2 ? [] : [.init("id", .string(id))]
        members += [
            .init("version", .integer(version)), .init("issueDate", .string(issueDate.description)),
            .init("nextUpdate", .string(nextUpdate.description)),
            .init("fmspc", .string(Hex.encode(fmspc).uppercased())), .init("pceId", .string(Hex.encode(pceID))),
            .init("tcbType", .integer(tcbType)), .init("tcbEvaluationDataNumber", .integer(evaluationNumber)),
        ]
        if version != 2 {
            if let tdxModule { members.append(.init("tdxModule", tdxModule.node)) }
            if let identities = tdxModuleIdentities {
                members.append(.init("tdxModuleIdentities", .array(identities.map(\.node))))
            }
        }
        members.append(.init("tcbLevels", .array(levels.map { version == 2 ? $0.flatNode : $0.node })))
        return .object(members)
    }
}
