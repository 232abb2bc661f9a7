import Foundation

/// What a test waited for, by name, and did not see.
package struct NotSeen: Error, CustomStringConvertible {
    package let description: String
}

/// How long between two looks.
private let pause = Duration.milliseconds(20)

/// Looks until something named holds. A busy machine is given two minutes, and then the test fails with the name.
package func eventually(
    _ what: String, within limit: Duration = .seconds(120), _ holds: () async throws -> Bool
) async throws {
    try await eventually(what, within: limit, finding: { try await holds() ? true : nil })
}

/// Looks until there is what is looked for.
@discardableResult
package func eventually<Value>(
    _ what: String, within limit: Duration = .seconds(120), finding look: () async throws -> Value?
) async throws -> Value {
    let deadline = ContinuousClock.now + limit
    while true {
        if let found = try await look() { return found }
        guard ContinuousClock.now < deadline else { throw NotSeen(description: "not within \(limit): \(what)") }
        try await Task.sleep(for: pause)
    }
}

/// The same on a thread that may be blocked.
package func waitUntil(_ what: String, within limit: Duration = .seconds(120), _ holds: () throws -> Bool) throws {
    let deadline = ContinuousClock.now + limit
    while try !holds() {
        guard ContinuousClock.now < deadline else { throw NotSeen(description: "not within \(limit): \(what)") }
        Thread.sleep(forTimeInterval: pause / .seconds(1))
    }
}
