import DCAPFormats

/// dcap 7.5, rows 85 to 96: the Intel SGX extension of the leaf, which is signed with the defect in place.
extension MutationCatalogue {
    static let pckExtensions: [Mutation] = [
        .edit("85", "SGX extension missing", .code(.pckExtensionInvalid)) { $0.leaf.removeExtension(.intelSGX) },
        .edit("86", "SGX extension present twice", .code(.pckExtensionInvalid)) { recipe in
            recipe.leaf.extensions += recipe.leaf.extensions.filter { $0.type == .intelSGX }
        },
        .edit("87", "six outer entries: instance id without configuration", .code(.pckExtensionInvalid)) {
            $0.platform.platformInstanceID = Array(repeating: 7, count: 16)
            $0.platform.configuration = nil
        },
        .list("88", "TCB with 17 or 19 entries, or a component in place of the PCESVN", .code(.pckExtensionInvalid)) {
            make in
            [
                try make("17") { $0.editTCBEntries { $0.removeLast() } },
                try make("19") {
                    $0.editTCBEntries { entries in
                        let type = ObjectIdentifierArcs.intelSGX.appending(2).appending(19)
                        entries.append(.sequence([.identifier(type), .integer(0)]))
                    }
                },
                try make("component 16 twice") { $0.editTCBEntries { $0[16] = $0[15] } },
            ]
        },
        .list("89", "component SVN 256, -1, 300", .code(.pckExtensionInvalid)) { make in
            try [256, -1, 300].map { svn in try make("\(svn)") { $0.platform.components[3] = svn } }
        },
        .edit("90", "component SVN 255, a two-byte INTEGER", .accepted) { $0.platform.components[3] = 255 },
        .edit("91", "PCESVN 65536", .code(.pckExtensionInvalid)) { $0.platform.pceSVN = 65_536 },
        .list("92", "FMSPC, PCE-ID, PPID, CPUSVN of wrong length", .code(.pckExtensionInvalid)) { make in
            [
                try make("FMSPC 5 bytes") { $0.platform.fmspc.removeLast() },
                try make("FMSPC 7 bytes") { $0.platform.fmspc.append(0) },
                try make("PCE-ID 1 byte") { $0.platform.pceID.removeLast() },
                try make("PPID 15 bytes") { $0.platform.ppid.removeLast() },
                try make("CPUSVN 17 bytes") { $0.platform.cpuSVN = Array(repeating: 1, count: 17) },
            ]
        },
        .edit("93", "SGX type 3", .code(.pckExtensionInvalid)) { $0.platform.sgxType = 3 },
        .edit("94", "BOOLEAN content 0x01", .code(.pckExtensionInvalid), on: [.sgxV4, .tdxV4, .tdx15V5]) {
            $0.platform.configuration?.dynamicPlatform = 0x01
        },
        .list("95", "extension nested 1,000 levels deep", .code(.pckExtensionInvalid)) { make in
            [
                try make("the extension") { $0.leaf.setContent(of: .intelSGX, to: nest(1_000)) },
                try make("the value of the TCB entry") { recipe in
                    recipe.editSGXExtension { $0.children[1].children[1] = .raw(nest(1_000)) }
                },
            ]
        },
        .list("96", "indefinite length in the extension", .code(.pckExtensionInvalid)) { make in
            [
                try make("outer") { recipe in
                    recipe.editSGXExtension { $0 = .indefinite(tag: 0x30, children: $0.children) }
                },
                try make("TCB") { recipe in
                    recipe.editSGXExtension { extensionNode in
                        let tcb = extensionNode.children[1].children[1]
                        extensionNode.children[1].children[1] = .indefinite(tag: 0x30, children: tcb.children)
                    }
                },
                try make("length not minimal") { recipe in
                    recipe.editSGXExtension { node in
                        node = .paddedLength(tag: 0x30, content: node.children.flatMap(\.encoded))
                    }
                },
            ]
        },
    ]

    /// SEQUENCEs inside one another, made from the inside out.
    private static func nest(_ depth: Int) -> [UInt8] {
        (0..<depth).reduce(into: []) { inner, _ in inner = DERNode.primitive(tag: 0x30, content: inner).encoded }
    }
}

extension EvidenceRecipe {
    /// Edits the tree of the SGX extension: entry .1 to .7 as SEQUENCE { OBJECT IDENTIFIER, value }.
    mutating func editSGXExtension(_ change: (inout DERNode) throws -> Void) rethrows {
        var node = platform.node
        try change(&node)
        leaf.setContent(of: .intelSGX, to: node.encoded)
    }

    /// Edits the eighteen entries of the TCB.
    mutating func editTCBEntries(_ change: (inout [DERNode]) -> Void) {
        editSGXExtension { change(&$0.children[1].children[1].children) }
    }
}
