import DCAPFormats

/// dcap 7.1: input and lengths. None of the lengths is covered by a signature, so they are patched in place.
extension MutationCatalogue {
    static let inputLengths: [Mutation] = [
        .patch("1", "empty input", .code(.quoteEmpty)) { $0.truncate(to: 0) },
        .patch("2", "1 byte", .code(.quoteTruncated)) { $0.truncate(to: 1) },
        .patch("3", "1,019 bytes with valid header", .code(.quoteTruncated)) { $0.truncate(to: 1_019) },
        .patch("4", "input one byte above the cap of 65,536", .code(.quoteTooLarge)) { quote in
            quote.append(Array(repeating: 0, count: 65_537 - quote.bytes.count))
        },
        .property("5", "quote cut at every offset"),
        .patch("6", "authLen + 1, no padding", .code(.quoteTruncated)) { try $0.add(1, to: .authLength) },
        .patch("7", "authLen = 0xFFFFFFFF", .code(.quoteTruncated)) { try $0.set(.authLength, to: .max) },
        .patch("8", "authLen - 1", .code(.quoteTruncated)) { try $0.add(-1, to: .authLength) },
        .patch("9", "authLen = 0 with the rest present", .code(.quoteTruncated)) { try $0.set(.authLength, to: 0) },
        .patch("10", "one zero byte appended after auth", .accepted) { $0.append([0]) },
        .patch("11", "3,065 zero bytes appended", .accepted) { $0.append(Array(repeating: 0, count: 3_065)) },
        .patch("12", "one byte 0x01 appended", .code(.quoteTrailingData)) { $0.append([1]) },
        .list("13", "authLen + 4 and four extra bytes after the certification data", .code(.quoteTrailingData)) {
            make in
            try [UInt8(0), 1].map { value in
                try make("bytes of \(value)") { recipe in
                    recipe.quote.edit = { quote in
                        try quote.add(4, to: .authLength)
                        try quote.insert(Array(repeating: value, count: 4), after: .certificationData)
                    }
                }
            }
        },
        .patch("14", "QE authDataLen = 0xFFFF", .code(.quoteTruncated)) { try $0.set(.authDataLength, to: 0xFFFF) },
        .edit("15", "QE authDataLen = 0, re-bound and re-signed", .accepted) { $0.quote.authData = [] },
        .patch("16", "certification data size + 1", .code(.quoteTruncated), on: [.sgxV3]) {
            try $0.add(1, to: .certificationSize)
        },
        .patch("17", "certification data size - 1", .code(.quoteTrailingData), on: [.sgxV3]) {
            try $0.add(-1, to: .certificationSize)
        },
        .patch("18", "outer size M + 1", .code(.quoteTruncated), on: QuoteKind.nested) {
            try $0.add(1, to: .outerCertificationSize)
        },
        .patch("19", "outer size M - 1, the inner data overruns", .code(.quoteTruncated), on: QuoteKind.nested) {
            try $0.add(-1, to: .outerCertificationSize)
        },
        .patch("20", "inner size m - 1, M unchanged", .code(.quoteTrailingData), on: QuoteKind.nested) {
            try $0.add(-1, to: .certificationSize)
        },
        .patch("21", "inner size 0xFFFFFFFF", .code(.quoteTruncated), on: QuoteKind.nested) {
            try $0.set(.certificationSize, to: .max)
        },
        .patch("22", "M = 455, below the fixed part", .code(.quoteTruncated), on: QuoteKind.nested) {
            try $0.set(.outerCertificationSize, to: 455)
        },
    ]
}
