public import Wire
public import Words

/// Who says what protects the root file system, where no measured command line does (dcap 6.11). Raw values are stable.
public enum RootIntegrity: String, CaseIterable, Hashable, Sendable {
    case verity, initrd
    case acceptedByOwner = "accepted-by-owner"
}

/// Whether the disk that an agent in the guest comes from is protected by anything measured (event-logs 5.5), for a verdict
/// that rests on what that agent said. It fails nothing.
public struct RootFinding: Hashable, Sendable {
    /// Stable identifier of the check.
    public static let id = "event_log.root"

    /// The name of the word in the measured command line that fixes the disk's content: `roothash`.
    public let word: String?
    /// Without such a word: what a reference set declares; its author's word.
    public let declared: RootIntegrity?
    /// SHA-256 of the set that declares it, in hex.
    public let reference: String?

    public var isPassed: Bool { word != nil }
    /// Whether the status may stand.
    public var isProtected: Bool { isPassed || declared != nil }

    init(word: String) {
        self.word = word
        declared = nil
        reference = nil
    }

    /// - Parameter set: One that declares it, if there is one.
    init(declaredBy set: ReferenceSet?) {
        word = nil
        declared = set?.rootIntegrity
        reference = set?.rootIntegrity == nil ? nil : set?.sha256
    }

    public static let title = Phrase(
        "Does anything measured protect the root file system?", "根文件系统是否受被度量的内容保护？")

    /// What nobody can see in a register, said wherever facts of RTMR3 are used.
    public static let sentence = Phrase(
        "nothing measured protects the root file system: who can write to the disk can replace the agent",
        "没有任何被度量的内容保护根文件系统：能写入磁盘的人可以替换代理")

    /// The same, and who vouches for it all the same.
    public var reason: Phrase {
        guard let declared, let reference else { return Self.sentence }
        return Self.sentence
            + Phrase(
                "; the reference set sha256:\(reference) declares root_integrity \(declared.rawValue)",
                "；参考值集合 sha256:\(reference) 声明 root_integrity 为 \(declared.rawValue)")
    }

    /// `event_log.root` of verdicts and tokens (event-logs 7).
    public var document: JSON {
        var members: [(String, JSON)] = [("outcome", .string(isPassed ? "passed" : "not_performed"))]
        if let word { members.append(("word", .string(word))) }
        if let declared { members.append(("declared", .string(declared.rawValue))) }
        if let reference { members.append(("reference", .string("sha256:" + reference))) }
        return .object(members)
    }

    /// As the list of checks has it.
    func check(_ language: Language) -> JSON {
        var members: [(String, JSON)] = [
            ("id", .string(Self.id)), ("clause", .string("event-logs 5.5")),
            ("outcome", .string(isPassed ? "passed" : "not_performed")),
        ]
        if !isPassed { members.append(("reason", .string(reason.text(language)))) }
        members.append(("detail", .string(Self.title.text(language))))
        if let word { members.append(("found", .string(word))) }
        return .object(members)
    }

    /// Of several policies the one that says least.
    static func weakest(_ findings: [RootFinding]) -> RootFinding? {
        findings.first { !$0.isProtected } ?? findings.first { !$0.isPassed } ?? findings.first
    }
}
