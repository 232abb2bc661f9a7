public import Wire

/// A reference manifest as it is written (devices 7.3): a SWID tag of four parts, one of them its signature. What the
/// other parts say is read by `content`, which nobody may call before the signature holds.
public struct ReferenceManifest: Sendable {
    public let bytes: [UInt8]
    package let document: XMLDocument
    package let meta: Int
    package let payload: Int
    package let signature: Int

    package static let swidNamespace: StaticString = "http://standards.iso.org/iso/19770/-2/2015/schema.xsd"
    package static let signatureNamespace: StaticString = "http://www.w3.org/2000/09/xmldsig#"
    private static let tcgNamespace: StaticString =
        "https://trustedcomputinggroup.org/resource/tcg-reference-integrity-manifest-rim-information-model/"
    private static let digestNamespace: StaticString = "http://www.w3.org/2001/04/xmlenc#sha384"
    private static let opaqueNamespace: StaticString =
        "https://docs.nvidia.com/attestation/specs/latest/opaque-data.html"

    public init(parsing bytes: [UInt8]) throws(DeviceFailure) {
        // A CBOR tag: 18 of COSE_Sign1, or one of CoRIM's own (devices 7.6).
        guard bytes.first != 0xD2, bytes.first != 0xD9 else {
            throw DeviceFailure(
                .rimFormatUnsupported, field: "rim", offset: 0, found: "a CoRIM", wanted: "a SWID tag in XML")
        }
        let document: XMLDocument
        do throws(XMLError) {
            document = try XMLDocument(parsing: bytes)
        } catch {
            throw Self.malformed("rim", error.offset, error.reason, "XML of devices D")
        }
        guard document.isElement(XMLDocument.root, "SoftwareIdentity", in: Self.swidNamespace) else {
            throw Self.malformed(
                "rim", 0, excerpt(document.elements[XMLDocument.root].name), "SoftwareIdentity of ISO 19770-2")
        }
        let parts = document.childElements(of: XMLDocument.root)
        guard parts.count == 4, document.hasOnlyElements(XMLDocument.root),
            document.isElement(parts[0], "Entity", in: Self.swidNamespace),
            document.isElement(parts[1], "Meta", in: Self.swidNamespace),
            document.isElement(parts[2], "Payload", in: Self.swidNamespace),
            document.isElement(parts[3], "Signature", in: Self.signatureNamespace)
        else {
            throw Self.malformed(
                "rim", 0, parts.prefix(6).map { excerpt(document.elements[$0].name) }.joined(separator: ", "),
                "Entity, Meta, Payload and Signature, in this order")
        }
        meta = parts[1]
        payload = parts[2]
        signature = parts[3]
        self.bytes = bytes
        self.document = document
    }

    static func malformed(_ field: String, _ offset: Int?, _ found: String, _ wanted: String) -> DeviceFailure {
        DeviceFailure(.rimMalformed, field: field, offset: offset, found: found, wanted: wanted)
    }

    /// What the signature is over: the document without its signature.
    package var canonicalBytes: [UInt8] { document.canonicalBytes(omitting: signature) }
}

/// What a manifest says: which firmware, and which values.
public struct ManifestContent: Hashable, Sendable {
    /// `GH100`, `LS10`, `GB100`.
    public let product: String
    /// The version of driver, VBIOS or BIOS, as the manifest writes it.
    public let version: String
    /// `5703` for NVIDIA.
    public let firmwareManufacturer: String?
    public let resources: [Resource]
    /// Records about what opaque data must say at least (devices 8.3).
    public let records: [Record]

    /// Values for one measurement.
    public struct Resource: Hashable, Sendable {
        /// From zero: the SPDM block is `index + 1`.
        public let index: Int
        public let isActive: Bool
        public let name: String
        /// Each of them is right.
        public let alternatives: [FixedBytes<48>]
    }

    public struct Record: Hashable, Sendable {
        public let index: Int
        public let isActive: Bool
        public let name: String
        public let minimumSVN: UInt64?

        /// The entry of the opaque data that is meant (devices 8.3).
        public var type: Int { index - ManifestContent.firstRecord }
    }

    /// Indices below it are SPDM measurements.
    public static let firstRecord = 64
}

/// Reading the content, once it is known to be signed.
extension ReferenceManifest {
    package func content() throws(DeviceFailure) -> ManifestContent {
        let meta = document.elements[meta]
        guard let product = text(meta.attribute("product")), let version = text(meta.attribute("colloquialVersion"))
        else { throw Self.malformed("rim.Meta", meta.offset, "no product or version", "both") }
        guard document.hasOnlyElements(payload) else {
            throw Self.malformed("rim.Payload", document.elements[payload].offset, "text", "elements alone")
        }
        var resources: [ManifestContent.Resource] = []
        var records: [ManifestContent.Record] = []
        var seen: Set<Int> = []
        for position in document.childElements(of: payload) {
            let element = document.elements[position]
            guard document.isElement(position, "Resource", in: Self.swidNamespace), element.children.isEmpty else {
                throw Self.malformed("rim.Payload", element.offset, excerpt(element.name), "empty Resource elements")
            }
            let index = try index(of: element)
            guard seen.insert(index).inserted else {
                throw Self.malformed("rim.Resource", element.offset, "index \(index) again", "each index once")
            }
            if index < ManifestContent.firstRecord {
                resources.append(try resource(element, index))
            } else {
                records.append(try record(element, index))
            }
        }
        return ManifestContent(
            product: product, version: version,
            firmwareManufacturer: text(meta.attribute("FirmwareManufacturerId", in: Self.tcgNamespace)),
            resources: resources, records: records)
    }

    /// Attribute values are UTF-8, because the document is.
    private func text(_ value: XMLDocument.Text?) -> String? { value.map { String(decoding: $0, as: UTF8.self) } }

    private func index(of element: XMLDocument.Element) throws(DeviceFailure) -> Int {
        guard let digits = element.attribute("index"), let index = Self.decimal(digits, atMost: 65_535) else {
            throw Self.malformed(
                "rim.Resource.index", element.offset, excerpt(element.attribute("index") ?? []), "a number")
        }
        return Int(index)
    }

    /// Decimal digits without a zero in front.
    private static func decimal(_ digits: XMLDocument.Text, atMost maximum: UInt64) -> UInt64? {
        guard (1...19).contains(digits.count), digits.count == 1 || digits.first != 0x30 else { return nil }
        var number: UInt64 = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            number = number * 10 + UInt64(digit - 0x30)
        }
        return number <= maximum ? number : nil
    }

    private func isActive(_ element: XMLDocument.Element) throws(DeviceFailure) -> Bool {
        let value = element.attribute("active") ?? []
        if value.isSame(as: "True") { return true }
        guard value.isSame(as: "False") else {
            throw Self.malformed("rim.Resource.active", element.offset, excerpt(value), "True or False")
        }
        return false
    }

    private func resource(
        _ element: XMLDocument.Element, _ index: Int
    ) throws(DeviceFailure) -> ManifestContent.Resource {
        func wrong(_ attribute: String, _ wanted: String) -> DeviceFailure {
            let found = element.attributes.first { $0.name.elementsEqual(attribute.utf8) }?.value ?? []
            return Self.malformed("rim.Resource[\(index)].\(attribute)", element.offset, excerpt(found), wanted)
        }
        guard element.attribute("type")?.isSame(as: "Measurement") == true else { throw wrong("type", "Measurement") }
        guard element.attribute("size")?.isSame(as: "48") == true else { throw wrong("size", "48") }
        guard let name = text(element.attribute("name")) else { throw wrong("name", "a name") }
        guard let digits = element.attribute("alternatives"), let count = Self.decimal(digits, atMost: 64), count > 0
        else { throw wrong("alternatives", "1 to 64") }
        var alternatives: [FixedBytes<48>?] = Array(repeating: nil, count: Int(count))
        for attribute in element.attributes {
            if attribute.namespace.isEmpty {
                guard Self.resourceAttributes.contains(where: { attribute.name.isSame(as: $0) }) else {
                    throw wrong(excerpt(attribute.name), "no such attribute")
                }
                continue
            }
            guard attribute.namespace.isSame(as: Self.digestNamespace), attribute.name.starts(with: Array("Hash".utf8)),
                let number = Self.decimal(attribute.name.dropFirst(4), atMost: 63), number < count,
                let value: FixedBytes<48> = Hex.fixed(attribute.value)
            else { throw wrong(excerpt(attribute.name), "Hash0 to Hash\(count - 1), each of 96 hexadecimal digits") }
            alternatives[Int(number)] = value
        }
        let complete = alternatives.compactMap { $0 }
        guard complete.count == alternatives.count else {
            throw wrong("alternatives", "as many digests as alternatives")
        }
        return ManifestContent.Resource(
            index: index, isActive: try isActive(element), name: name, alternatives: complete)
    }

    private static let resourceAttributes: [StaticString] = ["type", "index", "active", "alternatives", "name", "size"]

    private func record(
        _ element: XMLDocument.Element, _ index: Int
    ) throws(DeviceFailure) -> ManifestContent.Record {
        let isActive = try isActive(element)
        var minimum: UInt64?
        if let digits = element.attribute("minSvn", in: Self.opaqueNamespace) {
            minimum = Self.decimal(digits, atMost: UInt64(Int64.max))
            guard minimum != nil else {
                throw Self.malformed("rim.Resource[\(index)].minSvn", element.offset, excerpt(digits), "a number")
            }
        }
        guard !isActive || minimum != nil, let name = text(element.attribute("name")) else {
            throw Self.malformed("rim.Resource[\(index)]", element.offset, "no minSvn or name", "both")
        }
        return ManifestContent.Record(index: index, isActive: isActive, name: name, minimumSVN: minimum)
    }
}
