/// A value written in a template.
enum TemplateLiteral: Hashable, Sendable {
  case none
  case bool(Bool)
  case integer(Int)
  case float(Double)
  case string(Scalars)
}

enum TemplateOperator: String, Hashable, Sendable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case floorDivide = "//"
  case modulo = "%"
  case power = "**"
}

enum TemplateComparison: String, Hashable, Sendable {
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case contained = "in"
  case notContained = "not in"
}

/// An expression and where it begins.
struct TemplateExpression: Hashable, Sendable {
  struct Pair: Hashable, Sendable {
    var key: TemplateExpression
    var value: TemplateExpression
  }

  struct Link: Hashable, Sendable {
    var comparison: TemplateComparison
    var operand: TemplateExpression
  }

  struct Named: Hashable, Sendable {
    var name: String
    var value: TemplateExpression
  }

  struct Arguments: Hashable, Sendable {
    var positional: [TemplateExpression] = []
    var named: [Named] = []

    var all: [TemplateExpression] { positional + named.map(\.value) }
  }

  /// A filter or a test with its arguments.
  struct Application: Hashable, Sendable {
    var name: String
    var arguments: Arguments
    var position: SourcePosition
  }

  indirect enum Kind: Hashable, Sendable {
    case literal(TemplateLiteral)
    case name(String)
    case list([TemplateExpression])
    case tuple([TemplateExpression])
    case dictionary([Pair])
    case attribute(TemplateExpression, String)
    case item(TemplateExpression, TemplateExpression)
    case slice(
      TemplateExpression, from: TemplateExpression?, to: TemplateExpression?,
      step: TemplateExpression?)
    case call(TemplateExpression, Arguments)
    case filter(TemplateExpression, Application)
    case test(TemplateExpression, Application)
    case not(TemplateExpression)
    case negative(TemplateExpression)
    case positive(TemplateExpression)
    case binary(TemplateOperator, TemplateExpression, TemplateExpression)
    case concatenation([TemplateExpression])
    case comparison(TemplateExpression, [Link])
    case and(TemplateExpression, TemplateExpression)
    case or(TemplateExpression, TemplateExpression)
    case conditional(
      condition: TemplateExpression, then: TemplateExpression, otherwise: TemplateExpression?)
  }

  /// Deepest nesting accepted, so that neither evaluating nor releasing a tree can exhaust a
  /// thread's stack.
  static let depthLimit = 100

  let kind: Kind
  let position: SourcePosition
  let depth: Int

  /// `children` are the expressions inside `kind`. Throws when the tree gets too deep.
  init(
    _ kind: Kind, at position: SourcePosition, over children: [TemplateExpression] = []
  ) throws {
    self.kind = kind
    self.position = position
    depth = 1 + (children.lazy.map(\.depth).max() ?? 0)
    if depth > Self.depthLimit {
      throw position.failure("the expression is nested deeper than \(Self.depthLimit) levels")
    }
  }
}

/// What a `set` or a `for` writes to.
indirect enum TemplateTarget: Hashable, Sendable {
  case name(String)
  /// A namespace's attribute.
  case attribute(String, String)
  case tuple([TemplateTarget])
}

/// A statement of a template's body.
indirect enum TemplateStatement: Hashable, Sendable {
  struct Branch: Hashable, Sendable {
    var condition: TemplateExpression
    var body: [TemplateStatement]
  }

  struct Loop: Hashable, Sendable {
    var target: TemplateTarget
    var iterable: TemplateExpression
    var filter: TemplateExpression?
    var body: [TemplateStatement]
    var otherwise: [TemplateStatement]
  }

  struct Parameter: Hashable, Sendable {
    var name: String
    var fallback: TemplateExpression?
  }

  struct Macro: Hashable, Sendable {
    var name: String
    var parameters: [Parameter]
    var body: [TemplateStatement]
  }

  struct Binding: Hashable, Sendable {
    var target: TemplateTarget
    var value: TemplateExpression
  }

  case text(Scalars)
  case output(TemplateExpression)
  case condition([Branch], otherwise: [TemplateStatement])
  case loop(Loop)
  case assign(Binding)
  /// A block `set`: the body's text, filtered, becomes the value.
  case capture(
    TemplateTarget, [TemplateExpression.Application], [TemplateStatement], SourcePosition)
  case macro(Macro)
  /// A body with variables of its own: `generation` and `with`.
  case scope([Binding], [TemplateStatement])
  case filtered([TemplateExpression.Application], [TemplateStatement])
  case breakLoop
  case continueLoop
}
