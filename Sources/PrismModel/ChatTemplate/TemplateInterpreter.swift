import Foundation

/// Runs a parsed template once. Values never change except namespaces, as in Hugging Face's
/// immutable sandbox.
struct TemplateInterpreter {
  enum Flow { case normal, breakLoop, continueLoop }

  struct MacroDefinition {
    let macro: TemplateStatement.Macro
    /// Scopes visible where the macro was defined.
    let scopeCount: Int
  }

  var budget = TemplateBudget()
  var scopes: [[String: TemplateValue]]
  var namespaces: [[String: TemplateValue]] = []
  var macros: [MacroDefinition] = []
  let date: Date
  private var output = Scalars()
  private var depth = 0

  init(context: [String: TemplateValue], date: Date) {
    scopes = [context]
    self.date = date
  }

  /// The rendered text. Throws `ModelError.template`.
  mutating func render(_ statements: [TemplateStatement]) throws -> String {
    do {
      _ = try execute(statements)
    } catch let failure as TemplateFailure {
      throw SourcePosition(line: 1, column: 1).failure(failure.reason)
    }
    return String(output)
  }

  /// Runs `body` one level deeper; deep templates and recursive macros end here.
  mutating func deeper<Result>(
    _ body: (inout TemplateInterpreter) throws -> Result
  ) throws -> Result {
    guard depth < TemplateBudget.evaluationDepthLimit else {
      throw TemplateFailure("the template recurses too deeply")
    }
    depth += 1
    defer { depth -= 1 }
    try budget.spend(25)
    return try body(&self)
  }

  private mutating func write(_ text: Scalars) throws {
    guard text.count <= TemplateBudget.outputLimit - output.count else {
      throw TemplateFailure("the rendered text is too long")
    }
    try budget.allocate(text.count)
    output += text
  }

  private mutating func execute(_ statements: [TemplateStatement]) throws -> Flow {
    try deeper { interpreter in
      for statement in statements {
        let flow = try interpreter.execute(statement)
        if flow != .normal { return flow }
      }
      return .normal
    }
  }

  private mutating func execute(_ statement: TemplateStatement) throws -> Flow {
    switch statement {
    case .text(let text): try write(text)
    case .output(let expression):
      let value = try evaluate(expression)
      try write(try display(value))
    case .condition(let branches, let otherwise):
      for branch in branches where try evaluate(branch.condition).isTrue {
        return try execute(branch.body)
      }
      return try execute(otherwise)
    case .loop(let loop): return try run(loop)
    case .assign(let binding):
      try assign(try evaluate(binding.value), to: binding.target, at: binding.value.position)
    case .capture(let target, let filters, let body, let position):
      let (value, flow) = try captured(filters, body)
      if flow != .normal { return flow }
      try assign(value, to: target, at: position)
    case .macro(let macro):
      try budget.allocate(1)
      macros.append(MacroDefinition(macro: macro, scopeCount: scopes.count))
      scopes[scopes.count - 1][macro.name] = .macro(macros.count - 1)
    case .scope(let bindings, let body):
      return try scoped { interpreter in
        for binding in bindings {
          let value = try interpreter.evaluate(binding.value)
          try interpreter.assign(value, to: binding.target, at: binding.value.position)
        }
        return try interpreter.execute(body)
      }
    case .filtered(let filters, let body):
      let (value, flow) = try captured(filters, body)
      try write(try display(value))
      return flow
    case .breakLoop: return .breakLoop
    case .continueLoop: return .continueLoop
    }
    return .normal
  }

  private mutating func scoped<Result>(
    _ body: (inout TemplateInterpreter) throws -> Result
  ) throws -> Result {
    try budget.spend(50)
    scopes.append([:])
    defer { scopes.removeLast() }
    return try body(&self)
  }

  /// What `body` writes, put through `filters`.
  private mutating func captured(
    _ filters: [TemplateExpression.Application], _ body: [TemplateStatement]
  ) throws -> (TemplateValue, Flow) {
    let outer = output
    output = []
    defer { output = outer }
    let flow = try scoped { try $0.execute(body) }
    var value = TemplateValue.string(output)
    for filter in filters { value = try apply(filter, to: value) }
    return (value, flow)
  }

  private mutating func run(_ loop: TemplateStatement.Loop) throws -> Flow {
    let position = loop.iterable.position
    let iterable = try evaluate(loop.iterable)
    var elements = try located(position) { try $0.elements(of: iterable) }
    if let filter = loop.filter {
      elements = try elements.filter { element in
        try scoped { interpreter in
          try interpreter.assign(element, to: loop.target, at: position)
          return try interpreter.evaluate(filter).isTrue
        }
      }
    }
    for (index, element) in elements.enumerated() {
      let flow = try scoped { interpreter in
        let state = TemplateLoop(elements: elements, index: index)
        interpreter.scopes[interpreter.scopes.count - 1]["loop"] = .loop(state)
        try interpreter.assign(element, to: loop.target, at: position)
        return try interpreter.execute(loop.body)
      }
      if flow == .breakLoop { break }
    }
    if elements.isEmpty { return try scoped { try $0.execute(loop.otherwise) } }
    return .normal
  }

  private mutating func assign(
    _ value: TemplateValue, to target: TemplateTarget, at position: SourcePosition
  ) throws {
    switch target {
    case .name(let name): scopes[scopes.count - 1][name] = value
    case .attribute(let name, let attribute):
      guard case .namespace(let index) = lookUp(name) else {
        throw position.failure(
          "'\(name)' is not a namespace, so '\(attribute)' cannot be set on it")
      }
      namespaces[index][attribute] = value
    case .tuple(let targets):
      let elements = try located(position) { try $0.elements(of: value) }
      guard elements.count == targets.count else {
        throw position.failure("cannot unpack \(elements.count) values into \(targets.count) names")
      }
      for (target, element) in zip(targets, elements) {
        try assign(element, to: target, at: position)
      }
    }
  }

  func lookUp(_ name: String) -> TemplateValue {
    for scope in scopes.reversed() {
      if let value = scope[name] { return value }
    }
    return TemplateFunction(rawValue: name).map { .function($0) } ?? .undefined(name)
  }

  /// Calls a macro; its text is the result.
  mutating func call(
    macro index: Int, with arguments: TemplateArguments
  ) throws -> TemplateValue {
    let definition = macros[index]
    let names = definition.macro.parameters.map(\.name)
    let bound = try arguments.bind(names, for: definition.macro.name)
    let hidden = scopes[min(definition.scopeCount, scopes.count)...]
    scopes.removeLast(hidden.count)
    let outer = output
    output = []
    defer {
      scopes += hidden
      output = outer
    }
    return try scoped { interpreter in
      for (place, parameter) in definition.macro.parameters.enumerated() {
        var value = bound[place]
        if value == nil, let fallback = parameter.fallback {
          value = try interpreter.evaluate(fallback)
        }
        let last = interpreter.scopes.count - 1
        interpreter.scopes[last][parameter.name] = value ?? .undefined(parameter.name)
      }
      _ = try interpreter.execute(definition.macro.body)
      return .string(interpreter.output)
    }
  }

  /// Runs `body`, giving failures without a place this one.
  mutating func located<Result>(
    _ position: SourcePosition, _ body: (inout TemplateInterpreter) throws -> Result
  ) throws -> Result {
    do {
      return try body(&self)
    } catch let failure as TemplateFailure {
      throw position.failure(failure.reason)
    }
  }
}
