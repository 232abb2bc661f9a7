import Wire

/// The strict JSON reader: every accessor of every value.
private func walk(_ value: JSONValue) {
    precondition(value.range.upperBound <= Limits.jsonBytes)
    _ = value.path
    _ = value.string
    _ = value.integer
    for member in value.members { walk(member.value) }
    for element in value.elements { walk(element) }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
    guard let document = try? JSONDocument(parsing: bytes) else { return 0 }
    walk(document.root)
    return 0
}
