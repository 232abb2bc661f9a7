import Foundation
import Wire

/// The machine's clocks at one moment: what is between two of them, on a machine that has not been booted in between, is
/// known whatever the wall clock says.
struct MachineClock: Hashable, Sendable {
    /// Of the boot; random.
    let boot: String
    /// Since the boot, with the time asleep.
    let runningMilliseconds: Int64
    let wallMilliseconds: Int64

    /// `nil` where the kernel does not say.
    static var now: MachineClock? {
        var time = timespec()
        guard let boot = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8),
            clock_gettime(CLOCK_BOOTTIME, &time) == 0
        else { return nil }
        return MachineClock(
            boot: boot.filter { !$0.isWhitespace },
            running: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000,
            wall: Service.clock())
    }

    init(boot: String, running: Int64, wall: Int64) {
        self.boot = boot
        runningMilliseconds = running
        wallMilliseconds = wall
    }

    init?(text: String) {
        let parts = text.split(separator: " ")
        guard parts.count == 3, let running = Int64(parts[1]), let wall = Int64(parts[2]) else { return nil }
        self.init(boot: String(parts[0]), running: running, wall: wall)
    }

    var text: String { "\(boot) \(runningMilliseconds) \(wallMilliseconds)" }

    /// What the wall clock should say now, by this earlier moment; `nil` after a boot.
    func expected(at now: MachineClock) -> Int64? {
        guard boot == now.boot, now.runningMilliseconds >= runningMilliseconds else { return nil }
        return wallMilliseconds + now.runningMilliseconds - runningMilliseconds
    }
}
