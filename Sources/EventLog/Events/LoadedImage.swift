import Wire

/// UEFI_IMAGE_LOAD_EVENT: where an image came from. Its digest is that of the PE file, which no log holds (event-logs 1.7).
enum LoadedImage {
    static func details(of data: ArraySlice<UInt8>) -> EventDetails {
        var reader = ByteReader(data)
        guard (try? reader.slice(24, "addresses")) != nil,
            let length = try? reader.integer("devicePathLength", as: UInt64.self), length == UInt64(reader.remaining),
            let path = try? reader.slice(length, "devicePath")
        else { return EventDetails(nil, isMalformed: true) }
        let (nodes, isWellFormed) = DevicePath.read(path)
        return EventDetails(.image(path: nodes), isMalformed: !isWellFormed)
    }
}

/// A UEFI device path: nodes of type, subtype and length, ended by one of type 7F. Read in a loop with a cap, for a path
/// comes from outside.
enum DevicePath {
    private static let endType: UInt8 = 0x7F
    private static let media: UInt8 = 4
    private static let filePath: UInt8 = 4

    static func read(_ path: ArraySlice<UInt8>) -> (nodes: [String], isWellFormed: Bool) {
        var reader = ByteReader(path)
        var nodes: [String] = []
        while reader.remaining > 0, nodes.count < Limits.eventDevicePathNodes {
            guard let type = try? reader.integer("type", as: UInt8.self),
                let subtype = try? reader.integer("subtype", as: UInt8.self),
                let length = try? reader.integer("length", as: UInt16.self), length >= 4,
                let data = try? reader.slice(length - 4, "data")
            else { return (nodes, false) }
            if type == endType { return (nodes, reader.remaining == 0) }
            nodes.append(text(type, subtype, data))
        }
        // A path without end node, as some firmware writes it, or a longer one than any.
        return (nodes, reader.remaining == 0)
    }

    private static func text(_ type: UInt8, _ subtype: UInt8, _ data: ArraySlice<UInt8>) -> String {
        guard type == media, subtype == filePath else {
            return "\(type).\(subtype)(\(Hex.encode(data.prefix(64))))"
        }
        let text = UTF16Text.decode(data).string
        return text.hasSuffix("\0") ? String(text.dropLast()) : text
    }
}
