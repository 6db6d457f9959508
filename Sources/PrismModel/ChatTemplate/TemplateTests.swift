/// Jinja's tests, the words behind `is`.
extension TemplateInterpreter {
  mutating func check(
    _ name: String, on value: TemplateValue, _ arguments: TemplateArguments
  ) throws -> Bool {
    if let comparison = Self.comparisons[name] {
      guard let other = try arguments.bind(["other"], for: name)[0] else {
        throw TemplateFailure("the test '\(name)' needs a value")
      }
      return try compare(comparison, value, other)
    }
    switch name {
    case "divisibleby":
      guard let divisor = try arguments.bind(["num"], for: name)[0] else {
        throw TemplateFailure("the test 'divisibleby' needs a number")
      }
      return try remainder(value, divisor) == .integer(0)
    case "sameas":
      guard let other = try arguments.bind(["other"], for: name)[0] else {
        throw TemplateFailure("the test 'sameas' needs a value")
      }
      return try value.typeName == other.typeName && equal(value, other)
    default:
      _ = try arguments.bind([], for: name)
      return try check(name, on: value)
    }
  }

  private static let comparisons: [String: TemplateComparison] = [
    "eq": .equal, "equalto": .equal, "==": .equal, "ne": .notEqual, "!=": .notEqual,
    "lt": .less, "lessthan": .less, "<": .less, "le": .lessOrEqual, "<=": .lessOrEqual,
    "gt": .greater, "greaterthan": .greater, ">": .greater, "ge": .greaterOrEqual,
    ">=": .greaterOrEqual, "in": .contained,
  ]

  private mutating func remainder(
    _ value: TemplateValue, _ divisor: TemplateValue
  ) throws -> TemplateValue {
    try TemplateArithmetic.apply(.modulo, value, divisor, budget: &budget)
  }

  private mutating func check(_ name: String, on value: TemplateValue) throws -> Bool {
    switch name {
    case "odd": return try remainder(value, .integer(2)) == .integer(1)
    case "even": return try remainder(value, .integer(2)) == .integer(0)
    case "upper", "lower":
      let text = try display(value)
      try budget.allocate(text.count)
      return try TemplateCase.apply("is" + name, to: text, budget: &budget).isTrue
    default:
      guard let result = Self.isOfType(name, value) else {
        throw TemplateFailure("there is no test '\(name)'")
      }
      return result
    }
  }

  private static func isOfType(_ name: String, _ value: TemplateValue) -> Bool? {
    switch (name, value) {
    case ("defined", _): !value.isUndefined
    case ("undefined", _): value.isUndefined
    case ("none", .none), ("string", .string), ("mapping", .dictionary): true
    case ("none", _), ("string", _), ("mapping", _): false
    case ("boolean", .bool), ("integer", .integer), ("float", .float): true
    case ("boolean", _), ("integer", _), ("float", _): false
    case ("true", .bool(let value)): value
    case ("false", .bool(let value)): !value
    case ("true", _), ("false", _): false
    case ("number", _): value.floatValue != nil
    case ("iterable", .loop), ("callable", .undefined): true
    case ("iterable", _), ("sequence", _):
      switch value {
      case .undefined, .string, .list, .tuple, .dictionary: true
      default: false
      }
    case ("callable", .function), ("callable", .method), ("callable", .macro): true
    case ("callable", _): false
    default: nil
    }
  }
}
