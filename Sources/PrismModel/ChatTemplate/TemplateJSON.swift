/// `json.dumps` with the defaults of Hugging Face's `tojson`: no ASCII escapes, no sorting.
struct TemplateJSON {
  /// One level of indentation; absent writes everything on one line.
  var indentation: Scalars?
  var itemSeparator: Scalars
  var keySeparator: Scalars
  var escapesNonASCII = false
  var sortsKeys = false

  init(indentation: Scalars?) {
    self.indentation = indentation
    itemSeparator = indentation == nil ? ", ".scalars : ",".scalars
    keySeparator = ": ".scalars
  }

  /// Throws on values that JSON has no form for.
  func write(_ value: TemplateValue, to writer: inout TemplateWriter, level: Int = 0) throws {
    try writer.budget.spend()
    switch value {
    case .none: try writer.put("null")
    case .bool(let value): try writer.put(value ? "true" : "false")
    case .integer(let value): try writer.put(String(value))
    case .float(let value): try writer.put(words(value))
    case .string(let text): try writer.put(quoted(text))
    case .list(let sequence), .tuple(let sequence):
      try writer.put("[")
      for (place, element) in sequence.elements.enumerated() {
        if place > 0 { try writer.put(itemSeparator) }
        try putLine(level + 1, to: &writer)
        try write(element, to: &writer, level: level + 1)
      }
      if !sequence.elements.isEmpty { try putLine(level, to: &writer) }
      try writer.put("]")
    case .dictionary(let dictionary):
      try write(dictionary, to: &writer, level: level)
    default:
      throw TemplateFailure("\(value.typeName) cannot be written as JSON")
    }
  }

  private func write(
    _ dictionary: TemplateDictionary, to writer: inout TemplateWriter, level: Int
  ) throws {
    var pairs = dictionary.pairs
    if sortsKeys {
      var budget = writer.budget
      pairs = try pairs.enumerated().sorted {
        let order = try TemplateArithmetic.order($0.element.0, $1.element.0, budget: &budget)
        return order == 0 ? $0.offset < $1.offset : order < 0
      }.map(\.element)
      writer.budget = budget
    }
    try writer.put("{")
    for (place, pair) in pairs.enumerated() {
      if place > 0 { try writer.put(itemSeparator) }
      try putLine(level + 1, to: &writer)
      try writer.put(try key(pair.0))
      try writer.put(keySeparator)
      try write(pair.1, to: &writer, level: level + 1)
    }
    if !pairs.isEmpty { try putLine(level, to: &writer) }
    try writer.put("}")
  }

  private func putLine(_ level: Int, to writer: inout TemplateWriter) throws {
    guard let indentation else { return }
    try writer.put("\n")
    for _ in 0..<level { try writer.put(indentation) }
  }

  private func key(_ value: TemplateValue) throws -> Scalars {
    switch value {
    case .string(let text): quoted(text)
    case .none: "\"null\"".scalars
    case .bool(let value): (value ? "\"true\"" : "\"false\"").scalars
    case .integer(let value): "\"\(value)\"".scalars
    case .float(let value): "\"\(words(value))\"".scalars
    default: throw TemplateFailure("\(value.typeName) cannot be a JSON key")
    }
  }

  private func words(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
    return TemplateWriter.words(value)
  }

  private func quoted(_ text: Scalars) -> Scalars {
    var result: Scalars = ["\""]
    for scalar in text {
      switch scalar {
      case "\"", "\\": result += ["\\", scalar]
      case "\n": result += ["\\", "n"]
      case "\r": result += ["\\", "r"]
      case "\t": result += ["\\", "t"]
      case "\u{08}": result += ["\\", "b"]
      case "\u{0C}": result += ["\\", "f"]
      default:
        if scalar.value < 0x20 || (escapesNonASCII && scalar.value > 0x7E) {
          for unit in String(scalar).utf16 {
            result += "\\u\(TemplateWriter.hexadecimal(UInt32(unit), width: 4))".scalars
          }
        } else {
          result.append(scalar)
        }
      }
    }
    return result + ["\""]
  }
}
