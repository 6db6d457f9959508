/// Stage 0: where the personas come from.
public struct PersonaConfiguration: Codable, Hashable, Sendable {
  public enum Source: String, ChoiceSetting {
    /// The twelve that come with the package.
    case shipped
    /// Written by the model from `names`, as in the paper.
    case written
    /// Text files in `folder`.
    case folder
  }

  public var source = Source.shipped
  /// Domain names to write personas for, or the shipped ones to use. Empty: the paper's twelve.
  public var names: [String] = []
  /// Folder of text files, one persona each; used by the source `folder` only.
  public var folder = ""
  /// Long is about 150 tokens, short about 75, minimum about 5.
  public var length = Persona.Length.long
  /// Sampling temperature of written personas. Range 0...10.
  public var temperature = 0.7
  /// Tokens of a written persona. Range 8...4096.
  public var maxTokens = 256
  /// Times the model may try before a persona is given up. Range 1...100.
  public var attempts = 4

  public init() {}

  var problems: [SettingProblem] {
    var check = SettingCheck()
    check.expect("temperature", temperature, in: 0...10)
    check.expect("maxTokens", maxTokens, in: 8...4096)
    check.expect("attempts", attempts, in: 1...100)
    check.expect("names", names.count <= 1000, "has \(names.count) entries; allowed: at most 1000")
    check.expect("names", Set(names).count == names.count, "names a persona twice")
    for name in names {
      let visible = !name.allSatisfy(\.isWhitespace) && name.count <= 100
      check.expect("names", visible, "has an empty name or one longer than 100 characters")
    }
    if source == .shipped {
      for name in names where !ShippedPersonas.names.contains(name) {
        check.expect(
          "names", false,
          "has \"\(name)\", which does not ship (known: \(ShippedPersonas.names.joined(separator: ", "))); set personas.source to written"
        )
      }
    }
    check.expect(
      "folder", (source == .folder) == !folder.isEmpty,
      "is \(folder.isEmpty ? "empty" : "set"); it goes with personas.source folder, and only with it"
    )
    return check.problems
  }
}
