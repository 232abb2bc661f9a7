// swift-tools-version: 6.2
// One libFuzzer program per parser. Built by scripts/fuzz with the flags that keep coverage instrumentation.
import PackageDescription

let targets = [
    "quote", "pck-extension", "certificate", "crl", "tcb-info", "identity", "bundle", "json", "eventlog", "note",
    "leaf",
    "evidence",
]

let package = Package(
    name: "Fuzz",
    products: targets.map { .executable(name: "fuzz-\($0)", targets: ["fuzz-\($0)"]) },
    dependencies: [.package(name: "assay", path: "..")],
    targets: targets.map {
        .executableTarget(
            name: "fuzz-\($0)",
            dependencies: [
                .product(name: "Wire", package: "assay"), .product(name: "X509Formats", package: "assay"),
                .product(name: "DCAPFormats", package: "assay"),
                .product(name: "EventLog", package: "assay"), .product(name: "MerkleLog", package: "assay"),
                .product(name: "Records", package: "assay"),
            ],
            // The program's main is libFuzzer's.
            swiftSettings: [.unsafeFlags(["-parse-as-library"])])
    }
)
