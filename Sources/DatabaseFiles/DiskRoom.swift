import Foundation

/// How much room there is on the disk of a data folder, and what it is kept for (transparency-log 17). Everything that
/// writes there asks before its first byte.
package struct DiskRoom: Sendable {
    package let freeBytes: @Sendable () -> Int64
    /// What requests leave alone: it is for the log's own last entries, for giving space back, and for starting again.
    package let reserve: Int64

    package init(reserve: Int64 = 256 << 20, freeBytes: @escaping @Sendable () -> Int64) {
        self.reserve = reserve
        self.freeBytes = freeBytes
    }

    package init(folder: String, reserve: Int64 = 256 << 20) {
        self.init(reserve: reserve) {
            var status = statvfs()
            guard statvfs(folder, &status) == 0 else { return 0 }
            return Int64(clamping: UInt64(status.f_bavail) &* UInt64(status.f_frsize))
        }
    }

    package static let unlimited = DiskRoom { .max }

    package enum Purpose: Hashable, Sendable {
        /// What somebody outside may cause, however often.
        case request
        /// What the service and its operator have to do all the same: few and small.
        case own
    }

    /// Below it nothing is tried: where COMMIT itself runs out of space, nobody knows what is on the disk (C-11).
    package var floor: Int64 { reserve / 64 }

    package func check(_ purpose: Purpose) throws(DiskFull) {
        let (free, wanted) = (freeBytes(), purpose == .request ? reserve : floor)
        guard free >= wanted else { throw DiskFull(free: free, wanted: wanted) }
    }
}

/// There is no room for a write, and none was begun.
package struct DiskFull: Error, Hashable, Sendable {
    package let free: Int64
    package let wanted: Int64

    package var sentence: String {
        "\(free) bytes are free on the disk of the data folder, and \(wanted) are kept: make room, or purge evidence "
            + "(assay evidence purge, or a shorter audit.retention_days)"
    }
}
