import Foundation

/// Writes values the way Python's `str`, `repr` and `json.dumps` do.
struct TemplateWriter {
  private(set) var output = Scalars()
  var budget: TemplateBudget

  init(budget: TemplateBudget) {
    self.budget = budget
  }

  /// `str(value)`, charged to `budget`.
  static func display(_ value: TemplateValue, budget: inout TemplateBudget) throws -> Scalars {
    switch value {
    case .string(let text): return text
    case .undefined: return []
    default:
      var writer = TemplateWriter(budget: budget)
      try writer.represent(value)
      budget = writer.budget
      return writer.output
    }
  }

  mutating func put(_ text: Scalars) throws {
    try budget.spend(5)
    try budget.allocate(text.count)
    output += text
  }

  mutating func put(_ text: String) throws { try put(text.scalars) }

  /// `repr(value)`.
  mutating func represent(_ value: TemplateValue) throws {
    try budget.spend()
    switch value {
    case .undefined: try put("Undefined")
    case .none: try put("None")
    case .bool(let value): try put(value ? "True" : "False")
    case .integer(let value): try put(String(value))
    case .float(let value): try put(Self.words(value))
    case .string(let text): try put(Self.quoted(text))
    case .list(let sequence):
      try put("[")
      try representAll(sequence.elements)
      try put("]")
    case .tuple(let sequence):
      try put("(")
      try representAll(sequence.elements)
      try put(sequence.elements.count == 1 ? ",)" : ")")
    case .dictionary(let dictionary):
      try put("{")
      for (place, key) in dictionary.keys.enumerated() {
        if place > 0 { try put(", ") }
        try represent(key)
        try put(": ")
        try represent(dictionary.values[place])
      }
      try put("}")
    case .namespace: try put("<Namespace>")
    case .loop(let loop): try put("<LoopContext \(loop.index + 1)/\(loop.elements.count)>")
    case .macro: try put("<Macro>")
    case .function(let function): try put("<function \(function.rawValue)>")
    case .method(let method): try put("<method \(method.name)>")
    }
  }

  private mutating func representAll(_ elements: [TemplateValue]) throws {
    for (place, element) in elements.enumerated() {
      if place > 0 { try put(", ") }
      try represent(element)
    }
  }

  /// `repr` of a float: the shortest digits that read back as the same number.
  static func words(_ value: Double) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    if value == 0 { return value.sign == .minus ? "-0.0" : "0.0" }
    let parts = "\(abs(value))".split(separator: "e")
    var exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    let halves = parts[0].split(separator: ".")
    var digits = String(halves[0])
    let fraction = halves.count > 1 && halves[1] != "0" ? String(halves[1]) : ""
    digits += fraction
    exponent += halves[0].count - 1
    let leading = digits.prefix { $0 == "0" }.count
    digits.removeFirst(leading)
    exponent -= leading
    while digits.last == "0" { digits.removeLast() }
    let sign = value < 0 ? "-" : ""
    if exponent < -4 || exponent >= 16 {
      let tail = digits.dropFirst()
      let size = abs(exponent)
      return sign + String(digits.prefix(1)) + (tail.isEmpty ? "" : "." + tail)
        + "e" + (exponent < 0 ? "-" : "+") + (size < 10 ? "0" : "") + "\(size)"
    }
    if exponent < 0 {
      return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits
    }
    if digits.count <= exponent + 1 {
      return sign + digits + String(repeating: "0", count: exponent + 1 - digits.count) + ".0"
    }
    return sign + digits.prefix(exponent + 1) + "." + digits.dropFirst(exponent + 1)
  }

  /// `repr` of a string: single quotes unless only single quotes occur in it.
  static func quoted(_ text: Scalars) -> Scalars {
    let quote: Unicode.Scalar = text.contains("'") && !text.contains("\"") ? "\"" : "'"
    var result: Scalars = [quote]
    for scalar in text {
      switch scalar {
      case quote, "\\": result += ["\\", scalar]
      case "\n": result += ["\\", "n"]
      case "\r": result += ["\\", "r"]
      case "\t": result += ["\\", "t"]
      default:
        if isPrintable(scalar) {
          result.append(scalar)
        } else {
          let value = scalar.value
          let (mark, width) = value < 256 ? ("x", 2) : value < 65536 ? ("u", 4) : ("U", 8)
          result += "\\\(mark)\(hexadecimal(value, width: width))".scalars
        }
      }
    }
    return result + [quote]
  }

  static func hexadecimal(_ value: UInt32, width: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator:
      false
    case .spaceSeparator: scalar == " "
    default: true
    }
  }
}
