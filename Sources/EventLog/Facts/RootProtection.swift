import Wire

/// What of a measured kernel command line protects the root file system, so that whoever can write to the disk cannot
/// replace the agent itself with every register as it was (event-logs 5.5).
public enum RootProtection {
    /// Parameters whose value is a root hash.
    private static let hashes = ["roothash", "usrhash", "dstack.rootfs_hash"]
    private static let verityPrefix = "systemd.verity_root_"
    /// Parameters whose value is a table of the device mapper; only a target `verity` protects.
    private static let tables = ["dm", "dm-mod.create"]

    /// The name of the first parameter that protects the root file system: `roothash`, `usrhash`,
    /// `systemd.verity_root_…`, `dstack.rootfs_hash`, or `dm` and `dm-mod.create` where the table has a target `verity`.
    ///
    /// Whole words of the command line, as the kernel splits it, each with a value that is not empty. What stands behind
    /// `--` is for init and protects nothing.
    /// - Parameter commandLine: A text that the quote confirms; of another one the answer means nothing.
    /// - Returns: `nil` where nothing in the text does.
    public static func word(in commandLine: String) -> String? {
        KernelCommandLine.parameters(of: commandLine).first { name, value in
            guard let value, !value.isEmpty else { return false }
            if tables.contains(where: { name.hasSameBytes(as: $0) }) { return hasVerityTarget(value) }
            return hashes.contains { name.hasSameBytes(as: $0) }
                || name.utf8.starts(with: verityPrefix.utf8) && name.utf8.count > verityPrefix.utf8.count
        }?.name
    }

    /// A line of a table is `start length target …`; lines stand between commas, devices between semicolons. A device that
    /// is only *called* verity protects nothing.
    private static func hasVerityTarget(_ table: String) -> Bool {
        table.utf8.split { $0 == 0x2C || $0 == 0x3B }.contains { line in
            let words = line.split { $0 == 0x20 || $0 == 0x09 }
            return words.count > 2 && words.prefix(2).allSatisfy { $0.allSatisfy { (0x30...0x39).contains($0) } }
                && words[2].elementsEqual("verity".utf8)
        }
    }
}
