/// Cursor over a template's tokens, with the checks every parsing rule needs.
struct TemplateTokenStream {
  private let tokens: [TemplateToken]
  private var index = 0

  /// `tokens` ends with `.end`.
  init(_ tokens: [TemplateToken]) {
    self.tokens = tokens
  }

  var current: TemplateToken { tokens[index] }
  var position: SourcePosition { current.position }

  var next: TemplateToken { tokens[min(index + 1, tokens.count - 1)] }

  mutating func advance() {
    if index < tokens.count - 1 { index += 1 }
  }

  func isSymbol(_ symbol: String) -> Bool { current.kind == .symbol(symbol) }
  func isName(_ name: String) -> Bool { current.kind == .name(name) }

  mutating func skipSymbol(_ symbol: String) -> Bool {
    guard isSymbol(symbol) else { return false }
    advance()
    return true
  }

  mutating func skipName(_ name: String) -> Bool {
    guard isName(name) else { return false }
    advance()
    return true
  }

  mutating func expect(_ kind: TemplateToken.Kind) throws {
    guard current.kind == kind else {
      let wanted = TemplateToken(kind: kind, position: position).words
      throw position.failure("expected \(wanted), found \(current.words)")
    }
    advance()
  }

  mutating func expectSymbol(_ symbol: String) throws {
    try expect(.symbol(symbol))
  }

  /// A name that may be assigned to.
  mutating func expectName() throws -> String {
    guard case .name(let name) = current.kind else {
      throw position.failure("expected a name, found \(current.words)")
    }
    advance()
    return name
  }
}
