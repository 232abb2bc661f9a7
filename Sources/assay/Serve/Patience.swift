import CollateralService

/// How long the service waits for whom before it goes on without. The program takes it as it is; a test that counts on a
/// busy machine is given more, so that it can count exactly.
struct Patience: Sendable {
    /// A connection on which nothing happens for so long is closed.
    var idleSeconds: Int64 = 30
    var fetches = FetchLimits()
    /// How long it is remembered that a service had no collateral.
    var failureRetentionSeconds: Int64 = 5
    /// When a commit or a write of evidence has taken so long, nothing more is let in.
    var disk = Duration.seconds(2)
    /// When something has waited so long for a processor, nothing more is let in.
    var work = Duration.milliseconds(500)
}
