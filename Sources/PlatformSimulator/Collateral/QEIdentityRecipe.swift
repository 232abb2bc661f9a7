package import Wire

/// An enclave identity document, version 2 (dcap 4.4).
package struct QEIdentityRecipe: Hashable, Sendable {
    package var id: String
    package var version = 2
    package var issueDate: Instant
    package var nextUpdate: Instant
    package var evaluationNumber = 18
    package var miscSelect: [UInt8] = [0, 0, 0, 0]
    package var miscSelectMask = [UInt8](repeating: 0xFF, count: 4)
    /// INIT and PROVISIONKEY.
    package var attributes: [UInt8] = [0x11] + Array(repeating: 0, count: 15)
    /// Every flag but MODE64BIT; no XFRM bit.
    package var attributesMask: [UInt8] =
        [0xFB] + Array(repeating: 0xFF, count: 7) + Array(repeating: 0, count: 8)
    package var mrSigner: [UInt8]
    package var isvProdID: Int
    package var levels: [SVNLevelRecipe]

    package var document: JSONRecipe {
        func hex(_ bytes: [UInt8]) -> JSONRecipe { .string(Hex.encode(bytes).uppercased()) }
        return .object([
            .init("id", .string(id)), .init("version", .integer(version)),
            .init("issueDate", .string(issueDate.description)), .init("nextUpdate", .string(nextUpdate.description)),
            .init("tcbEvaluationDataNumber", .integer(evaluationNumber)), .init("miscselect", hex(miscSelect)),
            .init("miscselectMask", hex(miscSelectMask)), .init("attributes", hex(attributes)),
            .init("attributesMask", hex(attributesMask)), .init("mrsigner", hex(mrSigner)),
            .init("isvprodid", .integer(isvProdID)), .init("tcbLevels", .array(levels.map(\.node))),
        ])
    }
}
