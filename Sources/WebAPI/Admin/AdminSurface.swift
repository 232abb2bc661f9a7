public import Wire

/// What administrators may do, and who they are.
public struct AdminSurface: Sendable {
    public let administrators: Auditors
    public let policies: PolicyAdministration
    public let keys: KeyEffects
    public let retention: RetentionEffects

    /// The keys that sign tokens.
    public struct KeyEffects: Sendable {
        /// Every key there is, with the dates of its use.
        public let list: @Sendable (Int64) throws(HTTPProblem) -> JSON
        /// Whether the key for an algorithm could be followed by another now.
        public let check: @Sendable (String, Int64) throws(HTTPProblem) -> Void
        /// Makes the next key for an algorithm; it is in the log before this returns. The new key.
        public let rotate: @Sendable (String, Int64) async throws(HTTPProblem) -> JSON

        public init(
            list: @escaping @Sendable (Int64) throws(HTTPProblem) -> JSON,
            check: @escaping @Sendable (String, Int64) throws(HTTPProblem) -> Void,
            rotate: @escaping @Sendable (String, Int64) async throws(HTTPProblem) -> JSON
        ) {
            self.list = list
            self.check = check
            self.rotate = rotate
        }
    }

    /// The evidence archive.
    public struct RetentionEffects: Sendable {
        /// Deletes what is due; how many quotes are gone.
        public let purge: @Sendable () async throws -> Int
        public let isHeld: @Sendable (String) async throws -> Bool
        /// Deletes one verdict's; `nil` where it is held.
        public let erase: @Sendable (String) async throws -> (references: Int, quotes: Int)?
        /// Keeps one verdict's whatever its age, or no longer.
        public let hold: @Sendable (String, Bool) async throws -> Void

        public init(
            purge: @escaping @Sendable () async throws -> Int,
            isHeld: @escaping @Sendable (String) async throws -> Bool,
            erase: @escaping @Sendable (String) async throws -> (references: Int, quotes: Int)?,
            hold: @escaping @Sendable (String, Bool) async throws -> Void
        ) {
            self.purge = purge
            self.isHeld = isHeld
            self.erase = erase
            self.hold = hold
        }
    }

    public init(
        administrators: Auditors, policies: PolicyAdministration, keys: KeyEffects, retention: RetentionEffects
    ) {
        self.administrators = administrators
        self.policies = policies
        self.keys = keys
        self.retention = retention
    }
}
