import DCAPFormats
import PlatformSimulator
import Testing
import Wire

/// What a signed document may look like, beyond the rows of the checklist: paths, offsets and order.
@Suite("Signed documents")
struct DocumentTests {
    private func tcbInfo(_ edit: (String) -> String) throws -> TCBInfo {
        let body = try SimulatedWorld(seed: "documents").evidence(.tdx15V5).collateral.tcbInfo.body
        let text = edit(String(decoding: body, as: UTF8.self))
        let document = try SignedDocument(
            opening: .detached(object: Array(text.utf8), signature: [UInt8](repeating: 0x30, count: 128)),
            member: "tcbInfo")
        return try TCBInfo(reading: document, acceptVersion2: false)
    }

    @Test("Reads the healthy one, levels highest first, components by name")
    func healthy() throws {
        let info = try tcbInfo { $0 }
        #expect(info.id == .tdx)
        #expect(info.levels.count > 3)
        #expect(info.componentName(.tdx, index: 99) == nil)
        #expect(info.tdxModuleIdentities?.map(\.majorVersion).sorted() == [1, 3])
    }

    @Test(
        "Names the member that is wrong",
        arguments: [
            ("\"pceId\":\"0000\"", "\"pceId\":\"00\"", "tcbInfo.pceId", CollateralFormatError.Kind.invalid),
            ("\"pceId\":\"0000\"", "\"pceID\":\"0000\"", "tcbInfo.pceId", .unsupportedFormat),
            ("\"tcbType\":0", "\"tcbType\":1", "tcbInfo.tcbType", .invalid),
            ("\"tcbType\":0", "\"tcbType\":\"0\"", "tcbInfo.tcbType", .unsupportedFormat),
            ("\"version\":3", "\"version\":4", "tcbInfo.version", .unsupportedVersion),
            ("\"pcesvn\":13", "\"pcesvn\":65536", "tcbInfo.tcbLevels[0].tcb.pcesvn", .invalid),
            ("\"pcesvn\":13", "\"pcesvn\":13.0", "tcbInfo.tcbLevels[0].tcb.pcesvn", .unsupportedFormat),
            ("\"id\":\"TDX_01\"", "\"id\":\"TDX_1\"", "tcbInfo.tdxModuleIdentities[1].id", .invalid),
            ("\"id\":\"TDX_01\"", "\"id\":\"TDX_03\"", "tcbInfo.tdxModuleIdentities[1].id", .invalid),
        ] as [(String, String, String, CollateralFormatError.Kind)])
    func named(_ from: String, _ to: String, _ field: String, _ kind: CollateralFormatError.Kind) throws {
        do {
            _ = try tcbInfo { text in
                guard let range = text.range(of: from) else { return text }
                return text.replacingCharacters(in: range, with: to)
            }
            Issue.record("\(to) was read")
        } catch let error as CollateralFormatError {
            #expect(error.field == field)
            #expect(error.kind == kind)
        }
    }
}

extension String {
    fileprivate func range(of text: String) -> Range<String.Index>? { firstRange(of: text) }

    fileprivate func replacingCharacters(in range: Range<String.Index>, with text: String) -> String {
        self[..<range.lowerBound] + text + self[range.upperBound...]
    }
}
