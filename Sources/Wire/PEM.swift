/// What is wrong with a PEM text (dcap 2.4 tells the two apart: they have different codes).
public enum PEMError: Error, Hashable, Sendable {
    /// The text itself: no block, stray text, BEGIN without END, bad base64, a NUL.
    case text(reason: String, offset: Int)
    /// A well-formed block that has no business here, or too many of them.
    case content(reason: String, offset: Int)
}

/// Textual certificates as RFC 7468 writes them, read strictly (dcap 2.4).
public enum PEM {
    private static let dashes = [UInt8]("-----".utf8)
    private static let begin = [UInt8]("-----BEGIN ".utf8)

    /// The DER of every block in `text`, in order. Between blocks only ASCII white space may stand.
    ///
    /// - Parameter label: The one label that is allowed, such as `CERTIFICATE`.
    public static func blocks(labelled label: String, in text: ArraySlice<UInt8>) throws(PEMError) -> [[UInt8]] {
        var blocks: [[UInt8]] = []
        var position = skipWhiteSpace(text, from: text.startIndex)
        while position < text.endIndex {
            guard blocks.count < Limits.pemBlocks else {
                throw .content(reason: "more than \(Limits.pemBlocks) PEM blocks", offset: position - text.startIndex)
            }
            let block = try self.block(labelled: label, in: text, at: position)
            blocks.append(block.bytes)
            position = skipWhiteSpace(text, from: block.end)
        }
        guard !blocks.isEmpty else { throw .text(reason: "there is no PEM block", offset: 0) }
        return blocks
    }

    /// One block, wrapped at 64 characters, with a final newline.
    public static func encode(_ bytes: [UInt8], label: String) -> String {
        "-----BEGIN \(label)-----\n\(Base64.encode(bytes, lineLength: 64))\n-----END \(label)-----\n"
    }

    private static func block(
        labelled label: String, in text: ArraySlice<UInt8>, at start: Int
    ) throws(PEMError) -> (bytes: [UInt8], end: Int) {
        let offset = start - text.startIndex
        guard text[start...].starts(with: begin) else {
            throw .text(reason: "text that is no PEM block", offset: offset)
        }
        let labelStart = start + begin.count
        guard let labelEnd = findDashes(in: text, from: labelStart) else {
            throw .text(reason: "a BEGIN line without end", offset: offset)
        }
        let foundLabel = text[labelStart..<labelEnd]
        let trailer = [UInt8]("-----END ".utf8) + foundLabel + dashes
        let bodyStart = labelEnd + dashes.count
        guard let bodyEnd = findDashes(in: text, from: bodyStart), text[bodyEnd...].starts(with: trailer) else {
            throw .text(reason: "a BEGIN line without its END line", offset: offset)
        }
        guard foundLabel.elementsEqual(label.utf8) else {
            throw .content(
                reason: "a PEM block labelled \(printable(foundLabel)) where \(label) belongs", offset: offset)
        }
        guard let bytes = Base64.decode(text[bodyStart..<bodyEnd], allowingLineBreaks: true) else {
            throw .text(reason: "a PEM block that is not base64", offset: bodyStart - text.startIndex)
        }
        return (bytes, bodyEnd + trailer.count)
    }

    /// The next five dashes. One of every five bytes that hold them is a dash, so that four of five are not looked at.
    private static func findDashes(in text: ArraySlice<UInt8>, from start: Int) -> Int? {
        text[start...].withUnsafeBufferPointer { text in
            var position = dashes.count - 1
            while position < text.count {
                guard text[position] == 0x2D else {
                    position += dashes.count
                    continue
                }
                var (first, end) = (position, position + 1)
                while first > 0, text[first - 1] == 0x2D { first -= 1 }
                while end < text.count, end - first < dashes.count, text[end] == 0x2D { end += 1 }
                guard end - first < dashes.count else { return start + first }
                position = end + dashes.count
            }
            return nil
        }
    }

    private static func skipWhiteSpace(_ text: ArraySlice<UInt8>, from start: Int) -> Int {
        var position = start
        while position < text.endIndex, [0x20, 0x09, 0x0A, 0x0D].contains(text[position]) { position += 1 }
        return position
    }

    /// Hostile text as it may stand in a message: short, printable ASCII.
    private static func printable(_ text: ArraySlice<UInt8>) -> String {
        String(decoding: text.prefix(40).map { (0x20...0x7E).contains($0) ? $0 : 0x3F }, as: UTF8.self)
    }
}
