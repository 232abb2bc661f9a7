/// Why something could not be measured, in one sentence with what to do. Nothing is measured in part.
package enum MeasurementFailure: Error, Hashable, Sendable {
    /// What was asked for is not there, or cannot be read.
    case unreadable(String)
    /// It can be read, and no digest is defined for it.
    case undefined(String)
}
