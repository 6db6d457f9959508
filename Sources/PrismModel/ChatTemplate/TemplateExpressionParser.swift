/// Parses the expressions inside tags, with Jinja's precedence.
extension TemplateParser {
  /// An expression, or several separated by commas, which make a tuple.
  mutating func parseTuple() throws -> TemplateExpression {
    let position = stream.position
    var elements = [try parseExpression()]
    guard stream.isSymbol(",") else { return elements[0] }
    while stream.skipSymbol(",") {
      if endsTuple { break }
      elements.append(try parseExpression())
    }
    return try TemplateExpression(.tuple(elements), at: position, over: elements)
  }

  /// What a loop runs over; an `if` behind it is the loop's filter, not a conditional expression.
  mutating func parseLoopIterable() throws -> TemplateExpression {
    let position = stream.position
    var elements = [try parseOr()]
    guard stream.isSymbol(",") else { return elements[0] }
    while stream.skipSymbol(",") {
      if endsTuple || stream.isName("if") { break }
      elements.append(try parseOr())
    }
    return try TemplateExpression(.tuple(elements), at: position, over: elements)
  }

  private var endsTuple: Bool {
    switch stream.current.kind {
    case .variableEnd, .blockEnd, .symbol(")"), .symbol("="), .name("in"): true
    default: false
    }
  }

  /// A conditional expression or anything that binds tighter.
  mutating func parseExpression() throws -> TemplateExpression {
    try nested { parser in
      var result = try parser.parseOr()
      while parser.stream.isName("if") {
        let position = parser.stream.position
        parser.stream.advance()
        let condition = try parser.parseOr()
        var otherwise: TemplateExpression?
        if parser.stream.skipName("else") { otherwise = try parser.parseExpression() }
        result = try TemplateExpression(
          .conditional(condition: condition, then: result, otherwise: otherwise), at: position,
          over: [condition, result] + (otherwise.map { [$0] } ?? []))
      }
      return result
    }
  }

  private mutating func parseOr() throws -> TemplateExpression {
    var left = try parseAnd()
    while stream.isName("or") {
      let position = stream.position
      stream.advance()
      let right = try parseAnd()
      left = try TemplateExpression(.or(left, right), at: position, over: [left, right])
    }
    return left
  }

  private mutating func parseAnd() throws -> TemplateExpression {
    var left = try parseNot()
    while stream.isName("and") {
      let position = stream.position
      stream.advance()
      let right = try parseNot()
      left = try TemplateExpression(.and(left, right), at: position, over: [left, right])
    }
    return left
  }

  private mutating func parseNot() throws -> TemplateExpression {
    guard stream.isName("not") else { return try parseComparison() }
    let position = stream.position
    stream.advance()
    return try nested { parser in
      let operand = try parser.parseNot()
      return try TemplateExpression(.not(operand), at: position, over: [operand])
    }
  }

  private mutating func parseComparison() throws -> TemplateExpression {
    let position = stream.position
    let first = try parseSum()
    var links: [TemplateExpression.Link] = []
    while let comparison = takeComparison() {
      links.append(.init(comparison: comparison, operand: try parseSum()))
    }
    if links.isEmpty { return first }
    return try TemplateExpression(
      .comparison(first, links), at: position, over: [first] + links.map(\.operand))
  }

  private mutating func takeComparison() -> TemplateComparison? {
    if stream.skipName("in") { return .contained }
    if stream.isName("not"), stream.next.kind == .name("in") {
      stream.advance()
      stream.advance()
      return .notContained
    }
    guard case .symbol(let symbol) = stream.current.kind,
      let comparison = TemplateComparison(rawValue: symbol)
    else { return nil }
    stream.advance()
    return comparison
  }

  private mutating func takeOperator(_ allowed: [TemplateOperator]) -> TemplateOperator? {
    guard case .symbol(let symbol) = stream.current.kind,
      let found = TemplateOperator(rawValue: symbol), allowed.contains(found)
    else { return nil }
    stream.advance()
    return found
  }

  private mutating func parseSum() throws -> TemplateExpression {
    var left = try parseConcatenation()
    while true {
      let position = stream.position
      guard let sign = takeOperator([.add, .subtract]) else { return left }
      let right = try parseConcatenation()
      left = try TemplateExpression(.binary(sign, left, right), at: position, over: [left, right])
    }
  }

  private mutating func parseConcatenation() throws -> TemplateExpression {
    let position = stream.position
    var parts = [try parseProduct()]
    while stream.skipSymbol("~") { parts.append(try parseProduct()) }
    if parts.count == 1 { return parts[0] }
    return try TemplateExpression(.concatenation(parts), at: position, over: parts)
  }

  private mutating func parseProduct() throws -> TemplateExpression {
    var left = try parsePower()
    while true {
      let position = stream.position
      guard let sign = takeOperator([.multiply, .divide, .floorDivide, .modulo]) else {
        return left
      }
      let right = try parsePower()
      left = try TemplateExpression(.binary(sign, left, right), at: position, over: [left, right])
    }
  }

  /// Jinja's power groups from the left, unlike Python's.
  private mutating func parsePower() throws -> TemplateExpression {
    var left = try parseUnary(withFilters: true)
    while true {
      let position = stream.position
      guard takeOperator([.power]) != nil else { return left }
      let right = try parseUnary(withFilters: true)
      left = try TemplateExpression(
        .binary(.power, left, right), at: position, over: [left, right])
    }
  }

  private mutating func parseUnary(withFilters: Bool) throws -> TemplateExpression {
    try nested { parser in
      let position = parser.stream.position
      var result: TemplateExpression
      if parser.stream.skipSymbol("-") {
        let operand = try parser.parseUnary(withFilters: false)
        result = try TemplateExpression(.negative(operand), at: position, over: [operand])
      } else if parser.stream.skipSymbol("+") {
        let operand = try parser.parseUnary(withFilters: false)
        result = try TemplateExpression(.positive(operand), at: position, over: [operand])
      } else {
        result = try parser.parsePrimary()
      }
      result = try parser.parsePostfix(of: result)
      return withFilters ? try parser.parseFilters(on: result) : result
    }
  }

  mutating func parsePrimary() throws -> TemplateExpression {
    let position = stream.position
    let kind: TemplateExpression.Kind
    switch stream.current.kind {
    case .name("true"), .name("True"): kind = .literal(.bool(true))
    case .name("false"), .name("False"): kind = .literal(.bool(false))
    case .name("none"), .name("None"): kind = .literal(.none)
    case .name(let name): kind = .name(name)
    case .integer(let value): kind = .literal(.integer(value))
    case .float(let value): kind = .literal(.float(value))
    case .string(var text):
      while case .string(let more) = stream.next.kind {
        text += more
        stream.advance()
      }
      kind = .literal(.string(text))
    case .symbol("("): return try parseParentheses()
    case .symbol("["): return try parseList()
    case .symbol("{"): return try parseDictionary()
    default: throw position.failure("expected a value, found \(stream.current.words)")
    }
    stream.advance()
    return try TemplateExpression(kind, at: position)
  }

  private mutating func parseParentheses() throws -> TemplateExpression {
    let position = stream.position
    stream.advance()
    if stream.skipSymbol(")") { return try TemplateExpression(.tuple([]), at: position) }
    let result = try parseTuple()
    try stream.expectSymbol(")")
    return result
  }

  private mutating func parseList() throws -> TemplateExpression {
    let position = stream.position
    stream.advance()
    var elements: [TemplateExpression] = []
    while !stream.isSymbol("]") {
      elements.append(try parseExpression())
      if !stream.skipSymbol(",") { break }
    }
    try stream.expectSymbol("]")
    return try TemplateExpression(.list(elements), at: position, over: elements)
  }

  private mutating func parseDictionary() throws -> TemplateExpression {
    let position = stream.position
    stream.advance()
    var pairs: [TemplateExpression.Pair] = []
    while !stream.isSymbol("}") {
      let key = try parseExpression()
      try stream.expectSymbol(":")
      pairs.append(.init(key: key, value: try parseExpression()))
      if !stream.skipSymbol(",") { break }
    }
    try stream.expectSymbol("}")
    return try TemplateExpression(
      .dictionary(pairs), at: position, over: pairs.flatMap { [$0.key, $0.value] })
  }
}
