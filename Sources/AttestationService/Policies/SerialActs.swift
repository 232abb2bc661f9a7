/// One act after the other, each whole: a caller that goes away does not leave one half done.
actor SerialActs {
    private var last: Task<Void, Never>?

    func perform<Value: Sendable>(
        _ act: @escaping @Sendable () async throws(ServiceFailure) -> Value
    ) async throws(ServiceFailure) -> Value {
        let before = last
        let task = Task { () -> Result<Value, ServiceFailure> in
            await before?.value
            do throws(ServiceFailure) {
                return .success(try await act())
            } catch {
                return .failure(error)
            }
        }
        last = Task { _ = await task.value }
        return try await task.value.get()
    }
}
