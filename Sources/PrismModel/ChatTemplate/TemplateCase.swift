/// Letter case and character classes, per code point as in Python.
enum TemplateCase {
  /// The string method `name` that takes no arguments.
  static func apply(
    _ name: String, to text: Scalars, budget: inout TemplateBudget
  ) throws -> TemplateValue {
    switch name {
    case "upper": return .string(upper(text))
    case "lower": return .string(lower(text))
    case "capitalize": return .string(capitalized(text))
    case "title": return .string(titled(text))
    case "splitlines":
      try budget.allocate(text.count)
      return .list(TemplateSequence(lines(text).map { .string($0) }))
    case "isdigit":
      return .bool(
        all(text) {
          $0.properties.numericType == .decimal || $0.properties.numericType == .digit
        })
    case "isspace": return .bool(all(text, \.isTemplateSpace))
    case "isalpha": return .bool(all(text, isLetter))
    case "isalnum": return .bool(all(text) { isLetter($0) || $0.properties.numericType != nil })
    case "isupper": return .bool(isCased(text, \.isUppercase, \.isLowercase))
    case "islower": return .bool(isCased(text, \.isLowercase, \.isUppercase))
    default: throw TemplateFailure("strings have no method '\(name)'")
    }
  }

  static func upper(_ text: Scalars) -> Scalars {
    text.flatMap { $0.properties.uppercaseMapping.unicodeScalars }
  }

  static func lower(_ text: Scalars) -> Scalars {
    text.flatMap { $0.properties.lowercaseMapping.unicodeScalars }
  }

  static func capitalized(_ text: Scalars) -> Scalars {
    guard let first = text.first else { return [] }
    return first.properties.titlecaseMapping.scalars + lower(Array(text.dropFirst()))
  }

  /// Python's `str.title`: a letter behind anything that has no case is a word's first.
  static func titled(_ text: Scalars) -> Scalars {
    var result = Scalars()
    var insideWord = false
    for scalar in text {
      let mapping =
        insideWord ? scalar.properties.lowercaseMapping : scalar.properties.titlecaseMapping
      result += mapping.unicodeScalars
      insideWord = scalar.properties.isCased
    }
    return result
  }

  /// Jinja's `title` filter: words begin behind whitespace, hyphens and opening brackets.
  static func filterTitle(_ text: Scalars) -> Scalars {
    var result = Scalars()
    var insideWord = false
    for scalar in text {
      let separates = scalar.isTemplateSpace || "-({[<".unicodeScalars.contains(scalar)
      let mapping =
        insideWord ? scalar.properties.lowercaseMapping : scalar.properties.uppercaseMapping
      result += mapping.unicodeScalars
      insideWord = !separates
    }
    return result
  }

  private static func lines(_ text: Scalars) -> [Scalars] {
    var lines: [Scalars] = []
    var line = Scalars()
    var endsLine = true
    var previous: Unicode.Scalar?
    for scalar in text {
      defer { previous = scalar }
      if scalar == "\n" && previous == "\r" { continue }
      switch scalar.value {
      case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029:
        lines.append(line)
        line = []
        endsLine = true
      default:
        line.append(scalar)
        endsLine = false
      }
    }
    return endsLine ? lines : lines + [line]
  }

  private static func all(_ text: Scalars, _ test: (Unicode.Scalar) -> Bool) -> Bool {
    !text.isEmpty && text.allSatisfy(test)
  }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }

  private static func isCased(
    _ text: Scalars, _ wanted: (Unicode.Scalar.Properties) -> Bool,
    _ unwanted: (Unicode.Scalar.Properties) -> Bool
  ) -> Bool {
    text.contains { wanted($0.properties) } && !text.contains { unwanted($0.properties) }
  }
}
