import Foundation
import PrismModel

/// A rendering whose result Jinja2 has computed.
struct TemplateCase: Decodable, CustomStringConvertible {
  let source: String?
  let variables: [String: JSONValue]?
  let name: String?
  let messages: [ChatMessage]?
  let generation: Bool?
  let output: String?
  /// The class of Jinja2's error, where it refuses.
  let failure: String?

  var description: String { source ?? name ?? "" }

  /// Nil when the template throws.
  func render(_ source: String) throws -> String? {
    do {
      let template = try ChatTemplate(source: source)
      if let messages {
        return try template.render(
          messages: messages, beginToken: "<s>", endToken: "</s>",
          addGenerationPrompt: generation ?? false)
      }
      return try template.render((variables ?? [:]).mapValues(\.value))
    } catch is ModelError {
      return nil
    }
  }

  /// What differs between the rendering of `source` and Jinja2's, or nil. Compared by code point,
  /// since Swift's strings take composed and decomposed letters for equal.
  func difference(rendering source: String) throws -> String? {
    let found = try render(source)
    if let found, let output, found.scalars == output.scalars { return nil }
    if found == nil && failure != nil { return nil }
    return """
      \(name ?? "") \(source.prefix(300).debugDescription)
        Jinja2: \(output?.debugDescription ?? failure ?? "")
        found:  \(found?.debugDescription ?? "an error")
      """
  }
}

enum TemplateFixtures {
  static func url(_ name: String) throws -> URL {
    guard let root = Bundle.module.url(forResource: "Fixtures", withExtension: nil) else {
      throw CocoaError(.fileNoSuchFile)
    }
    return root.appendingPathComponent("template").appendingPathComponent(name)
  }

  static func read<Value: Decodable>(_ type: Value.Type, _ name: String) throws -> Value {
    try JSONDecoder().decode(type, from: Data(contentsOf: url(name)))
  }

  static func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: url(name)), as: UTF8.self)
  }

  /// Where `Tools/reference/fetch_templates.py` puts the models' own templates.
  static var cache: URL {
    let environment = ProcessInfo.processInfo.environment
    if let folder = environment["PRISM_TEMPLATES"], !folder.isEmpty {
      return URL(fileURLWithPath: folder)
    }
    let base =
      environment["XDG_CACHE_HOME"].flatMap { $0.isEmpty ? nil : URL(fileURLWithPath: $0) }
      ?? FileManager.default.homeDirectoryForCurrentUser.appendingPathComponent(".cache")
    return base.appendingPathComponent("prism/templates")
  }

  static var cacheExists: Bool { FileManager.default.fileExists(atPath: cache.path) }
}

/// A variable of a fixture: integers and floats told apart, dictionaries in their order.
enum JSONValue: Decodable {
  case null
  case bool(Bool)
  case integer(Int)
  case float(Double)
  case string(String)
  case list([JSONValue])
  case pairs([(String, JSONValue)])

  init(from decoder: any Decoder) throws {
    if let object = try? decoder.container(keyedBy: Key.self) {
      if let number = try object.decodeIfPresent(Double.self, forKey: .float) {
        self = .float(number)
        return
      }
      // A dictionary is written as {"keys": [...], "values": [...]}: decoders forget the order.
      let keys = try object.decode([String].self, forKey: .keys)
      let values = try object.decode([JSONValue].self, forKey: .values)
      self = .pairs(Array(zip(keys, values)))
      return
    }
    let single = try decoder.singleValueContainer()
    if single.decodeNil() {
      self = .null
    } else if let value = try? single.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? single.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? single.decode(String.self) {
      self = .string(value)
    } else {
      self = .list(try single.decode([JSONValue].self))
    }
  }

  private enum Key: String, CodingKey { case keys, values, float }

  var value: TemplateValue {
    switch self {
    case .null: .none
    case .bool(let value): .bool(value)
    case .integer(let value): .integer(value)
    case .float(let value): .float(value)
    case .string(let text): .text(text)
    case .list(let elements): .list(TemplateSequence(elements.map(\.value)))
    case .pairs(let pairs):
      .dictionary(TemplateDictionary(pairs.map { (.text($0.0), $0.1.value) }))
    }
  }
}
