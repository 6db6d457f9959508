import Foundation

/// Prompt templates of the stages: text with `{name}` places.
struct Prompts {
  /// What the model is asked for a persona, by length.
  let persona: [Persona.Length: String]
  /// A persona for `exampleDomain`, by length: small models follow an example better than a description.
  let personaExample: [Persona.Length: String]
  let query: String
  let judge: String

  static let exampleDomain = "gardening"

  init() throws {
    persona = try Dictionary(
      uniqueKeysWithValues: Persona.Length.allCases.map {
        ($0, try ShippedText.read("prompts/persona-\($0.rawValue).txt").trimmed)
      })
    personaExample = try Dictionary(
      uniqueKeysWithValues: Persona.Length.allCases.map {
        ($0, try ShippedText.read("prompts/persona-\($0.rawValue)-example.txt").trimmed)
      })
    query = try ShippedText.read("prompts/query.txt").trimmed
    judge = try ShippedText.read("prompts/judge.txt").trimmed
  }

  /// The template with each `{name}` replaced in one pass, so that a value holding `{...}` stays
  /// as it is.
  static func filled(_ template: String, _ values: [String: String]) -> String {
    var result = ""
    var rest = template[...]
    while let open = rest.firstIndex(of: "{") {
      result += rest[..<open]
      guard let close = rest[open...].firstIndex(of: "}"),
        let value = values[String(rest[rest.index(after: open)..<close])]
      else {
        result.append("{")
        rest = rest[rest.index(after: open)...]
        continue
      }
      result += value
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }
}
