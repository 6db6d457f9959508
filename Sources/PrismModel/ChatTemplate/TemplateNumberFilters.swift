import Foundation

/// The filters `int`, `float`, `abs` and `round`.
extension TemplateInterpreter {
  func numberFilter(
    _ name: String, _ value: TemplateValue, _ arguments: TemplateArguments
  ) throws -> TemplateValue {
    switch name {
    case "int":
      let bound = try arguments.bind(["default", "base"], for: name)
      let base = try bound[1].integer(or: 10, "base")
      guard (2...36).contains(base) else { throw TemplateFailure("base must be 2...36") }
      return try Self.integer(from: value, base: base) ?? bound[0] ?? .integer(0)
    case "float":
      let fallback = try arguments.bind(["default"], for: name)[0]
      return Self.float(from: value).map { .float($0) } ?? fallback ?? .float(0)
    case "abs":
      _ = try arguments.bind([], for: name)
      if case .float(let number) = value { return .float(abs(number)) }
      guard let number = value.integerValue, number != .min else {
        throw TemplateFailure("abs needs a number, not \(value.typeName)")
      }
      return .integer(abs(number))
    default:
      let bound = try arguments.bind(["precision", "method"], for: name)
      let method = String(try bound[1].text("method") ?? "common".scalars)
      return try Self.round(value, precision: try bound[0].integer(or: 0, "precision"), method)
    }
  }

  private static func integer(from value: TemplateValue, base: Int) throws -> TemplateValue? {
    if let number = value.integerValue { return .integer(number) }
    if case .string(let text) = value {
      var digits = String(TemplateSearch.trim(text, of: nil)).lowercased()
      if base == 16, digits.hasPrefix("0x") { digits.removeFirst(2) }
      if base == 8, digits.hasPrefix("0o") { digits.removeFirst(2) }
      if base == 2, digits.hasPrefix("0b") { digits.removeFirst(2) }
      if let number = Int(digits, radix: base) { return .integer(number) }
    }
    guard let number = float(from: value), number.isFinite else { return nil }
    guard let whole = Int(exactly: number.rounded(.towardZero)) else {
      throw TemplateFailure("an integer exceeds 64 bits")
    }
    return .integer(whole)
  }

  private static func float(from value: TemplateValue) -> Double? {
    if let number = value.floatValue { return number }
    guard case .string(let text) = value else { return nil }
    let digits = String(TemplateSearch.trim(text, of: nil))
    // Swift also reads hexadecimal floats, which Python does not.
    return digits.contains { "xXpP".contains($0) } ? nil : Double(digits)
  }

  private static func round(
    _ value: TemplateValue, precision: Int, _ method: String
  ) throws -> TemplateValue {
    guard let number = value.floatValue else {
      throw TemplateFailure("round needs a number, not \(value.typeName)")
    }
    guard (0...30).contains(precision) else {
      throw TemplateFailure("round needs a precision of 0...30")
    }
    switch method {
    case "common":
      if let whole = value.integerValue { return .integer(whole) }
      // Printing rounds the exact binary value half to even, as Python does.
      return .float(Double(String(format: "%.\(precision)f", number)) ?? number)
    case "ceil", "floor":
      let scale = pow(10, Double(precision))
      let scaled = number * scale
      return .float((method == "ceil" ? scaled.rounded(.up) : scaled.rounded(.down)) / scale)
    default: throw TemplateFailure("round's method must be common, ceil or floor")
    }
  }
}
