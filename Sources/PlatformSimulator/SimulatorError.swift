/// A recipe that cannot be built: always a mistake in the recipe, never in the verifier under test.
package enum SimulatorError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A path into a JSON document names a member or element that is not there.
    case noSuchElement(String)
    /// The quote has no field of that name, as an outer certification data type in a version 3 quote.
    case noSuchField(String)
    /// The edit would put a value into a field that cannot hold it.
    case wrongLength(String, wanted: Int, found: Int)
    /// What was given to a simulated service cannot be served.
    case unusable(String)

    package var description: String {
        switch self {
        case .noSuchElement(let name): "the document has no element \(name)"
        case .noSuchField(let name): "this kind of quote has no field \(name)"
        case .unusable(let what): what
        case .wrongLength(let name, let wanted, let found): "\(name) takes \(wanted) bytes, not \(found)"
        }
    }
}
