/// One act after the other, each whole: a caller that goes away does not leave one half done.
actor SerialActs {
    private var last: Task<Void, Never>?

    func perform<Value: Sendable>(
        _ act: @escaping @Sendable () async throws(HTTPProblem) -> Value
    ) async throws(HTTPProblem) -> Value {
        let before = last
        let task = Task { () -> Result<Value, HTTPProblem> in
            await before?.value
            do throws(HTTPProblem) {
                return .success(try await act())
            } catch {
                return .failure(error)
            }
        }
        last = Task { _ = await task.value }
        return try await task.value.get()
    }
}
