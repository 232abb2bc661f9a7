/// Every log of the corpus that has a quote, and what each register says beside it (event-logs 10): M replays, D differs,
/// 0 untouched, R reported. A text log has nothing for RTMR0 to RTMR2, which the quote beside it has.
enum EventLogTable {
    static let rows: [(log: String, statuses: String, quote: String)] = [
        ("aael-coco-data-2", "RRRD", "tdx-v4-50806f000000-coco-ec2858d5"),
        ("aael-coco-data-1", "RRRM", "tdx-v4-50806f000000-coco-ec2858d5"),
        ("ccel-anolis-0001-add-unit-tests-patch-1749d5", "MMM0", "tdx-v5-td15-00806f050000-anolis-3ff8b59c"),
        ("ccel-coco-ccel-data-gcp-8532e4", "MD0R", "tdx-v4-00806f050000-teepot-c6291192"),
        ("ccel-dstack-ccel-bin-08e836", "MD0R", "tdx-v4-b0c06f000000-dstack-2f2344ea"),
        ("dstack-dstack-060fd208", "MMMM", "tdx-v4-90c06f000000-dstack-d99bed10"),
        ("dstack-dstack-1693f3a8", "MMMM", "tdx-v4-90c06f000000-dstack-66ea276d"),
        ("dstack-dstack-560670e6", "MMMM", "tdx-v4-90c06f000000-dstack-cbdb5b2f"),
        ("dstack-dstack-66a88c44", "MMMM", "tdx-v4-90c06f000000-dstack-1d0342e3"),
        ("dstack-dstack-85ff7fea", "MMMM", "tdx-v4-b0c06f000000-dstack-e1f54b3d"),
        ("dstack-dstack-889d6d03", "MMMM", "tdx-v4-90c06f000000-dstack-1d0342e3"),
        ("dstack-dstack-cf9453bb", "MMMM", "tdx-v4-90c06f000000-dstack-5a6ed8fa"),
        ("dstack-nearmpc-259e78ba", "MDDD", "tdx-v4-b0c06f000000-nearmpc-0cf4820f"),
        ("dstack-nearmpc-2e49dfbf", "MMMM", "tdx-v4-b0c06f000000-nearmpc-fbf2ffb2"),
        ("dstack-nearmpc-45993765", "MMMM", "tdx-v4-b0c06f000000-nearmpc-1876d048"),
        ("dstack-nearmpc-60469944", "MMMM", "tdx-v4-b0c06f000000-nearmpc-29565c85"),
        ("dstack-nearmpc-646bcbd6", "MMMM", "tdx-v4-b0c06f000000-nearmpc-0cf4820f"),
        ("dstack-nearmpc-7d4c6f35", "MMMM", "tdx-v4-b0c06f000000-nearmpc-3aa15042"),
        ("dstack-nearmpc-8ddc1493", "MMDD", "tdx-v4-b0c06f000000-nearmpc-1876d048"),
        ("dstack-nearmpc-95a218f9", "MMMM", "tdx-v4-b0c06f000000-nearmpc-fb3018a6"),
        ("dstack-nearmpc-a7b6f751", "MMMM", "tdx-v4-b0c06f000000-nearmpc-acbbfeb8"),
        ("dstack-nearmpc-ab42eda0", "MMMM", "tdx-v4-b0c06f000000-nearmpc-bb98932b"),
        ("dstack-nearmpc-ad1e4ebe", "MMMM", "tdx-v4-b0c06f000000-nearmpc-ae4ec793"),
        ("dstack-nearmpc-c250c89e", "MMMM", "tdx-v4-b0c06f000000-nearmpc-e4207a83"),
        ("dstack-nearmpc-c5057b8a", "MMMM", "tdx-v4-b0c06f000000-nearmpc-d96afc7e"),
        ("dstack-nearmpc-c7f3f353", "MMMM", "tdx-v4-b0c06f000000-nearmpc-b85cfc4f"),
        ("dstack-nearmpc-dfee1338", "MMMM", "tdx-v4-b0c06f000000-nearmpc-6b6e26b4"),
    ]

    /// Logs of TPMs: read, and refused as logs of trust domains.
    static let tpm: [String: String] = [
        "tpm-anolis-0001-add-unit-tests-patch-a14375": "EVENTLOG_NO_SHA384",
        "tpm-goeventlog-arch-linux-workstation-bin-de1fc4": "EVENTLOG_NO_SHA384",
        "tpm-intelta-binary-bios-measurements20-059f4d": "EVENTLOG_NO_SHA384",
        "tpm-dstack-tpm-eventlog-bin-efcd77": "EVENTLOG_MR_INDEX_INVALID",
        "tpm-goeventlog-coreos-36-shielded-vm-no-secure-boot-eventlog-10b029": "EVENTLOG_MR_INDEX_INVALID",
        "tpm-goeventlog-cos-85-amd-sev-bin-73a344": "EVENTLOG_MR_INDEX_INVALID",
        "tpm-goeventlog-cos-93-amd-sev-bin-a8ec9c": "EVENTLOG_MR_INDEX_INVALID",
        "tpm-goeventlog-rhel8-uefi-bin-091b92": "EVENTLOG_MR_INDEX_INVALID",
        "tpm-goeventlog-sb-cert-eventlog-9804df": "EVENTLOG_MR_INDEX_INVALID",
        "tpm-goeventlog-ubuntu-2104-no-dbx-bin-8334fe": "EVENTLOG_MR_INDEX_INVALID",
    ]
}
