/// Why an operation of a template failed; the interpreter adds the place.
struct TemplateFailure: Error {
  let reason: String

  init(_ reason: String) {
    self.reason = reason
  }
}

/// What one rendering may use, so that a hostile template ends with an error instead of hanging or
/// filling the memory.
struct TemplateBudget {
  /// Elementary operations: about a second of work.
  static let stepLimit = 50_000_000
  /// Characters and list elements created over the whole rendering: at most some 300 MB.
  static let unitLimit = 16_000_000
  /// Characters of the rendered text.
  static let outputLimit = 8_000_000
  /// Lists within lists.
  static let valueDepthLimit = 50
  /// Statements and expressions under evaluation at a time, macro calls included.
  static let evaluationDepthLimit = 150

  private var steps = 0
  private var units = 0

  mutating func spend(_ count: Int = 1) throws {
    guard count <= Self.stepLimit - steps else {
      throw TemplateFailure("the template takes too many steps")
    }
    steps += count
  }

  mutating func allocate(_ count: Int) throws {
    guard count <= Self.unitLimit - units else {
      throw TemplateFailure("the template creates too much data")
    }
    units += count
    try spend(count)
  }
}
