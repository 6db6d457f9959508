/// Cuts a template into tokens under the settings Hugging Face renders with: `trim_blocks` and
/// `lstrip_blocks` on, `keep_trailing_newline` off.
struct TemplateLexer {
  private let source: Scalars
  private let lineStarts: [Int]
  private var index = 0
  private var tokens: [TemplateToken] = []

  /// Throws `ModelError.template` on anything that is not a token or not closed.
  static func tokens(of text: String) throws -> [TemplateToken] {
    var lexer = TemplateLexer(text)
    try lexer.run()
    return lexer.tokens
  }

  private init(_ text: String) {
    var source = Scalars()
    var starts = [0]
    var afterReturn = false
    for scalar in text.unicodeScalars {
      if scalar == "\n" && afterReturn {
        afterReturn = false
        continue
      }
      afterReturn = scalar == "\r"
      source.append(afterReturn ? "\n" : scalar)
      if source.last == "\n" { starts.append(source.count) }
    }
    if source.last == "\n" { source.removeLast() }
    self.source = source
    self.lineStarts = starts
  }

  private func position(_ offset: Int) -> SourcePosition {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return SourcePosition(line: low + 1, column: offset - lineStarts[low] + 1)
  }

  private func scalar(at offset: Int) -> Unicode.Scalar? {
    offset < source.count ? source[offset] : nil
  }

  private func has(_ text: StaticString, at offset: Int) -> Bool {
    text.withUTF8Buffer { bytes in
      guard offset >= 0, bytes.count <= source.count - offset else { return false }
      return bytes.indices.allSatisfy { source[offset + $0].value == UInt32(bytes[$0]) }
    }
  }

  private mutating func emit(_ kind: TemplateToken.Kind, at offset: Int) {
    tokens.append(TemplateToken(kind: kind, position: position(offset)))
  }

  private mutating func run() throws {
    while index < source.count {
      let start = index
      guard let open = nextOpening(from: start) else {
        emit(.data(Array(source[start...])), at: start)
        break
      }
      let kind = source[open + 1]
      var inner = open + 2
      var sign: Unicode.Scalar?
      if let next = scalar(at: inner), next == "-" || next == "+" {
        sign = next
        inner += 1
      }
      emitText(start..<open, sign: sign, strippingLine: kind != "{")
      index = inner
      switch kind {
      case "#": try skipComment(openedAt: open)
      case "%" where skipRawBegin(): try readRaw(openedAt: open)
      case "%":
        emit(.blockBegin, at: open)
        try readTag(isBlock: true)
      default:
        emit(.variableBegin, at: open)
        try readTag(isBlock: false)
      }
    }
    emit(.end, at: source.count)
  }

  private func nextOpening(from start: Int) -> Int? {
    var offset = start
    while offset + 1 < source.count {
      if source[offset] == "{" {
        let next = source[offset + 1]
        if next == "%" || next == "{" || next == "#" { return offset }
      }
      offset += 1
    }
    return nil
  }

  /// Emits text before a tag. A minus sign strips all whitespace before the tag; without a sign a
  /// block or comment that stands alone on its line loses its indentation.
  private mutating func emitText(
    _ range: Range<Int>, sign: Unicode.Scalar?, strippingLine: Bool
  ) {
    var end = range.upperBound
    if sign == "-" {
      while end > range.lowerBound, source[end - 1].isTemplateSpace { end -= 1 }
    } else if sign == nil && strippingLine {
      var lineStart = end
      while lineStart > range.lowerBound, source[lineStart - 1] != "\n" { lineStart -= 1 }
      let begins =
        lineStart > range.lowerBound || range.lowerBound == 0
        || source[range.lowerBound - 1] == "\n"
      if begins && source[lineStart..<end].allSatisfy(\.isTemplateSpace) { end = lineStart }
    }
    if end > range.lowerBound {
      emit(.data(Array(source[range.lowerBound..<end])), at: range.lowerBound)
    }
  }

  private mutating func skipSpace() {
    while let next = scalar(at: index), next.isTemplateSpace { index += 1 }
  }

  private mutating func skipNewline() {
    if scalar(at: index) == "\n" { index += 1 }
  }

  private mutating func skipComment(openedAt open: Int) throws {
    let start = index
    while index < source.count {
      if has("#}", at: index) {
        let sign = index > start ? source[index - 1] : nil
        index += 2
        if sign == "-" { skipSpace() } else if sign != "+" { skipNewline() }
        return
      }
      index += 1
    }
    throw position(open).failure("this comment is never closed with '#}'")
  }

  /// Consumes `raw %}` after a block opening, or nothing.
  private mutating func skipRawBegin() -> Bool {
    let start = index
    skipSpace()
    if has("raw", at: index) {
      index += 3
      skipSpace()
      if has("-%}", at: index) {
        index += 3
        skipSpace()
        return true
      }
      if has("%}", at: index) {
        index += 2
        return true
      }
    }
    index = start
    return false
  }

  private mutating func readRaw(openedAt open: Int) throws {
    let start = index
    var end = index
    while end < source.count {
      if has("{%", at: end) {
        index = end + 2
        var sign: Unicode.Scalar?
        if let next = scalar(at: index), next == "-" || next == "+" {
          sign = next
          index += 1
        }
        skipSpace()
        if has("endraw", at: index) {
          index += 6
          skipSpace()
          if skipBlockEnd() {
            emitText(start..<end, sign: sign, strippingLine: true)
            return
          }
        }
      }
      end += 1
    }
    throw position(open).failure("this raw block is never closed with '{% endraw %}'")
  }

  private mutating func skipBlockEnd() -> Bool {
    if has("-%}", at: index) {
      index += 3
      skipSpace()
    } else if has("+%}", at: index) {
      index += 3
    } else if has("%}", at: index) {
      index += 2
      skipNewline()
    } else {
      return false
    }
    return true
  }

  private mutating func skipVariableEnd() -> Bool {
    if has("-}}", at: index) {
      index += 3
      skipSpace()
    } else if has("}}", at: index) {
      index += 2
    } else {
      return false
    }
    return true
  }

  /// Tokens up to and with the closing delimiter. Inside brackets a delimiter is not an end, so that
  /// `{{ {'a': {}}}}` reads as in Jinja.
  private mutating func readTag(isBlock: Bool) throws {
    var closers: [Unicode.Scalar] = []
    while index < source.count {
      let start = index
      if closers.isEmpty && (isBlock ? skipBlockEnd() : skipVariableEnd()) {
        emit(isBlock ? .blockEnd : .variableEnd, at: start)
        return
      }
      let next = source[index]
      if next.isTemplateSpace {
        index += 1
      } else if next.isDigit {
        let number = try TemplateLiteralReader.number(
          in: source, at: &index, position: position(start))
        emit(number, at: start)
      } else if next.isNameStart {
        while let part = scalar(at: index), part.isNamePart { index += 1 }
        emit(.name(String(source[start..<index])), at: start)
      } else if next == "'" || next == "\"" {
        let text = try TemplateLiteralReader.string(
          in: source, at: &index, position: position(start))
        emit(.string(text), at: start)
      } else {
        try readSymbol(closers: &closers)
      }
    }
  }

  private mutating func readSymbol(closers: inout [Unicode.Scalar]) throws {
    let start = index
    for symbol: StaticString in ["//", "**", "==", "!=", ">=", "<="] where has(symbol, at: start) {
      index += 2
      emit(.symbol("\(symbol)"), at: start)
      return
    }
    let next = source[index]
    switch next {
    case "(": closers.append(")")
    case "[": closers.append("]")
    case "{": closers.append("}")
    case ")", "]", "}":
      guard closers.popLast() == next else {
        throw position(start).failure("'\(next)' closes nothing")
      }
    case "+", "-", "*", "/", "%", "~", ">", "<", "=", ".", ":", "|", ",", ";": break
    default: throw position(start).failure("unexpected character '\(next)'")
    }
    index += 1
    emit(.symbol(String(next)), at: start)
  }
}
