import Appraisal
import Crypto

/// What whoever sends a request can write in its free fields: the guest's own values split and joined otherwise, a
/// stranger's key, hashes of either.
struct RequestEdit {
    let guest: BoundGuest
    let stranger: BoundGuest.Key

    func draw(_ random: inout SplitMix) -> BoundInput {
        var input = guest.honest
        for _ in 0..<Int.random(in: 1...3, using: &random) { edit(&input, &random) }
        return input
    }

    private func edit(_ input: inout BoundInput, _ random: inout SplitMix) {
        switch Int.random(in: 0..<9, using: &random) {
        case 0: input.scheme = (BoundGuest.schemes + [""]).randomElement(using: &random)
        case 1: input.nonce = bytes(&random)
        case 2: input.runtimeData = bytes(&random)
        case 3:
            input.key =
                [nil, stranger.thumbprint, stranger.spki, guest.honest.key, []].randomElement(using: &random) ?? nil
        case 4: input.nonceIssued = bytes(&random)
        case 5: split(&input, &random)
        case 6:
            // The caller's word, but for a challenge: that is ours, or it is none.
            input.origin = guest.honest.origin == .challenge && input.nonce == guest.honest.nonce ? .challenge : .nonce
        case 7:
            input = BoundInput(scheme: "assay", key: stranger.thumbprint)
            input.nonce = bytes(&random)
        default:
            input = BoundInput(
                scheme: "spki", key: [stranger.spki, guest.honest.nonce ?? []].randomElement(using: &random))
        }
        if input.nonce != guest.honest.nonce || guest.honest.origin == .nonce { input.origin = .nonce }
    }

    private var all: [UInt8] {
        (guest.honest.nonce ?? []) + (guest.honest.nonceIssued ?? []) + (guest.honest.runtimeData ?? [])
            + (guest.honest.key ?? [])
    }

    /// The same bytes, cut into fields elsewhere.
    private func split(_ input: inout BoundInput, _ random: inout SplitMix) {
        let all = all
        let first = Int.random(in: 0...all.count, using: &random)
        let second = Int.random(in: first...all.count, using: &random)
        input.nonce = Array(all[..<first])
        input.key = nil
        input.nonceIssued = nil
        if input.scheme == "ita" {
            input.nonceIssued = Array(all[first..<second])
            input.runtimeData = Array(all[second...])
        } else if input.scheme == "assay" {
            input.runtimeData = nil
            input.key = Array(all[first...])
        } else {
            input.runtimeData = Array(all[first...])
        }
        if random.once(in: 3) { input.runtimeData = input.runtimeData?.isEmpty == true ? nil : input.runtimeData }
    }

    private func bytes(_ random: inout SplitMix) -> [UInt8]? {
        let all = all
        let cut = Int.random(in: 0...all.count, using: &random)
        let values: [[UInt8]?] = [
            nil, [], all, Array(all[..<cut]), Array(all[cut...]), guest.reportData, Array(guest.reportData.prefix(32)),
            guest.reportData + stranger.thumbprint, guest.honest.nonce, guest.honest.runtimeData, stranger.spki,
            stranger.thumbprint, (guest.honest.nonce ?? []) + stranger.thumbprint,
            guest.reportData.reversed().drop { $0 == 0 }.reversed(), SplitMix.bytes(32, &random),
            Array(guest.honest.runtimeData?.dropFirst(9).prefix(32) ?? []), [0], SplitMix.bytes(8, &random),
        ]
        return values.randomElement(using: &random) ?? nil
    }
}
