import Foundation

/// The arguments of one instruction, taken by name and type until none is left.
struct InstructionArguments {
  private enum Value: Decodable {
    case nothing
    case number(Int)
    case text(String)
    case texts([String])
    case other

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      // A type that does not fit is no error: what fits none is `other`, which every reader refuses.
      if container.decodeNil() {
        self = .nothing
      } else if let number = try? container.decode(Int.self) {
        self = .number(number)
      } else if let text = try? container.decode(String.self) {
        self = .text(text)
      } else if let texts = try? container.decode([String].self) {
        self = .texts(texts)
      } else {
        self = .other
      }
    }
  }

  private let identifier: String
  private var remaining: [String: Value]

  init(identifier: String, json: String) throws {
    self.identifier = identifier
    do {
      let values = try JSONDecoder().decode([String: Value].self, from: Data(json.utf8))
      remaining = values.filter { if case .nothing = $0.value { false } else { true } }
    } catch {
      throw EvaluationError.instructionArguments(
        identifier: identifier, problem: "\"\(json.prefix(80))\" is not a JSON object")
    }
  }

  func problem(_ text: String) -> EvaluationError {
    .instructionArguments(identifier: identifier, problem: text)
  }

  /// A whole number of at least `least`.
  mutating func number(_ name: String, atLeast least: Int = 0) throws -> Int {
    guard case .number(let number) = try take(name) else {
      throw problem("\(name) must be a whole number")
    }
    guard number >= least else {
      throw problem("\(name) is \(number) but must be at least \(least)")
    }
    return number
  }

  /// Text that is not blank.
  mutating func text(_ name: String) throws -> String {
    guard case .text(let text) = try take(name) else { throw problem("\(name) must be text") }
    guard !ScalarText(text).isBlank else { throw problem("\(name) is blank") }
    return text
  }

  /// A list of texts, none of them blank.
  mutating func texts(_ name: String) throws -> [String] {
    guard case .texts(let texts) = try take(name) else {
      throw problem("\(name) must be a list of texts")
    }
    guard !texts.isEmpty, !texts.contains(where: { ScalarText($0).isBlank }) else {
      throw problem("\(name) is empty or holds a blank text")
    }
    return texts
  }

  mutating func relation(_ name: String) throws -> InstructionRelation {
    let text = try text(name)
    guard let relation = InstructionRelation(rawValue: text) else {
      throw problem("\(name) is \"\(text)\" but must be \"less than\" or \"at least\"")
    }
    return relation
  }

  /// Text to be searched for; the reference reads it as a regular expression.
  mutating func pattern(_ name: String, ignoringCase: Bool) throws -> KeywordPattern {
    try pattern(name, text: text(name), ignoringCase: ignoringCase)
  }

  mutating func patterns(_ name: String, ignoringCase: Bool) throws -> [KeywordPattern] {
    try texts(name).map { try pattern(name, text: $0, ignoringCase: ignoringCase) }
  }

  func pattern(_ name: String, text: String, ignoringCase: Bool) throws -> KeywordPattern {
    guard let pattern = KeywordPattern(text, ignoringCase: ignoringCase) else {
      throw problem(
        "\(name) holds \"\(text)\", where \(KeywordPattern.refused) would be operators of a pattern"
      )
    }
    return pattern
  }

  func finish() throws {
    guard remaining.isEmpty else {
      let names = remaining.keys.sorted().joined(separator: ", ")
      throw problem("it takes no \(names)")
    }
  }

  private mutating func take(_ name: String) throws -> Value {
    guard let value = remaining.removeValue(forKey: name) else {
      throw problem("\(name) is missing")
    }
    return value
  }
}

/// How a count is compared with the number an instruction names.
enum InstructionRelation: String, Sendable {
  case lessThan = "less than"
  case atLeast = "at least"

  func holds(_ count: Int, _ threshold: Int) -> Bool {
    switch self {
    case .lessThan: count < threshold
    case .atLeast: count >= threshold
    }
  }
}
