import Wire
package import X509Formats

/// PEM text → certificates (devices 2.1, 5). Not one of them is judged.
package enum DeviceChainText {
    package static func certificates(in text: [UInt8]) throws(DeviceFailure) -> [Certificate] {
        guard text.count <= Limits.deviceChainBytes else {
            throw malformed(
                "chain", Limits.deviceChainBytes, "\(text.count) bytes", "at most \(Limits.deviceChainBytes)")
        }
        let blocks: [[UInt8]]
        do throws(PEMError) {
            blocks = try PEM.blocks(labelled: "CERTIFICATE", in: text[...])
        } catch {
            switch error {
            case .text(let reason, let offset), .content(let reason, let offset):
                throw malformed("chain", offset, reason, "PEM blocks of certificates and nothing else")
            }
        }
        var certificates: [Certificate] = []
        for (position, block) in blocks.enumerated() {
            do throws(DERError) {
                certificates.append(try Certificate(device: block))
            } catch {
                throw malformed(
                    "chain[\(position)]", error.offset, "\(error.reason)", "one complete certificate in DER")
            }
        }
        return certificates
    }

    private static func malformed(
        _ field: String, _ offset: Int, _ found: String, _ wanted: String
    ) -> DeviceFailure {
        DeviceFailure(.chainMalformed, field: field, offset: offset, found: found, wanted: wanted)
    }
}
