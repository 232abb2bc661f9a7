import Wire

/// Gathers what events report, one operation at a time. What a later event says of the same name takes the earlier one's
/// digest away (rule R2): a name with two digests must satisfy nothing.
struct LLMCollector {
    private(set) var executables: [MeasuredItem] = []
    private(set) var trees: [MeasuredItem] = []
    private(set) var configurations: [MeasuredItem] = []
    private(set) var models: [MeasuredModel] = []
    private(set) var gpus: [MeasuredGPU] = []
    /// An alias for a model that does not say which, or of what digest.
    private(set) var hasUnreadableModel = false
    private(set) var ambiguous: [Int] = []
    private var blobs: Set<FixedBytes<32>> = []
    /// Where a name stands in its list: a log can have thousands.
    private var places: [KeyPath<LLMCollector, [MeasuredItem]>: [ExactText: Int]] = [:]
    private var modelPlaces: [ExactText: Int] = [:]
    private var gpuPlaces: [ExactText: Int] = [:]

    /// - Returns: `false` where the content is not what the operation needs.
    mutating func add(_ event: LLMEvent) -> Bool {
        guard let operation = event.operation else { return false }
        let operations: Set<String> = ["start", "exec", "tree", "config", "model-manifest", "model-blob", "gpu"]
        // Unknown operations are shown and ignored (rule R4); a change is told apart from them.
        guard operations.contains(operation) else { return true }
        guard let content = event.object else { return false }
        switch operation {
        case "start": return true
        case "exec": return addItem(content, event, to: \.executables)
        case "config": return addItem(content, event, to: \.configurations)
        case "tree":
            guard content.text("alg") == "assay-tree-1" else { return false }
            return addItem(content, event, to: \.trees)
        case "model-manifest":
            guard let name = content.text("name"), let digest = content.digest("sha256"),
                let size = content.number("size")
            else { return false }
            add(model: name, .manifest, digest.hex, size: size, event: event.number)
            return true
        case "model-blob": return addBlob(content)
        default: return addGPU(content, event)
        }
    }

    /// What an entry of another domain is for the facts of models and programs.
    enum Alias {
        case none, read
        /// It says that something was measured, and not what.
        case refused
    }

    /// Events of other agents that say the same (event-logs 2.4 (c), (d)).
    mutating func add(alias entry: AAELEntry, event: Int) -> Alias {
        if entry.domain.hasSameBytes(as: "file"), entry.operation.utf8.first == 0x2F {
            let digest: FixedBytes<32>? = Hex.fixed(Array(entry.content.utf8)[...])
            add(
                MeasuredItem(name: entry.operation, path: entry.operation, sha256: digest, event: event),
                to: \.executables)
            return digest == nil ? .refused : .read
        }
        guard entry.domain.hasSameBytes(as: "trustiflux.alibaba.com"), Self.isModelLoad(entry.operation) else {
            return .none
        }
        guard let content = LLMContent(Array(entry.content.utf8)), let name = content.text("model-id"),
            let hash = content.text("hash")
        else {
            hasUnreadableModel = true
            return .refused
        }
        // A hash has no case, and a rule that denies it must not lose it by one.
        add(model: name, .verity, Hex.decode(hash).map { Hex.encode($0) } ?? hash, size: nil, event: event)
        return .read
    }

    /// `load-model` anywhere in the operation, byte by byte.
    private static func isModelLoad(_ operation: String) -> Bool {
        let wanted = Array("load-model".utf8)
        let bytes = Array(operation.utf8)
        return bytes.count >= wanted.count
            && (0...(bytes.count - wanted.count)).contains { bytes[$0...].starts(with: wanted) }
    }

    /// The models, those complete whose manifest is at hand and whose every blob was measured.
    func models(with manifests: [[UInt8]]) -> [MeasuredModel] {
        let known = Dictionary(
            manifests.map { (Digest.sha256($0).hex, $0) }, uniquingKeysWith: { first, _ in first })
        return models.map { model in
            guard model.kind == .manifest, let digest = model.digest, let bytes = known[digest],
                let manifest = ModelManifest(parsing: bytes), manifest.blobs.allSatisfy({ blobs.contains($0.digest) })
            else { return model }
            return MeasuredModel(
                name: model.name, kind: model.kind, digest: digest, size: model.size, level: .complete,
                event: model.event)
        }
    }

    private mutating func addItem(
        _ content: LLMContent, _ event: LLMEvent, to list: WritableKeyPath<LLMCollector, [MeasuredItem]>
    ) -> Bool {
        guard let name = content.text("name"), let path = content.text("path"), let digest = content.digest("sha256")
        else { return false }
        add(MeasuredItem(name: name, path: path, sha256: digest, event: event.number), to: list)
        return true
    }

    private mutating func add(_ item: MeasuredItem, to list: WritableKeyPath<LLMCollector, [MeasuredItem]>) {
        let name = ExactText(item.name)
        guard let index = places[list, default: [:]][name] else {
            places[list, default: [:]][name] = self[keyPath: list].count
            self[keyPath: list].append(item)
            return
        }
        let known = self[keyPath: list][index]
        guard known.sha256 != item.sha256 else { return }
        ambiguous.append(item.event)
        self[keyPath: list][index] = MeasuredItem(name: known.name, path: known.path, sha256: nil, event: known.event)
    }

    private mutating func add(
        model name: String, _ kind: MeasuredModel.Kind, _ digest: String, size: UInt64?, event: Int
    ) {
        let key: ExactText = "\(kind.rawValue) \(name)"
        guard let index = modelPlaces[key] else {
            modelPlaces[key] = models.count
            models.append(
                MeasuredModel(name: name, kind: kind, digest: digest, size: size, level: .named, event: event))
            return
        }
        guard models[index].digest?.hasSameBytes(as: digest) != true else { return }
        ambiguous.append(event)
        models[index] = MeasuredModel(
            name: name, kind: kind, digest: nil, size: nil, level: .named, event: models[index].event)
    }

    private mutating func addBlob(_ content: LLMContent) -> Bool {
        guard content.text("model") != nil, content.text("media_type") != nil, content.number("size") != nil,
            let digest = content.text("digest"), let value = ModelManifest.digest(digest)
        else { return false }
        blobs.insert(value)
        return true
    }

    /// The first stands, an equal one changes nothing, and a different one never replaces it.
    private mutating func addGPU(_ content: LLMContent, _ event: LLMEvent) -> Bool {
        guard let uuid = content.text("uuid"), let evidence = content.digest("evidence_sha256"), content.has("cc")
        else { return false }
        guard let index = gpuPlaces[ExactText(uuid)] else {
            gpuPlaces[ExactText(uuid)] = gpus.count
            gpus.append(
                MeasuredGPU(uuid: uuid, evidenceSHA256: evidence, cc: content.text("cc"), event: event.number))
            return true
        }
        let known = gpus[index]
        guard known.evidenceSHA256 != evidence else { return true }
        ambiguous.append(event.number)
        gpus[index] = MeasuredGPU(uuid: known.uuid, evidenceSHA256: nil, cc: known.cc, event: known.event)
        return true
    }
}
