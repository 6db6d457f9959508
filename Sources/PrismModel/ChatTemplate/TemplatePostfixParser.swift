/// Parses what follows a value: attributes, subscripts, calls, filters and tests.
extension TemplateParser {
  mutating func parsePostfix(of value: TemplateExpression) throws -> TemplateExpression {
    var result = value
    while true {
      let position = stream.position
      if stream.skipSymbol(".") {
        result = try parseAttribute(of: result, at: position)
      } else if stream.skipSymbol("[") {
        result = try parseSubscript(of: result, at: position)
      } else if stream.isSymbol("(") {
        result = try parseCall(of: result, at: position)
      } else {
        return result
      }
    }
  }

  private mutating func parseCall(
    of callee: TemplateExpression, at position: SourcePosition
  ) throws -> TemplateExpression {
    let arguments = try parseArguments()
    return try TemplateExpression(
      .call(callee, arguments), at: position, over: [callee] + arguments.all)
  }

  private mutating func parseAttribute(
    of value: TemplateExpression, at position: SourcePosition
  ) throws -> TemplateExpression {
    if case .integer(let number) = stream.current.kind {
      let key = try TemplateExpression(.literal(.integer(number)), at: stream.position)
      stream.advance()
      return try TemplateExpression(.item(value, key), at: position, over: [value])
    }
    let name = try stream.expectName()
    return try TemplateExpression(.attribute(value, name), at: position, over: [value])
  }

  private mutating func parseSubscript(
    of value: TemplateExpression, at position: SourcePosition
  ) throws -> TemplateExpression {
    var parts: [TemplateExpression?] = [nil]
    if !stream.isSymbol(":") { parts[0] = try parseExpression() }
    while stream.skipSymbol(":") {
      let isEmpty = stream.isSymbol(":") || stream.isSymbol("]")
      parts.append(isEmpty ? nil : try parseExpression())
    }
    guard parts.count <= 3 else { throw position.failure("a slice has at most three parts") }
    try stream.expectSymbol("]")
    let children = [value] + parts.compactMap { $0 }
    if parts.count == 1, let key = parts[0] {
      return try TemplateExpression(.item(value, key), at: position, over: children)
    }
    return try TemplateExpression(
      .slice(value, from: parts[0], to: parts[1], step: parts.count == 3 ? parts[2] : nil),
      at: position, over: children)
  }

  /// Arguments in parentheses; unpacking with `*` and `**` is not supported.
  mutating func parseArguments() throws -> TemplateExpression.Arguments {
    try stream.expectSymbol("(")
    var arguments = TemplateExpression.Arguments()
    while !stream.isSymbol(")") {
      if stream.isSymbol("*") || stream.isSymbol("**") {
        throw stream.position.failure("unpacking arguments with * is not supported")
      }
      if case .name(let name) = stream.current.kind, stream.next.kind == .symbol("=") {
        stream.advance()
        stream.advance()
        arguments.named.append(.init(name: name, value: try parseExpression()))
      } else {
        guard arguments.named.isEmpty else {
          throw stream.position.failure("a positional argument follows a named one")
        }
        arguments.positional.append(try parseExpression())
      }
      if !stream.skipSymbol(",") { break }
    }
    try stream.expectSymbol(")")
    return arguments
  }

  mutating func parseFilters(on value: TemplateExpression) throws -> TemplateExpression {
    var result = value
    while true {
      let position = stream.position
      if stream.skipSymbol("|") {
        let filter = try parseApplication(at: position)
        result = try TemplateExpression(
          .filter(result, filter), at: position, over: [result] + filter.arguments.all)
      } else if stream.skipName("is") {
        result = try parseTest(of: result, at: position)
      } else if stream.isSymbol("(") {
        result = try parseCall(of: result, at: position)
      } else {
        return result
      }
    }
  }

  /// `name` or `name(arguments)`, as behind a pipe.
  mutating func parseApplication(
    at position: SourcePosition
  ) throws -> TemplateExpression.Application {
    let name = try stream.expectName()
    let arguments = stream.isSymbol("(") ? try parseArguments() : .init()
    return .init(name: name, arguments: arguments, position: position)
  }

  private mutating func parseTest(
    of value: TemplateExpression, at position: SourcePosition
  ) throws -> TemplateExpression {
    let isNegated = stream.skipName("not")
    var test = TemplateExpression.Application(
      name: try stream.expectName(), arguments: .init(), position: position)
    if stream.isSymbol("(") {
      test.arguments = try parseArguments()
    } else if beginsTestArgument {
      if stream.isName("is") {
        throw stream.position.failure("tests cannot be chained with 'is'")
      }
      test.arguments.positional = [try parsePostfix(of: parsePrimary())]
    }
    let result = try TemplateExpression(
      .test(value, test), at: position, over: [value] + test.arguments.all)
    return isNegated ? try TemplateExpression(.not(result), at: position, over: [result]) : result
  }

  private var beginsTestArgument: Bool {
    switch stream.current.kind {
    case .name("else"), .name("or"), .name("and"): false
    case .name, .string, .integer, .float, .symbol("["), .symbol("{"): true
    default: false
    }
  }
}
