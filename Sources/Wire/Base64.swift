/// Standard base64 with padding (RFC 4648 section 4), strict: canonical, so that one byte string has one text.
public enum Base64 {
    private static let alphabet = [UInt8]("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 0xFF, count: 256)
        for (value, character) in alphabet.enumerated() { table[Int(character)] = UInt8(value) }
        return table
    }()

    /// Decodes `text`, in which lines may be broken by LF or CRLF when `allowingLineBreaks`.
    ///
    /// - Returns: `nil` for any other character, missing or misplaced padding, or unused bits that are not zero.
    public static func decode(_ text: ArraySlice<UInt8>, allowingLineBreaks: Bool = false) -> [UInt8]? {
        var complete = true
        let table = values
        let bytes = [UInt8](unsafeUninitializedCapacity: text.count / 4 * 3 + 3) { output, count in
            count = 0
            text.withUnsafeBufferPointer { input in
                complete = table.withUnsafeBufferPointer { table in
                    decode(input, table, allowingLineBreaks, into: output, &count)
                }
            }
        }
        return complete ? bytes : nil
    }

    /// Writes at most three bytes per four characters read, which `output` was sized for.
    private static func decode(
        _ input: UnsafeBufferPointer<UInt8>, _ table: UnsafeBufferPointer<UInt8>, _ allowingLineBreaks: Bool,
        into output: UnsafeMutableBufferPointer<UInt8>, _ count: inout Int
    ) -> Bool {
        var position = 0
        var group: UInt32 = 0
        var held = 0
        while position < input.count {
            // Whole groups, which is nearly all of a certificate.
            while held == 0, input.count - position >= 4 {
                let first = table[Int(input[position])]
                let second = table[Int(input[position + 1])]
                let third = table[Int(input[position + 2])]
                let fourth = table[Int(input[position + 3])]
                guard (first | second | third | fourth) < 64 else { break }
                output[count] = first << 2 | second >> 4
                output[count + 1] = second << 4 | third >> 2
                output[count + 2] = third << 6 | fourth
                count += 3
                position += 4
            }
            guard position < input.count else { break }
            let value = table[Int(input[position])]
            if value < 64 {
                group = group << 6 | UInt32(value)
                held += 1
                position += 1
                if held == 4 {
                    output[count] = UInt8(truncatingIfNeeded: group >> 16)
                    output[count + 1] = UInt8(truncatingIfNeeded: group >> 8)
                    output[count + 2] = UInt8(truncatingIfNeeded: group)
                    count += 3
                    group = 0
                    held = 0
                }
            } else if allowingLineBreaks, let width = lineBreak(input, at: position) {
                position += width
            } else {
                break
            }
        }
        switch held {
        case 2:
            guard group & 0xF == 0 else { return false }
            output[count] = UInt8(truncatingIfNeeded: group >> 4)
            count += 1
        case 3:
            guard group & 0x3 == 0 else { return false }
            output[count] = UInt8(truncatingIfNeeded: group >> 10)
            output[count + 1] = UInt8(truncatingIfNeeded: group >> 2)
            count += 2
        case 1: return false
        default: return position == input.count
        }
        for _ in held..<4 {
            guard position < input.count, input[position] == 0x3D else { return false }
            position += 1
        }
        while allowingLineBreaks, let width = lineBreak(input, at: position) { position += width }
        return position == input.count
    }

    private static func lineBreak(_ input: UnsafeBufferPointer<UInt8>, at position: Int) -> Int? {
        guard position < input.count else { return nil }
        if input[position] == 0x0A { return 1 }
        if input[position] == 0x0D, position + 1 < input.count, input[position + 1] == 0x0A { return 2 }
        return nil
    }

    /// Base64 with padding, in one line or broken after every `lineLength` characters with LF.
    public static func encode(_ bytes: some Collection<UInt8>, lineLength: Int? = nil) -> String {
        if let text = bytes.withContiguousStorageIfAvailable({ encode($0, lineLength: lineLength) }) { return text }
        return Array(bytes).withUnsafeBufferPointer { encode($0, lineLength: lineLength) }
    }

    private static func encode(_ bytes: UnsafeBufferPointer<UInt8>, lineLength: Int?) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count / 3 * 4 + 8)
        var group: UInt32 = 0
        var held = 0
        var column = 0
        func emit(_ characters: Int) {
            for index in 0..<4 {
                if let lineLength, column == lineLength {
                    text.append(0x0A)
                    column = 0
                }
                text.append(index < characters ? alphabet[Int(group >> UInt32(18 - 6 * index) & 0x3F)] : 0x3D)
                column += 1
            }
        }
        for byte in bytes {
            group = group << 8 | UInt32(byte)
            held += 1
            if held == 3 {
                emit(4)
                group = 0
                held = 0
            }
        }
        if held > 0 {
            group <<= UInt32(8 * (3 - held))
            emit(held + 1)
        }
        return String(decoding: text, as: UTF8.self)
    }
}

/// Base64 in the alphabet for URLs, without padding (RFC 4648 section 5, RFC 7515 section 2).
public enum Base64URL {
    private static let alphabet = [UInt8]("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        String(decoding: encodedBytes(bytes), as: UTF8.self)
    }

    /// The text as ASCII.
    public static func encodedBytes(_ bytes: some Collection<UInt8>) -> [UInt8] {
        if let text = bytes.withContiguousStorageIfAvailable(encodedBytes) { return text }
        return Array(bytes).withUnsafeBufferPointer(encodedBytes)
    }

    private static func encodedBytes(_ input: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        alphabet.withUnsafeBufferPointer { alphabet in
            [UInt8](unsafeUninitializedCapacity: (input.count * 4 + 2) / 3) { output, count in
                var position = 0
                count = 0
                func emit(_ group: UInt32, _ characters: Int) {
                    for index in 0..<characters {
                        output[count] = alphabet[Int(group >> UInt32(18 - 6 * index) & 0x3F)]
                        count += 1
                    }
                }
                while input.count - position >= 3 {
                    emit(
                        UInt32(input[position]) << 16 | UInt32(input[position + 1]) << 8 | UInt32(input[position + 2]),
                        4)
                    position += 3
                }
                switch input.count - position {
                case 1: emit(UInt32(input[position]) << 16, 2)
                case 2: emit(UInt32(input[position]) << 16 | UInt32(input[position + 1]) << 8, 3)
                default: break
                }
            }
        }
    }

    /// - Returns: `nil` for any other character, padding, an impossible length, or unused bits that are not zero.
    public static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var standard: [UInt8] = []
        standard.reserveCapacity(text.count + 3)
        for character in text {
            switch character {
            case 0x2D: standard.append(0x2B)
            case 0x5F: standard.append(0x2F)
            case 0x2B, 0x2F, 0x3D: return nil
            default: standard.append(character)
            }
        }
        while !standard.count.isMultiple(of: 4) { standard.append(0x3D) }
        return Base64.decode(standard[...])
    }
}
