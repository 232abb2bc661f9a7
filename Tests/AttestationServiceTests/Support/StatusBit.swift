import ServiceSupport
import Testing
import Wire

@testable import AttestationService
@testable import ResultToken

/// What the service's own list says of a token, read as a relying party reads it.
struct StatusBit {
    let isSet: Bool

    init(_ token: String, _ assay: TestService) throws {
        let reference = try #require(try TokenParts(token).claims["status"]?["status_list"])
        let uri = try #require(reference.text("uri"))
        let prefix = TestService.issuer + "/v1/status-list/"
        #expect(uri.hasPrefix(prefix))
        let list = try TokenParts(try assay.service.statusList(String(uri.dropFirst(prefix.count))))
        #expect(list.header.text("typ") == "statuslist+jwt")
        #expect(list.claims.text("sub") == uri)
        let data = try #require(list.claims["status_list"]?.text("lst"))
        let packed = try #require(Base64URL.decode(Array(data.utf8)[...]))
        let bytes = try ZlibStream.decompress(packed, limit: Int(StatusList.capacity) / 8)
        #expect(bytes.count == 16_384)
        let place = Int(try #require(reference.number("idx")))
        isSet = bytes[place / 8] >> UInt8(place % 8) & 1 == 1
    }
}
