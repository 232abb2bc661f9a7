// swift-tools-version: 6.2
// A package of its own, so that what it needs stays out of the product.
import PackageDescription

let package = Package(
    name: "Benchmarks",
    dependencies: [
        .package(name: "assay", path: ".."), .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    ],
    targets: [
        .executableTarget(
            name: "benchmarks",
            dependencies: [
                .product(name: "Wire", package: "assay"), .product(name: "DCAPFormats", package: "assay"),
                .product(name: "DCAPVerification", package: "assay"), .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .executableTarget(
            name: "eventlog-benchmarks",
            dependencies: [
                .product(name: "Wire", package: "assay"), .product(name: "EventLog", package: "assay"),
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .executableTarget(
            name: "log-benchmarks",
            dependencies: [
                .product(name: "AuditStore", package: "assay"), .product(name: "MerkleLog", package: "assay"),
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
    ]
)
