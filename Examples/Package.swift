// swift-tools-version: 6.2
// Programs to copy from. A package of its own, so that it sees what any other package sees: the products, and what is public.
import PackageDescription

let package = Package(
    name: "Examples",
    dependencies: [
        .package(name: "assay", path: ".."),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    ],
    targets: [
        // The examples of the libraries' documentation, as they stand there.
        .target(
            name: "in-documentation",
            dependencies: [
                .product(name: "Wire", package: "assay"), .product(name: "DCAPFormats", package: "assay"),
                .product(name: "DCAPVerification", package: "assay"), .product(name: "EventLog", package: "assay"),
                .product(name: "Appraisal", package: "assay"), .product(name: "MerkleLog", package: "assay"),
            ]),
        // Judges a quote from files, without a network.
        .executableTarget(
            name: "verify-quote",
            dependencies: [
                .product(name: "Wire", package: "assay"), .product(name: "DCAPFormats", package: "assay"),
                .product(name: "DCAPVerification", package: "assay"), .product(name: "Appraisal", package: "assay"),
            ]),
        // Answers only to callers with a good token.
        .executableTarget(
            name: "guarded-server",
            dependencies: [
                .product(name: "AttestationMiddleware", package: "assay"),
                .product(name: "Hummingbird", package: "hummingbird"),
            ]),
    ]
)
