/// At least so many placeholders in square brackets, none across lines.
struct PlaceholdersRule: InstructionRule {
  private let least: Int

  init(_ arguments: inout InstructionArguments) throws {
    least = try arguments.number("num_placeholders")
  }

  func isFollowed(by response: ScalarText) -> Bool {
    var found = 0
    var isOpen = false
    for scalar in response.scalars {
      switch scalar {
      case "[": isOpen = true
      case "\n": isOpen = false
      case "]" where isOpen:
        found += 1
        isOpen = false
      default: break
      }
    }
    return found >= least
  }
}

/// A postscript marker occurs, in any case, anywhere in the response.
struct PostscriptRule: InstructionRule {
  private enum Marker: Hashable {
    /// `P.S.`, with at most one space between.
    case one
    /// `P.P.S`, with at most one space between.
    case two
    case other(KeywordPattern)
  }

  private let marker: Marker

  init(_ arguments: inout InstructionArguments) throws {
    let text = ScalarText(try arguments.text("postscript_marker")).stripped
    switch text {
    case "P.S.": marker = .one
    case "P.P.S": marker = .two
    default:
      marker = .other(
        try arguments.pattern(
          "postscript_marker", text: text.lowercased.string, ignoringCase: false))
    }
  }

  func isFollowed(by response: ScalarText) -> Bool {
    let text = response.lowercased
    switch marker {
    case .one: return text.scalars.indices.contains { starts(["p.", "s."], text, at: $0) }
    case .two: return text.scalars.indices.contains { starts(["p.", "p.", "s"], text, at: $0) }
    case .other(let pattern): return pattern.isFound(in: text)
    }
  }

  private func starts(_ parts: [ScalarText], _ text: ScalarText, at start: Int) -> Bool {
    var index = start
    for (number, part) in parts.enumerated() {
      if number > 0, index < text.count, PythonScalar.isSpace(text.scalars[index]) { index += 1 }
      guard text.has(part, at: index) else { return false }
      index += part.count
    }
    return true
  }
}
