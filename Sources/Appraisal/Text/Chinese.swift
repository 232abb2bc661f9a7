package import Words

extension Translation {
    /// What is said of the data that a quote should have bound.
    package static let appraisal: Translation = [
        "found {0}, wanted one of {1}": "实际为 {0}，应为其中之一：{1}",
        "found no bytes, wanted what the scheme {0} binds": "没有内容，应为方案 {0} 所绑定的数据",
        "found no bytes, wanted what is bound": "没有内容，应为被绑定的数据",
        "found the scheme {0} and nothing to bind": "给出了方案 {0}，却没有要绑定的数据",
        "found the issue of a nonce without a nonce": "给出了 nonce 的签发信息，却没有 nonce",
        "found {0} bytes, wanted {1} to {2}": "实际为 {0} 字节，应为 {1} 到 {2} 字节",
        "found {0} bytes in all, wanted 1 to 64 that are not all zero": "合计 {0} 字节，应为 1 到 64 字节且不全为零",
        "found {0} bytes, all zero, wanted 1 to 64 that are not all zero": "实际为 {0} 字节且全为零，应为 1 到 64 字节且不全为零",
        "found {0} bytes, wanted the 32 of an RFC 7638 thumbprint": "实际为 {0} 字节，应为 RFC 7638 指纹的 32 字节",
        "ita hashes nonce ‖ nonce_issued ‖ runtime_data": "ita 散列的是 nonce ‖ nonce_issued ‖ runtime_data",
        "maa hashes runtime_data": "maa 散列的是 runtime_data",
        "spki hashes a SubjectPublicKeyInfo": "spki 散列的是 SubjectPublicKeyInfo",
        "assay hashes a nonce": "assay 散列的是 nonce",
        "the scheme {0} does not bind it": "方案 {0} 不绑定它",

        "Give the bytes, or leave the member out.": "请给出内容，或去掉该成员。",
        "Give nonce, challenge, runtime_data or key as well.": "请同时给出 nonce、challenge、runtime_data 或 key。",
        "Longer data is bound by its digest: name sha512.": "更长的数据以其摘要绑定：请使用 sha512。",
        "Zeros bind nothing: report_data without any data is the same. Draw random bytes.":
            "全零等于没有绑定：没有数据的 report_data 也是全零。请使用随机字节。",
        "Leave it out, or name another scheme.": "请去掉它，或使用其他方案。",
    ]
}
