/// Text as code points. Python's strings, and so Jinja's, are indexed and compared this way; Swift's
/// characters would merge `\r\n` and treat composed and decomposed letters as equal.
package typealias Scalars = [Unicode.Scalar]

extension String {
  package var scalars: Scalars { Array(unicodeScalars) }

  package init(_ scalars: some Sequence<Unicode.Scalar>) {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    self.init(view)
  }
}

/// Where something begins in a template, both counted from 1.
struct SourcePosition: Hashable, Sendable {
  var line: Int
  var column: Int

  func failure(_ reason: String) -> ModelError {
    .template(line: line, column: column, reason: reason)
  }
}

/// One lexical element of a template.
struct TemplateToken: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    /// Text outside tags, whitespace control already applied.
    case data(Scalars)
    case variableBegin
    case variableEnd
    case blockBegin
    case blockEnd
    case name(String)
    case string(Scalars)
    case integer(Int)
    case float(Double)
    /// An operator or a bracket.
    case symbol(String)
    case end
  }

  var kind: Kind
  var position: SourcePosition

  /// How an error message names the token.
  var words: String {
    switch kind {
    case .data: "text"
    case .variableBegin: "'{{'"
    case .variableEnd: "'}}'"
    case .blockBegin: "'{%'"
    case .blockEnd: "'%}'"
    case .name(let name): "'\(name)'"
    case .string: "a string"
    case .integer(let value): "\(value)"
    case .float(let value): "\(value)"
    case .symbol(let symbol): "'\(symbol)'"
    case .end: "the end of the template"
    }
  }
}

extension Unicode.Scalar {
  /// What Python's `str.isspace` accepts.
  var isTemplateSpace: Bool {
    switch value {
    case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F,
      0x205F, 0x3000:
      true
    default: false
    }
  }

  var isDigit: Bool { (0x30...0x39).contains(value) }
  var isNameStart: Bool { self == "_" || properties.isXIDStart }
  var isNamePart: Bool { self == "_" || properties.isXIDContinue }
}
