import Wire

/// What the data of an event says, as far as its type lets it be read. Display, until a digest confirms it.
public struct EventDetails: Hashable, Sendable {
    /// Indirect, because events are copied more often than they are read.
    public indirect enum Content: Hashable, Sendable {
        case text(String)
        case variable(UEFIVariable)
        /// The path of an image that was loaded, a text for each node.
        case image(path: [String])
        case tag(id: UInt32, data: ArraySlice<UInt8>)
        case aael(AAELEntry)
        case dstack(DstackEvent)
        /// A name that stands beside the event and is in no digest.
        case label(String)
    }

    public let content: Content?
    /// The data is not what its type says; the event's digest counts all the same, its content never.
    public let isMalformed: Bool

    init(_ content: Content?, isMalformed: Bool = false) {
        self.content = content
        self.isMalformed = isMalformed
    }

    /// Reads the data of an event. Data that was left out in transport is not malformed.
    init(of data: ArraySlice<UInt8>, _ type: EventType) {
        guard !data.isEmpty else {
            self.init(nil)
            return
        }
        switch type {
        case .separator: self.init(nil, isMalformed: !Separator.isKnown(data))
        case .tag: self = TaggedEvent.details(of: data)
        case .bootLoader: self.init(PlainText.readBootLoader(data).map(Content.text))
        case .firmwareBlob2, .handOffTables2:
            self.init(PlainText.readDescription(data).map(Content.text))
        case .partitionTable, .partitionTable2: self.init(nil, isMalformed: !PartitionTable.isWellFormed(data))
        case _ where type.isVariable: self = UEFIVariable.details(of: data)
        case _ where type.isImage: self = LoadedImage.details(of: data)
        default: self.init(PlainText.read(data).map(Content.text))
        }
    }

    /// What is odd about an event by itself.
    static func notes(on event: LoggedEvent) -> [EventLogNote] {
        var notes: [EventLogNote] = []
        func add(_ kind: EventLogNote.Kind) {
            notes.append(EventLogNote(kind, event: event.number, offset: event.offset))
        }
        if event.type == .noAction {
            if event.data.starts(with: "Spec ID Event".utf8) { add(.specIDRepeated) }
            return notes
        }
        if event.measurementIndex == 0 { add(.eventOnMRTD) }
        if event.details.isMalformed { add(.eventDataMalformed) }
        if event.type == .separator, Separator.isError(event.data) { add(.separatorError) }
        if event.type == .tag, event.digest != nil, case .tag(TaggedEvent.aael, _) = event.details.content,
            !event.details.isMalformed
        {
            add(.aaelMalformed)
        }
        return notes
    }
}

/// EV_SEPARATOR: four bytes that end a phase of the firmware.
enum Separator {
    static func isKnown(_ data: ArraySlice<UInt8>) -> Bool {
        data.elementsEqual([0, 0, 0, 0]) || data.elementsEqual([0xFF, 0xFF, 0xFF, 0xFF]) || isError(data)
    }

    static func isError(_ data: ArraySlice<UInt8>) -> Bool { data.elementsEqual([1, 0, 0, 0]) }
}

/// EFI_GPT_EVENT: a partition table's header and its entries in use.
enum PartitionTable {
    private static let headerBytes = 92
    private static let entryBytes: UInt64 = 128

    static func isWellFormed(_ data: ArraySlice<UInt8>) -> Bool {
        var reader = ByteReader(data)
        guard (try? reader.slice(headerBytes, "header")) != nil,
            let count = try? reader.integer("partitions", as: UInt64.self)
        else { return false }
        let (size, overflow) = count.multipliedReportingOverflow(by: entryBytes)
        return !overflow && size == UInt64(reader.remaining)
    }
}

/// Text in the data of events that have no structure: ASCII or UTF-8, NULs at its end left out.
enum PlainText {
    /// A boot loader's text ends at its first NUL, whatever it logged behind it; systemd's stub writes UTF-16.
    static func readBootLoader(_ data: ArraySlice<UInt8>) -> String? {
        if data.count >= 2, data[data.startIndex + 1] == 0 {
            return read(Array(UTF16Text.decode(data).string.utf8)[...])
        }
        return read(data.prefix { $0 != 0 })
    }

    /// The description that stands before a blob or a table: its length in one byte, then the text.
    static func readDescription(_ data: ArraySlice<UInt8>) -> String? {
        guard let length = data.first, data.count > length else { return nil }
        return read(data.dropFirst().prefix(Int(length)))
    }

    static func read(_ data: ArraySlice<UInt8>) -> String? {
        let end = data.lastIndex { $0 != 0 }.map { $0 + 1 } ?? data.startIndex
        let text = data[..<end]
        guard !text.isEmpty, let string = String(validating: text, as: UTF8.self),
            string.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control || $0 == "\t" || $0 == "\n" })
        else { return nil }
        return string
    }
}
