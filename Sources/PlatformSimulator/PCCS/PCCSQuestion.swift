import DCAPFormats
import HTTPTypes
import Hummingbird
import Wire

/// A request, understood as the services do: path segments, query parameters of which the first of a name counts.
struct PCCSQuestion {
    let item: PCCSItem?
    private let path: [String]
    private let parameters: [String: String]

    init(_ request: Request, kind: CollateralAddress.Kind) {
        path = request.uri.path.split(separator: "/").map(String.init)
        var parameters: [String: String] = [:]
        for pair in (request.uri.query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            if parameters[parts[0]] == nil { parameters[parts[0]] = parts.count > 1 ? parts[1] : "" }
        }
        self.parameters = parameters
        item =
            switch path.dropFirst(3).joined(separator: "/") {
            case "pckcrl": .pckCRL
            case "rootcacrl": kind == .pccs ? .rootCRL : nil
            case "tcb": .tcbInfo
            case "qe/identity": .qeIdentity
            default: path == ["IntelSGXRootCA.der"] && kind == .pcs ? .rootCRL : nil
            }
    }

    func answer(from catalogue: PCCSCatalogue, kind: CollateralAddress.Kind) -> PCCSAnswer {
        if path == ["IntelSGXRootCA.der"], kind == .pcs {
            return PCCSAnswer(body: catalogue.rootCRL, type: "application/pkix-crl")
        }
        guard path.count >= 4, path[1] == "certification", path[0] == "sgx" || path[0] == "tdx" else {
            return PCCSAnswer(status: 404)
        }
        // Intel ended version 3 (dcap 3.2).
        guard path[2] == "v4" else { return PCCSAnswer(status: 410, warning: "299 - \"API version 3 has ended\"") }
        switch (item, path[0]) {
        case (.pckCRL, "sgx"): return pckCRL(catalogue, kind)
        case (.rootCRL, "sgx"):
            // In hex, and labelled as what it is not.
            return PCCSAnswer(body: Array(Hex.encode(catalogue.rootCRL).utf8), type: "application/pkix-crl")
        case (.tcbInfo, let tee): return tcbInfo(catalogue, tee, kind)
        case (.qeIdentity, let tee): return qeIdentity(catalogue, tee)
        default: return PCCSAnswer(status: 404)
        }
    }

    private func pckCRL(_ catalogue: PCCSCatalogue, _ kind: CollateralAddress.Kind) -> PCCSAnswer {
        let name = parameters["ca"] ?? ""
        guard
            let authority = ["platform", "processor"].first(where: {
                kind == .pccs ? $0 == name.lowercased() : $0 == name
            })
        else { return PCCSAnswer(status: 400) }
        guard let crl = catalogue.pckCRLs[authority] else { return PCCSAnswer(status: 404) }
        let header = "SGX-PCK-CRL-Issuer-Chain"
        if parameters["encoding"] == "der" {
            return PCCSAnswer(
                body: crl.body, type: "application/pkix-crl", chainHeader: header, chain: crl.issuerChain)
        }
        let body =
            kind == .pcs
            ? Array(PEM.encode(crl.body, label: "X509 CRL").utf8) : Array(Hex.encode(crl.body).utf8)
        return PCCSAnswer(body: body, type: "application/x-pem-file", chainHeader: header, chain: crl.issuerChain)
    }

    private func tcbInfo(_ catalogue: PCCSCatalogue, _ tee: String, _ kind: CollateralAddress.Kind) -> PCCSAnswer {
        guard let fmspc = parameters["fmspc"], fmspc.count == 12, Hex.decode(fmspc) != nil, let update,
            !(kind == .pcs && parameters["update"] != nil && parameters["tcbEvaluationDataNumber"] != nil)
        else { return PCCSAnswer(status: 400) }
        let key = PCCSCatalogue.DocumentKey(tee: tee, fmspc: fmspc.uppercased(), update: update)
        guard let document = catalogue.tcbInfos[key] else { return PCCSAnswer(status: 404) }
        return PCCSAnswer(
            body: document.body, type: "application/json", chainHeader: "TCB-Info-Issuer-Chain",
            chain: document.issuerChain)
    }

    private func qeIdentity(_ catalogue: PCCSCatalogue, _ tee: String) -> PCCSAnswer {
        guard let update else { return PCCSAnswer(status: 400) }
        let key = PCCSCatalogue.DocumentKey(tee: tee, fmspc: "", update: update)
        guard let document = catalogue.qeIdentities[key] else { return PCCSAnswer(status: 404) }
        // The same header name for TDX.
        return PCCSAnswer(
            body: document.body, type: "application/json", chainHeader: "SGX-Enclave-Identity-Issuer-Chain",
            chain: document.issuerChain)
    }

    private var update: String? {
        let update = parameters["update"] ?? "standard"
        return CollateralUpdate(rawValue: update)?.rawValue
    }
}
