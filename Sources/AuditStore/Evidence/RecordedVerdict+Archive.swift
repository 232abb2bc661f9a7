package import MerkleLog
package import Records
import Wire

extension RecordedVerdict {
    /// Bytes by their hash, or `nil` where they are not kept any more: those of a running service, or of a file.
    package typealias Archive = (MerkleHash) async throws(EvidenceFailure) -> [UInt8]?

    /// Reads what an archive still has of a verdict.
    ///
    /// - Parameters:
    ///   - entry: From the log, as is its time.
    ///   - archive: Gives nothing that is not what its name says.
    package init(
        _ entry: VerdictEntry, at timeMilliseconds: Int64, _ order: RecordReading.Order = .archive,
        from archive: Archive
    ) async throws(RecordReadingFailure) {
        var reading = RecordReading(entry, at: timeMilliseconds, order)
        while let part = reading.next {
            let bytes: [UInt8]?
            do throws(EvidenceFailure) {
                bytes = try await archive(part.sha256)
            } catch {
                throw .unreadable(error)
            }
            guard bytes != nil || !reading.needsNext else { throw .purged(part) }
            reading.take(bytes)
        }
        self = reading.record
    }
}

/// Why a recorded verdict cannot be read from an archive.
package enum RecordReadingFailure: Error, Hashable, Sendable {
    /// The part was deleted: its time was over, or somebody had a right to that.
    case purged(RecordedPart)
    /// The archive cannot be read now.
    case unreadable(EvidenceFailure)
}

extension RecordReadingFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .purged(let part): "\(part.name) \(part.sha256.hex) is not kept any more"
        case .unreadable(let failure): failure.sentence
        }
    }
}
