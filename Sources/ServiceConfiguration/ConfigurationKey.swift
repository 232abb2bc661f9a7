/// Every key there is: its name in the file, its default, what it is for. This list is what is parsed, what `--check`
/// prints and what the README's table shows.
public enum ConfigurationKey: String, CaseIterable, Hashable, Sendable {
    case listen
    case data
    case issuer
    case pccs
    case pccsCA = "pccs_ca"
    case pccsAllowHTTP = "pccs_allow_http"
    case qcnl
    case collateralUpdate = "collateral.update"
    case collateralRefreshAfter = "collateral.refresh_after"
    case trustRoot = "trust_root"
    case policy
    case policies
    case corsOrigins = "cors.origins"
    case tlsCertificate = "tls.cert"
    case tlsKey = "tls.key"
    case trustedProxies = "trusted_proxies"
    case tokenLifetime = "token.lifetime"
    case tokenAlgorithm = "token.algorithm"
    case challengeLifetime = "challenge.lifetime"
    case keysToken = "keys.token"
    case keysPassphraseFile = "keys.passphrase_file"
    case limitsConnections = "limits.connections"
    case limitsConnectionsPerClient = "limits.connections_per_client"
    case limitsMemory = "limits.memory"
    case limitsConcurrentVerdicts = "limits.concurrent_verdicts"
    case limitsCallerPerMinute = "limits.caller_per_minute"
    case limitsCallerBurst = "limits.caller_burst"
    case limitsCallersFile = "limits.callers_file"
    case limitsRepeats = "limits.repeats"
    case shutdownGrace = "shutdown.grace"
    case auditOrigin = "audit.origin"
    case auditVisibility = "audit.visibility"
    case auditRetentionDays = "audit.retention_days"
    case auditRejectRetentionDays = "audit.reject_retention_days"
    case auditRejectBytesPerCaller = "audit.reject_bytes_per_caller"
    case auditRejectBytesPerDay = "audit.reject_bytes_per_day"
    case auditAcceptBytesPerCaller = "audit.accept_bytes_per_caller"
    case auditEvidenceMaxBytes = "audit.evidence_max_bytes"
    case auditIndexMaxBytes = "audit.index_max_bytes"
    case auditTokensFile = "audit.tokens_file"
    case auditWitnessesFile = "audit.witnesses_file"
    case auditWitnessesInterval = "audit.witnesses_interval"
    case auditWitnessesFailOpen = "audit.witnesses_fail_open"
    case webhooksURLs = "webhooks.urls"
    case webhooksSecretFile = "webhooks.secret_file"
    case adminListen = "admin.listen"
    case adminTokensFile = "admin.tokens_file"
    case logLevel = "log.level"
    case logFormat = "log.format"

    /// `ASSAY_` and the key in upper case, dots as underscores.
    public var environmentName: String {
        "ASSAY_" + String(rawValue.map { $0 == "." ? "_" : $0 }).uppercased()
    }

    /// As a person reads it; `nil` where there is none.
    public var defaultText: String? {
        switch self {
        case .listen: "127.0.0.1:8080"
        case .data: "./assay-data"
        case .pccsAllowHTTP: "false"
        case .collateralUpdate: "standard"
        case .collateralRefreshAfter: "21600"
        case .policy: "strict"
        case .corsOrigins: "*"
        case .tokenLifetime: "300"
        case .tokenAlgorithm: "ES256"
        case .challengeLifetime: "120"
        case .limitsConnections: "4096"
        case .limitsConnectionsPerClient: "256"
        case .limitsMemory: "192"
        case .limitsConcurrentVerdicts: "1024"
        case .limitsCallerPerMinute: "120"
        case .limitsCallerBurst: "60"
        case .limitsRepeats: "65536"
        case .shutdownGrace: "30"
        case .auditVisibility: "public"
        case .auditRetentionDays: "400"
        case .auditRejectRetentionDays: "30"
        case .auditRejectBytesPerCaller: "16777216"
        case .auditRejectBytesPerDay: "268435456"
        case .auditAcceptBytesPerCaller: "1073741824"
        case .auditEvidenceMaxBytes: "21474836480"
        case .auditIndexMaxBytes: "10737418240"
        case .auditWitnessesInterval: "10"
        case .auditWitnessesFailOpen: "true"
        case .logLevel: "info"
        case .logFormat: "text"
        case .issuer, .pccs, .pccsCA, .qcnl, .trustRoot, .policies, .tlsCertificate, .tlsKey, .trustedProxies,
            .keysToken,
            .keysPassphraseFile, .limitsCallersFile, .auditOrigin, .auditTokensFile, .auditWitnessesFile, .webhooksURLs,
            .webhooksSecretFile,
            .adminListen, .adminTokensFile:
            nil
        }
    }

    public var meaning: String {
        switch self {
        case .listen: "address and port of the public listener; port 0 takes any that is free"
        case .data: "the data folder; made with mode 0700 where it is not there"
        case .issuer:
            "`iss` of tokens, an URL without a slash at its end; default: `http://` (or `https://`) and `listen`"
        case .pccs:
            "collateral services in the order they are asked, base URLs of their SGX interface; `pcs+` before one says "
                + "that it is a PCS and no caching service; default: Alibaba Cloud's in Beijing"
        case .pccsCA: "PEM file of the only roots to trust for TLS to the services; default: the system's"
        case .pccsAllowHTTP: "plain `http` to the services, as their VPC form needs it"
        case .qcnl: "an Intel QCNL configuration file to take the service's URL from, where `pccs` is not given"
        case .collateralUpdate: "`standard` or `early`: which edition of TCB info and QE identity decides"
        case .collateralRefreshAfter: "seconds after which collateral is fetched again, ahead of need"
        case .trustRoot: "a root certificate INSTEAD of Intel's; every verdict made under it says so"
        case .policy: "the policy for requests that name none"
        case .policies:
            "a folder of policies beside the built-in ones, with reference sets in its subfolder `references`"
        case .corsOrigins:
            "origins whose pages may read verdicts, separated by commas; `*` is any; never with credentials"
        case .tlsCertificate: "PEM chain of the public listener, leaf first; without it, plain HTTP"
        case .tlsKey: "PEM private key of that chain"
        case .trustedProxies: "addresses whose `X-Forwarded-For` is believed for the log; default: nobody's"
        case .tokenLifetime: "seconds a token lives at most; collateral that ends earlier shortens it"
        case .tokenAlgorithm: "`ES256`, `EdDSA`, `RS256` or `PS384` for the native token"
        case .challengeLifetime: "seconds a challenge is good for"
        case .keysToken: "an OpenSSL store or PKCS#11 URI of the key that signs tokens, in place of a file"
        case .keysPassphraseFile: "file whose first line is the passphrase of the key files, or the token's PIN"
        case .limitsConnections:
            "open connections at once; beyond them who has waited longest for its peer is closed for who comes"
        case .limitsConnectionsPerClient:
            "of these, of one client address (IPv6: /64); more are closed; `trusted_proxies` are not counted; 0: no limit"
        case .limitsMemory:
            "MiB for connections, heads, bodies, answers and kept answers together; beyond them 503 with `Retry-After`"
        case .limitsConcurrentVerdicts: "verdicts under way at once; more are answered 503 with `Retry-After`"
        case .limitsCallerPerMinute:
            "verdicts a minute for one caller, by address (IPv6: /64); one that needs a fetch counts 5, a large event log by "
                + "its size, a read of the log 1/100; more are answered 429 with `Retry-After`; 0: no limit"
        case .limitsCallerBurst: "as many at once, after a while of quiet; at least 5"
        case .limitsCallersFile:
            "file of callers with a budget of their own, a line each: name, verdicts a minute with or without a burst "
                + "(`600,100`; 0: no limit), SHA-256 in hex of the key that they send as bearer token"
        case .limitsRepeats:
            "answers that are kept in memory, to be given again to the same caller that asks the same, with no new entry in "
                + "the log; 0: every request is judged"
        case .shutdownGrace: "seconds that requests under way are given when the service stops"
        case .auditOrigin:
            "the audit log's name, an URL without its scheme; made once, from `issuer` and the year, then kept"
        case .auditVisibility:
            "`public`, or `auditors`: entries, queries and exports then need a token; evidence bundles always need one"
        case .auditRetentionDays: "days that quotes and what came with them are kept; the log itself is kept for ever"
        case .auditRejectRetentionDays: "the same for rejects and errors, which anybody can cause; at most as long"
        case .auditRejectBytesPerCaller:
            "bytes of rejects' evidence that are kept of one caller in a day (UTC); of more only the hash, in the log "
                + "(`archived:false`)"
        case .auditRejectBytesPerDay: "the same of all callers"
        case .auditAcceptBytesPerCaller:
            "bytes of evidence that the accepts of one caller may take in a day (UTC); more are answered 503"
        case .auditEvidenceMaxBytes:
            "the most that evidence.db holds: then no evidence of rejects is kept, and accepts are answered 503"
        case .auditIndexMaxBytes: "the most that query.db holds: then the index follows the log no further"
        case .auditTokensFile:
            "file of auditors' tokens, a line each: name, scopes (`audit:read,audit:evidence`), SHA-256 of the token in hex"
        case .webhooksURLs:
            "URLs that are told of every re-appraisal, separated by commas; `https`, or `http` to this machine"
        case .webhooksSecretFile:
            "file with the secret that signs what they are sent (Standard Webhooks): `whsec_` and 24 to 64 bytes in base64"
        case .adminListen:
            "address and port of the admin listener, or a port alone, on `127.0.0.1`; default: off. Any other address "
                + "needs `tls.cert`"
        case .adminTokensFile:
            "file of administrators' tokens, as `audit.tokens_file`, with the scope `admin`; the listener needs it"
        case .auditWitnessesFile:
            "a trust policy that names the log's witnesses with their URLs, and the quorum; default: nobody is asked"
        case .auditWitnessesInterval: "seconds between two rounds in which witnesses are asked to cosign"
        case .auditWitnessesFailOpen:
            "whether a checkpoint that the quorum has not cosigned is shown when none was for a minute"
        case .logLevel: "`debug`, `info`, `warning` or `error`"
        case .logFormat: "`text` for people, `json` for programs"
        }
    }
}
