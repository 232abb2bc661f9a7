/// Which known name somebody meant who misspelt it.
enum NearestName {
    /// - Returns: The one with the fewest letters to change, where that is at most a third of the name.
    static func of(_ name: String, among known: [String]) -> String? {
        guard name.utf8.count <= 64 else { return nil }
        let nearest = known.map { ($0, distance(Array(name.lowercased().utf8), Array($0.utf8))) }.min { $0.1 < $1.1 }
        return nearest.flatMap { $0.1 <= max(1, $0.0.utf8.count / 3) ? $0.0 : nil }
    }

    /// Letters to insert, remove or replace (Levenshtein).
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (position, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = position + 1
            for index in right.indices {
                let replaced = diagonal + (letter == right[index] ? 0 : 1)
                diagonal = row[index + 1]
                row[index + 1] = min(replaced, row[index] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
