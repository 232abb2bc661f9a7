import Wire

/// One event of dstack's JSON.
struct DstackEventReader {
    private let value: JSONValue
    private let number: Int
    private var field: String { "events[\(number)]" }

    init(_ value: JSONValue, number: Int) {
        self.value = value
        self.number = number
    }

    func event() throws(EventLogError) -> LoggedEvent {
        guard value.kind == .object else {
            throw failure(.formatUnknown, value, "", found: "a JSON \(value.kind.rawValue)", wanted: "an event object")
        }
        let register = try register()
        let type = try type()
        let given = try digest()
        let payload = try hex("event_payload")
        var digest = given
        let details: EventDetails
        let form: EventForm
        if type == .dstackRuntime {
            let runtime = try runtimeEvent(payload, register)
            let preimage = runtime.preimage
            let computed = Digest.sha384(preimage[...])
            guard given == nil || given == computed else {
                throw failure(
                    .digestMismatch, value.member("digest"), ".digest", found: given?.hex ?? "none",
                    wanted: "\(computed), which follows from the event's name and payload")
            }
            digest = computed
            details = EventDetails(.dstack(runtime))
            form = .runtime(runtime, preimage: preimage)
        } else {
            let name = value.member("event")?.string ?? ""
            let read = EventDetails(of: payload[...], type)
            details =
                name.isEmpty || read.content != nil ? read : EventDetails(.label(name), isMalformed: read.isMalformed)
            form = .dstack(name: name, preimage: shownPreimage)
        }
        guard let digest else {
            throw failure(
                .noSHA384Digest, value.member("digest"), ".digest", found: "no digest",
                wanted: "the 96 digits that were extended; only dstack's own events may leave them out")
        }
        return LoggedEvent(
            number: number, offset: value.range.lowerBound, measurementIndex: register.measurementIndex, type: type,
            digests: [AlgorithmDigest(algorithm: AlgorithmDigest.sha384, digest: digest.bytes[...])], digest: digest,
            data: payload[...], details: details, form: form)
    }

    /// The member `preimage` of an event that need not have one: read where it can be, for its digest proves it.
    private var shownPreimage: [UInt8]? {
        guard let text = value.member("preimage")?.string, text.utf8.count <= 2 * Limits.eventDataBytes else {
            return nil
        }
        return Hex.decode(text)
    }

    private func register() throws(EventLogError) -> RuntimeRegister {
        let member = value.member("imr")
        guard case .value(let number) = member?.integer, number < 4,
            let register = RuntimeRegister(rawValue: Int(number))
        else {
            throw failure(
                .registerInvalid, member, ".imr", found: member.map(Self.text) ?? "no imr",
                wanted: "an integer from 0 to 3: the RTMR's own number")
        }
        return register
    }

    private func type() throws(EventLogError) -> EventType {
        let member = value.member("event_type")
        guard case .value(let number) = member?.integer, let type = UInt32(exactly: number) else {
            throw failure(
                .encoding, member, ".event_type", found: member.map(Self.text) ?? "no event_type",
                wanted: "an integer of 32 bits")
        }
        return EventType(rawValue: type)
    }

    /// `nil` for an empty or absent digest.
    private func digest() throws(EventLogError) -> FixedBytes<48>? {
        let bytes = try hex("digest")
        guard !bytes.isEmpty else { return nil }
        guard let digest = FixedBytes<48>(exactly: bytes) else {
            throw failure(
                .encoding, value.member("digest"), ".digest", found: "\(bytes.count) bytes", wanted: "48 bytes")
        }
        return digest
    }

    private func hex(_ name: StaticString) throws(EventLogError) -> [UInt8] {
        guard let member = value.member(name) else { return [] }
        guard let text = member.string, let bytes = Hex.decode(text) else {
            throw failure(
                .encoding, member, ".\(name)", found: Self.text(member),
                wanted: "a string of hexadecimal digits, in pairs")
        }
        guard bytes.count <= Limits.eventDataBytes else {
            throw failure(
                .limit, member, ".\(name)", found: "\(bytes.count) bytes", wanted: "at most \(Limits.eventDataBytes)")
        }
        return bytes
    }

    private func runtimeEvent(
        _ payload: [UInt8], _ register: RuntimeRegister
    ) throws(EventLogError) -> DstackEvent {
        guard let name = value.member("event")?.string, !name.isEmpty else {
            throw failure(.encoding, value.member("event"), ".event", found: "no name", wanted: "the event's name")
        }
        let event = DstackEvent(name: name, payload: payload, version: try version())
        // Elsewhere the name is a label.
        if register == .rtmr3, event.version == 1, name.utf8.contains(0x3A) {
            throw failure(
                .nameAmbiguous, value.member("event"), ".event", found: "a colon in \"\(name.prefix(40))\"",
                wanted: "a name without colon: version 1 hashes name:payload, which could then be split in two ways")
        }
        if event.version == 2, value.member("preimage") != nil {
            let preimage = try hex("preimage")
            guard preimage == event.preimage else {
                throw failure(
                    .digestMismatch, value.member("preimage"), ".preimage",
                    found: "a preimage other than the event's canonical JSON",
                    wanted: String(decoding: event.preimage.prefix(120), as: UTF8.self))
            }
        }
        return event
    }

    private func version() throws(EventLogError) -> Int {
        guard let member = value.member("version"), member.kind != .null else { return 1 }
        guard case .value(let version) = member.integer, version == 1 || version == 2 else {
            throw failure(.versionUnsupported, member, ".version", found: Self.text(member), wanted: "1 or 2")
        }
        return Int(version)
    }

    private func failure(
        _ code: EventLogCode, _ member: JSONValue?, _ name: String, found: String, wanted: String
    ) -> EventLogError {
        EventLogError(
            code, field: field + name, offset: (member ?? value).range.lowerBound, found: found, wanted: wanted)
    }

    private static func text(_ value: JSONValue) -> String {
        String(decoding: value.bytes.prefix(40), as: UTF8.self)
    }
}
