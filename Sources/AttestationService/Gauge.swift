/// One number of the service that goes up and down, read when somebody asks.
package struct Gauge: Sendable {
    /// By the convention of Prometheus; where there are several series of one name, their labels follow in braces.
    package let name: String
    package let help: String
    package let value: Int64

    package init(_ name: String, _ help: String, _ value: Int64) {
        self.name = name
        self.help = help
        self.value = value
    }
}
