/// Parses tokens into statements. Its expression rules are in `TemplateExpressionParser.swift` and
/// `TemplatePostfixParser.swift`.
struct TemplateParser {
  /// Statements and expressions nested deeper than this are refused, so that no template can
  /// exhaust a thread's stack.
  private static let depthLimit = 100

  var stream: TemplateTokenStream
  private var depth = 0
  private var loopDepth = 0

  /// Throws `ModelError.template` with the place of the first thing that does not parse.
  static func statements(of source: String) throws -> [TemplateStatement] {
    var parser = TemplateParser(stream: .init(try TemplateLexer.tokens(of: source)))
    return try parser.parseBody(until: []).statements
  }

  private init(stream: TemplateTokenStream) {
    self.stream = stream
  }

  mutating func nested<Result>(
    _ body: (inout TemplateParser) throws -> Result
  ) throws -> Result {
    guard depth < Self.depthLimit else {
      throw stream.position.failure("the template is nested deeper than \(Self.depthLimit) levels")
    }
    depth += 1
    defer { depth -= 1 }
    return try body(&self)
  }

  /// Statements up to a block whose name is in `ends`; that name is consumed, its tag's end is not.
  /// Without `ends`, up to the template's end.
  private mutating func parseBody(
    until ends: [String]
  ) throws -> (statements: [TemplateStatement], end: String) {
    try nested { parser in
      let opened = parser.stream.position
      var statements: [TemplateStatement] = []
      while true {
        switch parser.stream.current.kind {
        case .data(let text):
          statements.append(.text(text))
          parser.stream.advance()
        case .variableBegin:
          parser.stream.advance()
          statements.append(.output(try parser.parseTuple()))
          try parser.stream.expect(.variableEnd)
        case .blockBegin:
          parser.stream.advance()
          if case .name(let name) = parser.stream.current.kind, ends.contains(name) {
            parser.stream.advance()
            return (statements, name)
          }
          statements.append(try parser.parseStatement())
        default:
          guard ends.isEmpty else {
            let wanted = ends.map { "'{% \($0) %}'" }.joined(separator: " or ")
            throw opened.failure("the block that ends here is never closed with \(wanted)")
          }
          return (statements, "")
        }
      }
    }
  }

  private mutating func parseStatement() throws -> TemplateStatement {
    let position = stream.position
    let name = try stream.expectName()
    switch name {
    case "if": return try parseCondition()
    case "for": return try parseLoop()
    case "set": return try parseSet(at: position)
    case "macro": return try parseMacro()
    case "generation":
      try stream.expect(.blockEnd)
      return .scope([], try parseClosed(by: "endgeneration"))
    case "with": return try parseWith()
    case "filter":
      let filters = try parseFilterChain(at: position)
      try stream.expect(.blockEnd)
      return .filtered(filters, try parseClosed(by: "endfilter"))
    case "break", "continue":
      guard loopDepth > 0 else { throw position.failure("'\(name)' outside a loop") }
      try stream.expect(.blockEnd)
      return name == "break" ? .breakLoop : .continueLoop
    default:
      throw position.failure(
        "'\(name)' is not a statement of chat templates, or stands in the wrong place")
    }
  }

  private mutating func parseClosed(by end: String) throws -> [TemplateStatement] {
    let body = try parseBody(until: [end]).statements
    try stream.expect(.blockEnd)
    return body
  }

  private mutating func parseCondition() throws -> TemplateStatement {
    var branches: [TemplateStatement.Branch] = []
    while true {
      let condition = try parseTuple()
      try stream.expect(.blockEnd)
      let (body, end) = try parseBody(until: ["elif", "else", "endif"])
      branches.append(.init(condition: condition, body: body))
      if end == "elif" { continue }
      try stream.expect(.blockEnd)
      return .condition(branches, otherwise: end == "else" ? try parseClosed(by: "endif") : [])
    }
  }

  private mutating func parseLoop() throws -> TemplateStatement {
    let target = try parseTargets(allowsAttribute: false)
    guard stream.skipName("in") else {
      throw stream.position.failure("expected 'in', found \(stream.current.words)")
    }
    let iterable = try parseLoopIterable()
    var filter: TemplateExpression?
    if stream.skipName("if") { filter = try parseExpression() }
    if stream.isName("recursive") {
      throw stream.position.failure("recursive loops are not supported")
    }
    try stream.expect(.blockEnd)
    loopDepth += 1
    let (body, end) = try parseBody(until: ["else", "endfor"])
    loopDepth -= 1
    try stream.expect(.blockEnd)
    let otherwise = end == "else" ? try parseClosed(by: "endfor") : []
    return .loop(
      .init(target: target, iterable: iterable, filter: filter, body: body, otherwise: otherwise))
  }

  /// One target, or several separated by commas.
  private mutating func parseTargets(allowsAttribute: Bool) throws -> TemplateTarget {
    var targets = [try parseTarget(allowsAttribute: allowsAttribute)]
    guard stream.isSymbol(",") else { return targets[0] }
    while stream.skipSymbol(",") {
      if stream.isName("in") || stream.isSymbol("=") || stream.isSymbol(")") { break }
      targets.append(try parseTarget(allowsAttribute: allowsAttribute))
    }
    return .tuple(targets)
  }

  private mutating func parseTarget(allowsAttribute: Bool) throws -> TemplateTarget {
    if stream.skipSymbol("(") {
      return try nested { parser in
        let target = try parser.parseTargets(allowsAttribute: allowsAttribute)
        try parser.stream.expectSymbol(")")
        return target
      }
    }
    let position = stream.position
    let name = try stream.expectName()
    if allowsAttribute && stream.skipSymbol(".") {
      return .attribute(name, try stream.expectName())
    }
    let reserved = [
      "true", "True", "false", "False", "none", "None", "and", "or", "not", "in", "is", "if",
      "else",
    ]
    guard !reserved.contains(name) else {
      throw position.failure("'\(name)' cannot be assigned to")
    }
    return .name(name)
  }

  private mutating func parseSet(at position: SourcePosition) throws -> TemplateStatement {
    let target = try parseTargets(allowsAttribute: true)
    if stream.skipSymbol("=") {
      let value = try parseTuple()
      try stream.expect(.blockEnd)
      return .assign(.init(target: target, value: value))
    }
    let filters = stream.skipSymbol("|") ? try parseFilterChain(at: position) : []
    try stream.expect(.blockEnd)
    return .capture(target, filters, try parseClosed(by: "endset"), position)
  }

  private mutating func parseFilterChain(
    at position: SourcePosition
  ) throws -> [TemplateExpression.Application] {
    var filters = [try parseApplication(at: position)]
    while stream.skipSymbol("|") { filters.append(try parseApplication(at: position)) }
    return filters
  }

  private mutating func parseWith() throws -> TemplateStatement {
    var bindings: [TemplateStatement.Binding] = []
    while stream.current.kind != .blockEnd {
      let target = try parseTarget(allowsAttribute: false)
      try stream.expectSymbol("=")
      bindings.append(.init(target: target, value: try parseExpression()))
      if !stream.skipSymbol(",") { break }
    }
    try stream.expect(.blockEnd)
    return .scope(bindings, try parseClosed(by: "endwith"))
  }

  private mutating func parseMacro() throws -> TemplateStatement {
    let name = try stream.expectName()
    try stream.expectSymbol("(")
    var parameters: [TemplateStatement.Parameter] = []
    while !stream.isSymbol(")") {
      let parameter = try stream.expectName()
      let fallback = stream.skipSymbol("=") ? try parseExpression() : nil
      if fallback == nil, parameters.last?.fallback != nil {
        throw stream.position.failure("a parameter without default follows one with a default")
      }
      parameters.append(.init(name: parameter, fallback: fallback))
      if !stream.skipSymbol(",") { break }
    }
    try stream.expectSymbol(")")
    try stream.expect(.blockEnd)
    let outerLoopDepth = loopDepth
    loopDepth = 0
    let body = try parseClosed(by: "endmacro")
    loopDepth = outerLoopDepth
    return .macro(.init(name: name, parameters: parameters, body: body))
  }
}
