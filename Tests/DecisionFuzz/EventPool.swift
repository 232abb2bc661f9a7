import Wire

/// What edits and imagined guests draw from: the events, names and types of every honest log, and those that a liar would
/// like to have.
public struct EventPool: Sendable {
    /// Of RTMR3, all shown.
    let applications: [PlainEvent]
    /// Of RTMR0: Secure Boot's three values, separators.
    let firmware: [PlainEvent]
    let data: [[UInt8]]
    let types: [UInt32]

    static let names = [
        "", "app-id", "compose-hash", "instance-id", "os-image-hash", "key-provider", "system-ready", "boot-mr-done",
        "assay-llm/start", "assay-llm/ready", "assay-llm/change", "assay-llm/exec", "a:b", "rootfs-hash",
    ]

    public init(_ logs: [PlainLog]) {
        let shown = logs.flatMap(\.events).filter { $0.isExtended && $0.register == 3 && $0.preimage != nil }
        applications = Self.unique(shown).map { $0.shown(in: .tcg2) } + Self.imagined
        firmware =
            [[], [0], [1]].map { (value: [UInt8]) in
                PlainEvent(register: 0, type: 0x8000_0001, extending: Self.secureBoot(value))
            }
            + [[0, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0xFF], [1, 0, 0, 0]].map {
                PlainEvent(register: 0, type: 4, extending: $0)
            }
        data =
            [
                [], [UInt8](repeating: 0, count: 8), Array("set pager=1".utf8), Array("change".utf8),
                Array("assay-llm/1".utf8), Array("{}".utf8),
            ] + PlainEvent.labels.map { Array("\($0)quiet".utf8) } + firmware.map(\.data)
        types = Set(logs.flatMap(\.events).map(\.type) + Self.known).subtracting([PlainEvent.noAction]).sorted()
    }

    /// Every type that some rule knows, and two that none does.
    private static let known: [UInt32] = [
        0x1, 0x4, 0x5, 0x6, 0x7, 0xA, 0xC, 0xD, 0x13, 0x8000_0001, 0x8000_0002, 0x8000_0003, 0x8000_0006, 0x8000_0007,
        0x8000_0008, 0x8000_000B, 0x8000_000C, 0x8000_00E0, 0x800_0001, 0xFFFF_FFFF,
    ]

    private static func unique(_ events: [PlainEvent]) -> [PlainEvent] {
        var seen: Set<[UInt8]> = []
        return events.filter { seen.insert($0.digest).inserted }
    }

    static func record(_ text: String, length: Int? = nil) -> [UInt8] {
        let text = Array(text.utf8)
        return Array("LEAA".utf8) + UInt32(length ?? text.count).bytes + text
    }

    static func secureBoot(_ value: [UInt8]) -> [UInt8] {
        let name = Array("SecureBoot".utf16)
        return [
            0x61, 0xDF, 0xE4, 0x8B, 0xCA, 0x93, 0xD2, 0x11, 0xAA, 0x0D, 0x00, 0xE0, 0x98, 0x03, 0x2B, 0x8C,
        ] + UInt64(name.count).bytes + UInt64(value.count).bytes + name.flatMap(\.bytes) + value
    }

    /// What no recorded boot extends, and a guest may (event-logs 8, rows 90 to 104).
    private static let imagined: [PlainEvent] = {
        let model = "registry.ollama.ai/library/deepseek-r1:70b"
        let digest = { (digit: String) in String(repeating: digit, count: 64) }
        let change = #"assay-llm/1 change {"name":"\#(model)","sha256":"\#(digest("0"))","was":"\#(digest("1"))"}"#
        let texts = [
            change, #"assay-llm/1 start {"agent":"other/1"}"#, #"assay-llm/1 ready {"count":1}"#,
            #"assay-llm/1 gpu {"cc":"on","evidence_sha256":"\#(digest("2"))","uuid":"GPU-0"}"#,
            #"assay-llm/1 gpu {"cc":"on","evidence_sha256":"\#(digest("3"))","uuid":"GPU-0"}"#,
            #"assay-llm/1 exec {"name":"ollama","path":"/usr/local/bin/ollama","sha256":"\#(digest("4"))"}"#,
            #"assay-llm/1 change {"name":"a\u{7F}b","sha256":"\#(digest("0"))","was":"\#(digest("1"))"}"#,
            "assay-llm/1 change {}", "file /usr/local/bin/ollama \(digest("5"))",
            "file /usr/local/bin/ollama \(digest("4"))",
            #"trustiflux.alibaba.com pai/load-model {"hash":"\#(digest("6"))","model-id":"m"}"#,
            #"github.com/confidential-containers PullImage {"digest":"sha256:\#(digest("7"))","image":"evil"}"#,
            #"github.com/confidential-containers PullImage {"digest":"sha256:\#(digest("8"))","image":"good"}"#,
            "image-rs PullImage evil", "image-rs PullImage good",
        ]
        let runtime = [
            ("app-id", [UInt8](repeating: 0xAA, count: 20)), ("app-id", [UInt8](repeating: 0xBB, count: 20)),
            ("compose-hash", [UInt8](repeating: 0xCC, count: 32)),
            ("os-image-hash", [UInt8](repeating: 0xDD, count: 32)),
            ("system-ready", []), ("assay-llm/change", Array(change.utf8.dropFirst(19))),
        ]
        let preimages =
            texts.map { record($0) } + texts.map { Array($0.utf8) } + [record(change, length: 3)]
            + runtime.map { PlainEvent.v1($0.0, $0.1) } + runtime.map { PlainEvent.v2($0.0, $0.1) }
        return preimages.map { PlainEvent(register: 3, type: 6, extending: $0) }
    }()
}
