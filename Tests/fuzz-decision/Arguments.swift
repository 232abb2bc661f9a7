import DecisionFuzz
import Foundation

struct Arguments {
    var logs: [(name: String, bytes: [UInt8])] = []
    var manifests: [[UInt8]] = []
    var count = 0
    var seed: UInt64 = 1
    var from: UInt64 = 0
    var finds = 1
    var out: String?

    init?(_ words: ArraySlice<String>) {
        var words = Array(words)
        while let place = words.firstIndex(where: { $0.hasPrefix("--") }) {
            guard words.indices.contains(place + 1) else { return nil }
            let value = words[place + 1]
            switch words[place] {
            case "--seed": seed = UInt64(value) ?? seed
            case "--from": from = UInt64(value) ?? from
            case "--finds": finds = Int(value) ?? finds
            case "--out": out = value
            default: return nil
            }
            words.removeSubrange(place...place + 1)
        }
        guard words.count > 1, let count = Int(words[0]), count > 0 else { return nil }
        self.count = count
        for folder in words.dropFirst() {
            guard let names = FileManager.default.enumerator(atPath: folder) else { return nil }
            for name in names.compactMap({ $0 as? String }).sorted() {
                guard let data = try? Data(contentsOf: URL(filePath: folder).appending(path: name)) else { continue }
                if name.hasSuffix(".manifest") {
                    manifests.append([UInt8](data))
                } else {
                    logs.append((name, [UInt8](data)))
                }
            }
        }
    }

    /// What it takes to judge the find by hand.
    func write(_ find: DecisionFind) {
        guard let out else { return }
        let folder = URL(filePath: out, directoryHint: .isDirectory)
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let files: [(String, [UInt8])] = [
            ("honest.log", find.honest), ("edited.log", find.edited), ("policy.json", find.policy),
            ("find.txt", Array("seed \(seed)\n\(find)\n".utf8)),
        ]
        for (name, bytes) in files {
            try? Data(bytes).write(to: folder.appending(path: "case-\(find.number).\(name)"))
        }
    }
}
