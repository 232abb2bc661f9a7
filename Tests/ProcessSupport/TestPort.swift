import Glibc
import Synchronization

/// Ports for servers whose address must be known before they start.
///
/// A port that was merely free a moment ago may be another's by now. These lie below those that the kernel gives to who asks
/// for any, and each has a name that only one process of the machine can hold (`world.py` and this share the names).
package enum TestPort {
    private static let range = 10_000..<20_000
    private static let next = Atomic<Int>(Int(getpid()) &* 61)

    /// One that is this process's until it ends.
    package static func take() throws -> Int {
        for _ in range {
            let number = next.wrappingAdd(1, ordering: .relaxed).oldValue
            let port = range.lowerBound + number % range.count
            if reserve(port), isFree(port) { return port }
        }
        throw NotSeen(description: "a port that is free")
    }

    /// Binds an abstract name, and keeps it: the kernel gives it back when the process ends.
    private static func reserve(_ port: Int) -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = Array("\0assay-test-port-\(port)".utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let length = MemoryLayout<sa_family_t>.size + name.count
        let isBound = bindSocket(descriptor, &address, length)
        if !isBound { close(descriptor) }
        return isBound
    }

    private static func isFree(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return bindSocket(descriptor, &address, MemoryLayout<sockaddr_in>.size)
    }

    private static func bindSocket<Address>(_ descriptor: Int32, _ address: inout Address, _ length: Int) -> Bool {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(length)) == 0 }
        }
    }
}
