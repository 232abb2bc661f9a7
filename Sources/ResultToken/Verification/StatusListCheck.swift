import Wire

/// Where a relying party reads whether a token still stands.
public enum StatusListSource: Sendable {
    /// Nowhere, and why: then the check is not performed.
    case none(reason: String)
    /// A Status List Token as it came. A token that has no place in it fails.
    case token(String)
}

extension TokenVerifier {
    /// The last check of wire-formats 3.7, against a Status List Token (draft-ietf-oauth-status-list 8.3): signed by a key of
    /// the key set, about the list that the token names, by its issuer, in its time.
    func revocation(_ claims: JSONValue, _ source: StatusListSource, _ time: Instant) -> TokenCheck {
        func failed(_ found: String, _ wanted: String) -> TokenCheck {
            TokenCheck(.revocation, .failed, found: found, wanted: wanted)
        }
        let place: StatusReference
        switch (StatusReference.read(claims), source) {
        case (.malformed, _): return failed("a claim status that cannot be read", "status_list with idx and uri")
        case (.absent, .none):
            return TokenCheck(.revocation, .notPerformed(reason: "the token has no place in a status list"))
        case (.absent, .token): return failed("no claim status", "a place in the status list that was given")
        case (.place(let found), _):
            guard found.isIssuers(of: claims) else {
                return failed("a status list at \(found.uri)", "one of the token's issuer")
            }
            place = found
        }
        let text: String
        switch source {
        case .none(let reason): return TokenCheck(.revocation, .notPerformed(reason: reason), found: place.uri)
        case .token(let token): text = token
        }
        do throws(StatusListDefect) {
            let status = try self.status(of: place, in: text, issuer: claims.member("iss")?.string, time)
            guard status == 0 else {
                return failed("withdrawn: status \(status) at place \(place.index) of the list", "status 0, it stands")
            }
            return TokenCheck(.revocation, .passed, found: "status 0 at place \(place.index) of the list")
        } catch {
            return failed(error.found, error.wanted)
        }
    }

    /// What the list says at a place. Zero is a token that stands (7.1).
    private func status(
        of place: StatusReference, in text: String, issuer: String?, _ time: Instant
    ) throws(StatusListDefect) -> UInt8 {
        let list = try signed(text)
        guard list.member("sub")?.string.hasSameBytes(as: place.uri) == true else {
            throw StatusListDefect(found: "the list \(list.member("sub")?.string ?? "of nobody")", wanted: place.uri)
        }
        if let other = list.member("iss"), !other.string.hasSameBytes(as: issuer ?? "") {
            throw StatusListDefect(found: "a list of \(other.string ?? "nobody")", wanted: "one of the token's issuer")
        }
        try checkTime(list, time)
        let content = list.member("status_list")
        guard case .value(let width)? = content?.member("bits")?.integer, [1, 2, 4, 8].contains(width),
            let encoded = content?.member("lst")?.plainString, let compressed = Base64URL.decode(encoded)
        else { throw StatusListDefect(found: "no list in it", wanted: "bits of 1, 2, 4 or 8, and lst in base64url") }
        let bytes: [UInt8]
        do throws(ZlibStream.Defect) {
            bytes = try ZlibStream.decompress(compressed, limit: Limits.statusListBytes)
        } catch {
            throw StatusListDefect(
                found: error.sentence, wanted: "zlib data of at most \(Limits.statusListBytes) bytes")
        }
        let perByte = 8 / Int64(width)
        guard place.index / perByte < Int64(bytes.count) else {
            throw StatusListDefect(
                found: "place \(place.index) of a list of \(Int64(bytes.count) * perByte)", wanted: "a place in it")
        }
        let shift = UInt8(place.index % perByte) * UInt8(width)
        return bytes[Int(place.index / perByte)] >> shift & UInt8(truncatingIfNeeded: 1 << width - 1)
    }

    /// The claims of a Status List Token that a key of the key set signed.
    private func signed(_ text: String) throws(StatusListDefect) -> JSONValue {
        let list: ParsedSignature
        let algorithm: String
        do throws(ParsedSignature.Malformed) {
            list = try ParsedSignature(text)
            algorithm = try self.algorithm(list.header)
        } catch {
            throw StatusListDefect(found: "a list with \(error.sentence)", wanted: "a Status List Token")
        }
        // A token about something else, by the same key, is no list.
        guard let type = list.header.member("typ")?.string, type.hasSameBytes(as: StatusList.mediaType) else {
            throw StatusListDefect(
                found: "a list of the type \(list.header.member("typ")?.string ?? "absent")",
                wanted: StatusList.mediaType)
        }
        let keys = keys.candidates(list.header.member("kid"), algorithm)
        guard keys.contains(where: { $0.verifies(list.signature, over: list.signingInput, with: algorithm) }) else {
            throw StatusListDefect(
                found: "a list that the verifier did not sign", wanted: "a signature by one of its keys")
        }
        return list.payload
    }

    /// `exp` is demanded: a list without an end could be played back for ever.
    private func checkTime(_ list: JSONValue, _ time: Instant) throws(StatusListDefect) {
        func seconds(_ name: StaticString) -> Int64? {
            guard case .value(let number)? = list.member(name)?.integer else { return nil }
            return Int64(exactly: number)
        }
        let skew = expectations.skewSeconds
        let wanted = "integers iat and exp, iat ≤ \(time) ≤ exp, give or take \(skew) s, and a ttl above 0"
        guard let issued = seconds("iat"), let expires = seconds("exp"),
            list.member("ttl") == nil || seconds("ttl").map({ $0 > 0 }) == true
        else { throw StatusListDefect(found: "a list with a time that is missing or no integer", wanted: wanted) }
        guard issued <= time.advanced(bySeconds: skew).seconds, time.advanced(bySeconds: -skew).seconds <= expires,
            issued < expires
        else {
            throw StatusListDefect(
                found: "a list issued \(Instant(seconds: issued)), expired \(Instant(seconds: expires))",
                wanted: wanted)
        }
    }
}

private struct StatusListDefect: Error {
    let found: String
    let wanted: String
}
