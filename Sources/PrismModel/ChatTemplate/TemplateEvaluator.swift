/// Evaluation of expressions.
extension TemplateInterpreter {
  mutating func evaluate(_ expression: TemplateExpression) throws -> TemplateValue {
    try located(expression.position) { interpreter in
      try interpreter.deeper { try $0.value(of: expression.kind) }
    }
  }

  private mutating func value(of kind: TemplateExpression.Kind) throws -> TemplateValue {
    switch kind {
    case .literal(let literal): return Self.value(of: literal)
    case .name(let name): return lookUp(name)
    case .list(let elements): return .list(try sequence(try evaluateAll(elements)))
    case .tuple(let elements): return .tuple(try sequence(try evaluateAll(elements)))
    case .dictionary(let pairs):
      return .dictionary(
        try dictionary(pairs.map { (try evaluate($0.key), try evaluate($0.value)) }))
    case .attribute(let operand, let name):
      return try attribute(name, of: try evaluate(operand))
    case .item(let operand, let key):
      let value = try evaluate(operand)
      return try item(try evaluate(key), of: value)
    case .slice(let operand, let from, let to, let step):
      let value = try evaluate(operand)
      return try slice(
        value, from: try from.map { try evaluate($0) }, to: try to.map { try evaluate($0) },
        step: try step.map { try evaluate($0) })
    case .call(let callee, let arguments):
      let function = try evaluate(callee)
      return try call(function, with: try evaluate(arguments))
    case .filter(let operand, let filter): return try apply(filter, to: try evaluate(operand))
    case .test(let operand, let test): return .bool(try check(test, on: try evaluate(operand)))
    default: return try operatorValue(of: kind)
    }
  }

  private mutating func operatorValue(of kind: TemplateExpression.Kind) throws -> TemplateValue {
    switch kind {
    case .not(let operand): return .bool(!(try evaluate(operand).isTrue))
    case .negative(let operand):
      let value = try evaluate(operand)
      if case .float(let number) = value { return .float(-number) }
      return try TemplateArithmetic.apply(.subtract, .integer(0), value, budget: &budget)
    case .positive(let operand):
      let value = try evaluate(operand)
      if case .float = value { return value }
      return try TemplateArithmetic.apply(.add, .integer(0), value, budget: &budget)
    case .binary(let sign, let left, let right):
      let first = try evaluate(left)
      return try TemplateArithmetic.apply(sign, first, try evaluate(right), budget: &budget)
    case .concatenation(let parts):
      var text = Scalars()
      for part in parts {
        let value = try evaluate(part)
        let piece = try display(value)
        try budget.allocate(piece.count)
        text += piece
      }
      return .string(text)
    case .comparison(let first, let links): return .bool(try compare(first, links))
    case .and(let left, let right):
      let value = try evaluate(left)
      return value.isTrue ? try evaluate(right) : value
    case .or(let left, let right):
      let value = try evaluate(left)
      return value.isTrue ? value : try evaluate(right)
    case .conditional(let condition, let then, let otherwise):
      if try evaluate(condition).isTrue { return try evaluate(then) }
      return try otherwise.map { try evaluate($0) } ?? .undefined("an inline if without else")
    default: return .none
    }
  }

  private static func value(of literal: TemplateLiteral) -> TemplateValue {
    switch literal {
    case .none: .none
    case .bool(let value): .bool(value)
    case .integer(let value): .integer(value)
    case .float(let value): .float(value)
    case .string(let text): .string(text)
    }
  }

  private mutating func evaluateAll(_ expressions: [TemplateExpression]) throws -> [TemplateValue] {
    try expressions.map { try evaluate($0) }
  }

  private mutating func evaluate(
    _ arguments: TemplateExpression.Arguments
  ) throws -> TemplateArguments {
    TemplateArguments(
      positional: try evaluateAll(arguments.positional),
      named: try arguments.named.map { ($0.name, try evaluate($0.value)) })
  }

  private mutating func compare(
    _ first: TemplateExpression, _ links: [TemplateExpression.Link]
  ) throws -> Bool {
    var left = try evaluate(first)
    for link in links {
      let right = try evaluate(link.operand)
      guard try compare(link.comparison, left, right) else { return false }
      left = right
    }
    return true
  }

  mutating func compare(
    _ comparison: TemplateComparison, _ left: TemplateValue, _ right: TemplateValue
  ) throws -> Bool {
    switch comparison {
    case .equal: return try equal(left, right)
    case .notEqual: return !(try equal(left, right))
    case .less: return try TemplateArithmetic.order(left, right, budget: &budget) < 0
    case .lessOrEqual: return try TemplateArithmetic.order(left, right, budget: &budget) <= 0
    case .greater: return try TemplateArithmetic.order(left, right, budget: &budget) > 0
    case .greaterOrEqual: return try TemplateArithmetic.order(left, right, budget: &budget) >= 0
    case .contained: return try contains(right, left)
    case .notContained: return !(try contains(right, left))
    }
  }

  mutating func equal(_ left: TemplateValue, _ right: TemplateValue) throws -> Bool {
    try budget.spend(min(left.weight, right.weight))
    return left == right
  }

  private mutating func contains(
    _ container: TemplateValue, _ value: TemplateValue
  ) throws -> Bool {
    switch (container, value) {
    case (.string(let text), .string(let part)):
      return try TemplateSearch.first(part, in: text, budget: &budget) != nil
    case (.list(let sequence), _), (.tuple(let sequence), _):
      try budget.spend(sequence.weight)
      return sequence.elements.contains(value)
    case (.dictionary(let dictionary), _):
      guard value.isHashable else { throw TemplateFailure("a \(value.typeName) cannot be a key") }
      try budget.spend(value.weight)
      return dictionary[value] != nil
    case (.undefined, _): return false
    default:
      throw TemplateFailure("cannot look for \(value.typeName) in \(container.typeName)")
    }
  }

  mutating func apply(
    _ filter: TemplateExpression.Application, to value: TemplateValue
  ) throws -> TemplateValue {
    let arguments = try evaluate(filter.arguments)
    return try located(filter.position) {
      try $0.applyFilter(filter.name, to: value, arguments)
    }
  }

  private mutating func check(
    _ test: TemplateExpression.Application, on value: TemplateValue
  ) throws -> Bool {
    let arguments = try evaluate(test.arguments)
    return try located(test.position) { try $0.check(test.name, on: value, arguments) }
  }

  /// `str(value)`.
  mutating func display(_ value: TemplateValue) throws -> Scalars {
    try TemplateWriter.display(value, budget: &budget)
  }

  /// A list's or tuple's storage, charged to the budget.
  mutating func sequence(_ elements: [TemplateValue]) throws -> TemplateSequence {
    try budget.allocate(elements.count + 1)
    let sequence = TemplateSequence(elements)
    guard sequence.depth <= TemplateBudget.valueDepthLimit else {
      throw TemplateFailure("lists are nested too deeply")
    }
    return sequence
  }

  mutating func dictionary(
    _ pairs: [(TemplateValue, TemplateValue)]
  ) throws -> TemplateDictionary {
    try budget.allocate(2 * pairs.count + 1)
    for (key, _) in pairs {
      guard key.isHashable else { throw TemplateFailure("a \(key.typeName) cannot be a key") }
      try budget.spend(key.weight)
    }
    let dictionary = TemplateDictionary(pairs)
    guard dictionary.depth <= TemplateBudget.valueDepthLimit else {
      throw TemplateFailure("dictionaries are nested too deeply")
    }
    return dictionary
  }

  /// What a loop over `value` sees.
  mutating func elements(of value: TemplateValue) throws -> [TemplateValue] {
    switch value {
    case .list(let sequence), .tuple(let sequence): return sequence.elements
    case .dictionary(let dictionary): return dictionary.keys
    case .string(let text):
      try budget.allocate(text.count)
      return text.map { .string([$0]) }
    case .undefined: return []
    default: throw TemplateFailure("cannot loop over \(value.typeName)")
    }
  }
}
