import CCurl
import Glibc

/// The thread's own: libcurl's multi handle and the transfers on it. Nothing here is seen by another thread.
final class TransferLoop {
    private let mailbox: TransferMailbox
    private let multi: UnsafeMutableRawPointer
    private var transfers: [UnsafeMutableRawPointer: Transfer] = [:]

    init?(_ mailbox: TransferMailbox) {
        _ = Self.globalInitialisation
        guard let multi = curl_multi_init() else { return nil }
        self.mailbox = mailbox
        self.multi = multi
    }

    deinit { curl_multi_cleanup(multi) }

    private static let globalInitialisation = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    func run() {
        while true {
            let (jobs, isStopped) = mailbox.take()
            jobs.forEach(start)
            guard !isStopped else { break }
            var running: Int32 = 0
            curl_multi_perform(multi, &running)
            finishTransfers()
            var wake = curl_waitfd(fd: mailbox.wakeDescriptor, events: Int16(CURL_WAIT_POLLIN), revents: 0)
            curl_multi_poll(multi, &wake, 1, 10_000, nil)
            if wake.revents != 0 { mailbox.drainWakeUps() }
        }
        for (handle, transfer) in transfers {
            curl_multi_remove_handle(multi, handle)
            transfer.job.answer(.failure(.stopped))
        }
        transfers = [:]
    }

    private func start(_ job: TransferJob) {
        guard let transfer = Transfer(job) else { return job.answer(.failure(.network("libcurl has no handle"))) }
        guard curl_multi_add_handle(multi, transfer.handle) == CURLM_OK else {
            return job.answer(.failure(.network("libcurl takes no more transfers")))
        }
        transfers[transfer.handle] = transfer
    }

    private func finishTransfers() {
        var left: Int32 = 0
        while let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle else { continue }
            let code = message.pointee.data.result
            curl_multi_remove_handle(multi, handle)
            guard let transfer = transfers.removeValue(forKey: handle) else { continue }
            transfer.job.answer(transfer.result(code))
        }
    }
}

/// One transfer: the handle, and what has arrived so far.
private final class Transfer {
    let job: TransferJob
    let handle: UnsafeMutableRawPointer
    private var headerBytes = 0
    private var headers: [(name: String, value: [UInt8])] = []
    private var body: [UInt8] = []
    private var excess: String?
    /// Held by libcurl, which copies the lines and not the list.
    private var headerList: UnsafeMutablePointer<curl_slist>?

    /// A header block this long is no answer of a service that is asked here; issuer chains are 3 to 5 kB.
    private static let headerBlockLimit = 4 * Limits.headerLine

    private enum Limits { static let headerLine = 65_536 }

    /// `CURLAUTH_BEARER`, a macro with a cast.
    private static let bearerAuthentication = 1 << 6

    init?(_ job: TransferJob) {
        guard let handle = curl_easy_init() else { return nil }
        self.job = job
        self.handle = handle
        guard configure(job.request) else { return nil }
    }

    deinit {
        curl_easy_cleanup(handle)
        curl_slist_free_all(headerList)
    }

    /// What is posted: copied by libcurl, so nothing of it need live on.
    private func configure(_ content: HTTPRequest.Content) -> Bool {
        // Nobody is asked first whether they want it.
        for line in ["Expect:", "Content-Type: \(content.type)"] + content.headers.map({ "\($0.name): \($0.value)" }) {
            guard let list = curl_slist_append(headerList, line) else { return false }
            headerList = list
        }
        var body = content.body
        return assay_setopt_list(handle, CURLOPT_HTTPHEADER, headerList) == CURLE_OK
            && assay_setopt_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)) == CURLE_OK
            && body.withUnsafeMutableBytes {
                assay_setopt_pointer(handle, CURLOPT_COPYPOSTFIELDS, $0.baseAddress) == CURLE_OK
            }
    }

    private func configure(_ request: HTTPRequest) -> Bool {
        func set(_ option: CURLoption, _ value: Int) -> Bool { assay_setopt_long(handle, option, value) == CURLE_OK }
        func set(_ option: CURLoption, _ value: String) -> Bool {
            assay_setopt_string(handle, option, value) == CURLE_OK
        }
        // The loop keeps the transfer alive for as long as libcurl holds its handle.
        let context = Unmanaged.passUnretained(self).toOpaque()
        return set(CURLOPT_URL, request.url) && set(CURLOPT_NOSIGNAL, 1) && set(CURLOPT_FOLLOWLOCATION, 0)
            && set(CURLOPT_PROTOCOLS_STR, request.allowsHTTP ? "https,http" : "https")
            && set(CURLOPT_SSL_VERIFYPEER, 1) && set(CURLOPT_SSL_VERIFYHOST, 2)
            && set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)) && set(CURLOPT_PROXY, "")
            && set(CURLOPT_CONNECTTIMEOUT_MS, request.connectTimeoutMilliseconds)
            && set(CURLOPT_TIMEOUT_MS, request.totalTimeoutMilliseconds) && set(CURLOPT_USERAGENT, "assay")
            && (request.certificateAuthorityFile.map {
                // The system's folder of roots would still be asked beside a file.
                set(CURLOPT_CAINFO, $0) && assay_setopt_string(handle, CURLOPT_CAPATH, nil) == CURLE_OK
            } ?? true)
            && set(CURLOPT_FRESH_CONNECT, request.usesOwnConnection ? 1 : 0)
            && set(CURLOPT_FORBID_REUSE, request.usesOwnConnection ? 1 : 0)
            && (request.content.map { configure($0) } ?? true)
            && (request.bearer.map {
                set(CURLOPT_HTTPAUTH, Self.bearerAuthentication) && set(CURLOPT_XOAUTH2_BEARER, $0)
            } ?? true)
            && assay_setopt_offset(handle, CURLOPT_MAXFILESIZE_LARGE, curl_off_t(request.bodyLimit)) == CURLE_OK
            && assay_setopt_pointer(handle, CURLOPT_HEADERDATA, context) == CURLE_OK
            && assay_setopt_pointer(handle, CURLOPT_WRITEDATA, context) == CURLE_OK
            && assay_setopt_function(handle, CURLOPT_HEADERFUNCTION) { data, size, count, context in
                Transfer.of(context)?.take(header: UnsafeRawBufferPointer(start: data, count: size * count)) ?? 0
            } == CURLE_OK
            && assay_setopt_function(handle, CURLOPT_WRITEFUNCTION) { data, size, count, context in
                Transfer.of(context)?.take(body: UnsafeRawBufferPointer(start: data, count: size * count)) ?? 0
            } == CURLE_OK
    }

    private static func of(_ context: UnsafeMutableRawPointer?) -> Transfer? {
        context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    /// - Returns: the count taken; anything else makes libcurl end the transfer.
    private func take(header line: UnsafeRawBufferPointer) -> Int {
        headerBytes += line.count
        guard line.count <= Limits.headerLine, headerBytes <= Self.headerBlockLimit else {
            excess = "a header line of more than \(Limits.headerLine) bytes"
            return 0
        }
        // A new status line begins another header block, as after 100 Continue.
        if line.starts(with: "HTTP/".utf8) { headers = [] }
        guard let colon = line.firstIndex(of: 0x3A) else { return line.count }
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A }
        let value = line[(colon + 1)...].drop(while: isBlank)
        let end = value.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? value.startIndex
        headers.append((String(decoding: line[..<colon], as: UTF8.self).lowercased(), Array(value[..<end])))
        return line.count
    }

    private func take(body part: UnsafeRawBufferPointer) -> Int {
        guard body.count + part.count <= job.request.bodyLimit else {
            excess = "a body of more than \(job.request.bodyLimit) bytes"
            return 0
        }
        body.append(contentsOf: part)
        return part.count
    }

    func result(_ code: CURLcode) -> Result<HTTPResponse, TransportFailure> {
        if let excess { return .failure(.tooLarge(excess)) }
        guard code == CURLE_OK else { return .failure(failure(code)) }
        return .success(HTTPResponse(status: assay_response_code(handle), headers: headers, body: body))
    }

    private func failure(_ code: CURLcode) -> TransportFailure {
        let text = String(cString: curl_easy_strerror(code))
        switch code {
        case CURLE_OPERATION_TIMEDOUT: return .timeout(text)
        case CURLE_FILESIZE_EXCEEDED: return .tooLarge("a body of more than \(job.request.bodyLimit) bytes")
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
            return .tls(text)
        default: return .network(text)
        }
    }
}
