/// The languages that texts for people come in; raw values are BCP 47.
public enum Language: String, CaseIterable, Hashable, Sendable {
    case english = "en"
    case chinese = "zh"
}
