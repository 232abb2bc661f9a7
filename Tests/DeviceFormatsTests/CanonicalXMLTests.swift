import CorpusSupport
import Crypto
import DeviceFormats
import Foundation
import Testing
import Wire

/// Reading manifests and writing them canonically, beside libxml2 and the corpus's vectors.
@Suite struct CanonicalXMLTests {
    private static func hash(_ bytes: [UInt8]) -> String { Hex.encode(Array(SHA384.hash(data: bytes))) }

    @Test(.enabled(if: DeviceCorpus.isAvailable, "\(Corpus.absence)"))
    func digestsOfTheCorpus() throws {
        let corpus = try DeviceCorpus.open()
        for vector in corpus.vectors.rims {
            let manifest = try ReferenceManifest(parsing: try corpus.bytes(at: vector.input))
            #expect(Self.hash(manifest.canonicalBytes) == vector.documentC14nSha384, "\(vector)")
            let parts = try manifest.signatureParts()
            #expect(Self.hash(parts.signedInfo) == vector.signedInfoC14nSha384, "\(vector)")
            #expect((parts.digest.hex == vector.documentC14nSha384) == vector.digestMatches, "\(vector)")
            let content = try manifest.content()
            #expect(content.resources.filter(\.isActive).map(\.index).sorted() == vector.activeIndices, "\(vector)")
            #expect(content.version == vector.colloquialVersion && content.product == vector.product, "\(vector)")
        }
        print("manifests with the digests of the vectors: \(corpus.vectors.rims.count)")
        #expect(corpus.vectors.rims.count >= 24)
    }

    @Test(.enabled(if: DeviceCorpus.isAvailable, "\(Corpus.absence)"))
    func workedExample() throws {
        let corpus = try DeviceCorpus.open()
        let manifest = try ReferenceManifest(parsing: try corpus.bytes(at: "gpu/rim/Driver_RIM_test_no_gpu.swidtag"))
        #expect(try manifest.canonicalBytes == corpus.bytes(at: "gpu/derived/18039cd2.document.c14n"))
        #expect(try manifest.signatureParts().signedInfo == corpus.bytes(at: "gpu/derived/18039cd2.signedinfo.c14n"))
    }

    private static let xmllint = "/usr/bin/xmllint"

    private static func libxml2(_ bytes: [UInt8]) throws -> [UInt8] {
        let input = FileManager.default.temporaryDirectory.appending(path: "assay-c14n-\(UUID().uuidString).xml")
        let output = input.appendingPathExtension("out")
        try Data(bytes).write(to: input)
        try Data().write(to: output)
        defer {
            try? FileManager.default.removeItem(at: input)
            try? FileManager.default.removeItem(at: output)
        }
        let process = Process()
        process.executableURL = URL(filePath: xmllint)
        process.arguments = ["--c14n11", input.path]
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return [UInt8](try Data(contentsOf: output))
    }

    @Test(
        .enabled(if: DeviceCorpus.isAvailable, "\(Corpus.absence)"),
        .enabled(if: FileManager.default.isExecutableFile(atPath: xmllint), "xmllint of libxml2 is not installed"))
    func equalToLibxml2() throws {
        let corpus = try DeviceCorpus.open()
        for path in corpus.manifests {
            let bytes = try corpus.bytes(at: path)
            #expect(try XMLDocument(parsing: bytes).canonicalBytes() == Self.libxml2(bytes), "\(path)")
        }
        print("manifests equal to libxml2: \(corpus.manifests.count)")
    }

    /// What no real manifest has, and the language allows.
    private static let oddities = [
        "<a/>", "<a></a>", "<a b='1' a=\"2\"/>", "<a xmlns='urn:x'><b xmlns=''><c xmlns='urn:x'/></b></a>",
        "<p:a xmlns:p='urn:1' xmlns:q='urn:2' q:z='1' p:z='2' z='3'><p:b xmlns:p='urn:1'/><p:c xmlns:p='urn:3'/></p:a>",
        "<a>&lt;&gt;&amp;&quot;&apos;&#65;&#x42;&#13;&#xA;</a>", "<a b='&lt;&gt;&amp;&quot;&apos;&#9;&#10;&#13;'/>",
        "<a b='x\ty\nz'>l1\r\nl2\rl3</a>", "<a>é€𝄞</a>\n", "<a\n b = '1'\n>x</a\n>",
        "<z xmlns:b='urn:b' xmlns:a='urn:a' xmlns='urn:d'><a:y b:k='v' a:k='w'>t<b:x/>u</a:y></z>",
    ]

    @Test(
        .enabled(if: FileManager.default.isExecutableFile(atPath: xmllint), "xmllint of libxml2 is not installed"),
        arguments: oddities)
    func odditiesEqualLibxml2(_ text: String) throws {
        let bytes = Array(text.utf8)
        let ours = try XMLDocument(parsing: bytes).canonicalBytes()
        let theirs = try Self.libxml2(bytes)
        #expect(
            ours == theirs, "\(String(decoding: ours, as: UTF8.self)) and \(String(decoding: theirs, as: UTF8.self))")
    }

    @Test func namespacesOfTheContextStandOnAnApex() throws {
        let document = try XMLDocument(parsing: Array("<a xmlns:p='urn:p' xmlns='urn:d'><p:b><c/></p:b></a>".utf8))
        let inner = document.canonicalBytes(of: 2)
        #expect(String(decoding: inner, as: UTF8.self) == "<c xmlns=\"urn:d\" xmlns:p=\"urn:p\"></c>")
        #expect(
            String(decoding: document.canonicalBytes(omitting: 1), as: UTF8.self)
                == "<a xmlns=\"urn:d\" xmlns:p=\"urn:p\"></a>")
    }

    /// Everything outside devices D.
    private static let refused: [String] = [
        "", " ", "x", "<a>", "</a>", "<a></b>", "<a/><b/>", "<a/>x", "x<a/>", "\u{FEFF}<a/>",
        "<?xml version='1.0'?><a/>",
        "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", "<a><!-- c --></a>", "<a><![CDATA[x]]></a>", "<a><?p?></a>",
        "<p:a/>", "<a p:b='1'/>", "<a b='1' b='2'/>", "<a xmlns:p='urn:1' xmlns:q='urn:1' p:b='1' q:b='2'/>",
        "<a xml:lang='en'/>", "<xml:a/>", "<a xmlns:xml='urn:1'/>", "<a xmlns:xmlns='urn:1'/>",
        "<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>", "<a xmlns='http://www.w3.org/2000/xmlns/'/>",
        "<a xmlns:p=''/>", "<a xmlns='u' xmlns='u'/>", "<a>&e;</a>", "<a>&</a>", "<a>&#0;</a>", "<a>&#xD800;</a>",
        "<a>&#x110000;</a>", "<a>&#-1;</a>", "<a>]]></a>", "<a b='<'/>", "<a b=1/>", "<a b/>", "<a b='1'c='2'/>",
        "<a b='1", "<1a/>", "<a:b:c xmlns:a='u'/>", "<:a/>", "<a:/>", "<é/>", "<a\u{1}/>", "<a>\u{1}</a>",
        "<a>\u{FFFF}</a>", "< a/>", "<a / >", "<a></ a>", "<a>&#xFFFE;</a>", "<a>&#;</a>", "<a>&#x;</a>",
    ]

    @Test(arguments: refused)
    func refuses(_ text: String) {
        #expect(throws: XMLError.self) { try XMLDocument(parsing: Array(text.utf8)) }
    }

    @Test func bounds() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)).utf8)
        }
        _ = try XMLDocument(parsing: nested(16))
        #expect(throws: XMLError.self) { try XMLDocument(parsing: nested(17)) }
        func attributes(_ count: Int) -> [UInt8] {
            Array(("<a" + (0..<count).map { " b\($0)=''" }.joined() + "/>").utf8)
        }
        _ = try XMLDocument(parsing: attributes(64))
        #expect(throws: XMLError.self) { try XMLDocument(parsing: attributes(65)) }
        func elements(_ count: Int) -> [UInt8] {
            Array(("<a>" + String(repeating: "<b/>", count: count - 1) + "</a>").utf8)
        }
        _ = try XMLDocument(parsing: elements(4_096))
        #expect(throws: XMLError.self) { try XMLDocument(parsing: elements(4_097)) }
        #expect(throws: XMLError.self) {
            try XMLDocument(parsing: Array("<a>\(String(repeating: " ", count: 262_144))</a>".utf8))
        }
        #expect(throws: XMLError.self) { try XMLDocument(parsing: [0x3C, 0x61, 0x3E, 0xFF, 0x3C, 0x2F, 0x61, 0x3E]) }
    }

    @Test(.enabled(if: DeviceCorpus.isAvailable, "\(Corpus.absence)"))
    func cutOrFlippedIsReadOrRefused() throws {
        let corpus = try DeviceCorpus.open()
        let bytes = try corpus.bytes(at: "gpu/nv55090/vbios_rim.xml")
        for count in stride(from: 0, to: bytes.count, by: 7) {
            #expect(throws: XMLError.self) { try XMLDocument(parsing: Array(bytes[..<count])) }
        }
        let good = try ReferenceManifest(parsing: bytes)
        let signed = (good.canonicalBytes, try good.signatureParts().signedInfo)
        // No digest covers what stands between the end of SignedInfo and the end of Signature: the value itself and its keys.
        let value = try #require(bytes.firstRange(of: Array("</ds:SignedInfo>".utf8))).upperBound
        let end = try #require(bytes.firstRange(of: Array("</ds:Signature>".utf8))).upperBound
        var refused = 0
        for position in stride(from: 0, to: bytes.count, by: 5) {
            var flipped = bytes
            flipped[position] ^= 1 << UInt8(position % 8)
            guard let manifest = try? ReferenceManifest(parsing: flipped) else {
                refused += 1
                continue
            }
            _ = try? manifest.content()
            guard let parts = try? manifest.signatureParts() else { continue }
            // Nothing that is signed changed unseen.
            let isUnseen = manifest.canonicalBytes == signed.0 && parts.signedInfo == signed.1
            #expect(!isUnseen || (value..<end).contains(position), "byte \(position)")
        }
        #expect(refused > 100)
    }
}
