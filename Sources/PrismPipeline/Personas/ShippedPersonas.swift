/// The paper's twelve personas, in words of our own, in three lengths.
public enum ShippedPersonas {
  public static let names = [
    "writing", "roleplay", "reasoning", "math", "coding", "extraction", "stem", "humanities",
    "critic", "safety_monitor", "helpful", "compliant",
  ]

  /// The personas of the given names, all twelve when `names` is empty.
  /// Throws `PipelineError.missingResource` for a name that does not ship.
  public static func personas(
    length: Persona.Length, names: [String] = []
  ) throws -> [Persona] {
    try (names.isEmpty ? Self.names : names).map { name in
      let text = try ShippedText.read("personas/\(length.rawValue)/\(name).txt")
      return Persona(
        name: name, domain: DomainName.words(of: name), length: length,
        text: text.trimmed)
    }
  }
}
