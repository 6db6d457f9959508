/// A setting that is one of a few words. A wrong word is refused with all the right ones.
public protocol ChoiceSetting: RawRepresentable<String>, CaseIterable, Codable, Hashable, Sendable {
}

extension ChoiceSetting {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let word = try container.decode(String.self)
    guard let value = Self(rawValue: word) else {
      let allowed = Self.allCases.map(\.rawValue).joined(separator: ", ")
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "is \"\(word.prefix(40))\"; allowed: \(allowed)")
    }
    self = value
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }
}
