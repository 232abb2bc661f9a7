import GRDB

/// The tables of `state.db`, in the order in which they came. A file keeps the names of those that it has; names that this
/// program does not know are a newer one's, and stay.
enum StateMigrations {
    static let all: [(name: String, sql: [UInt8])] = [
        ("m0001_collateral", PackageResources.m0001_collateral_sql),
        ("m0002_spent_challenge", PackageResources.m0002_spent_challenge_sql),
        ("m0003_webhook", PackageResources.m0003_webhook_sql),
        ("m0004_document_version", PackageResources.m0004_document_version_sql),
        ("m0005_note", PackageResources.m0005_note_sql),
    ]

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        for (name, sql) in all {
            migrator.registerMigration(name) { try $0.execute(sql: String(decoding: sql, as: UTF8.self)) }
        }
        return migrator
    }
}
