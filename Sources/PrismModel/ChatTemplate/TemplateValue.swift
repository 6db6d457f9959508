/// A value while a template runs, with the semantics of the Python type it stands for.
package enum TemplateValue: Sendable {
  /// A missing variable, attribute or element; the name is for error messages.
  case undefined(String)
  case none
  case bool(Bool)
  case integer(Int)
  case float(Double)
  case string(Scalars)
  case list(TemplateSequence)
  case tuple(TemplateSequence)
  case dictionary(TemplateDictionary)
  /// Index into the interpreter's namespaces.
  case namespace(Int)
  case loop(TemplateLoop)
  /// Index into the interpreter's macros.
  case macro(Int)
  case function(TemplateFunction)
  case method(TemplateMethod)

  package static func text(_ text: String) -> TemplateValue { .string(text.scalars) }

  /// What Python calls the type, for error messages.
  var typeName: String {
    switch self {
    case .undefined: "undefined value"
    case .none: "None"
    case .bool: "bool"
    case .integer: "int"
    case .float: "float"
    case .string: "string"
    case .list: "list"
    case .tuple: "tuple"
    case .dictionary: "dict"
    case .namespace: "namespace"
    case .loop: "loop"
    case .macro: "macro"
    case .function, .method: "function"
    }
  }

  var isUndefined: Bool {
    if case .undefined = self { true } else { false }
  }

  /// Levels of lists and dictionaries, itself included.
  var depth: Int {
    switch self {
    case .list(let sequence), .tuple(let sequence): sequence.depth
    case .dictionary(let dictionary): dictionary.depth
    default: 0
    }
  }

  /// Upper bound of the work of walking over the value.
  var weight: Int {
    switch self {
    case .string(let text): 1 + text.count
    case .list(let sequence), .tuple(let sequence): sequence.weight
    case .dictionary(let dictionary): dictionary.weight
    default: 1
    }
  }

  var isTrue: Bool {
    switch self {
    case .undefined, .none: false
    case .bool(let value): value
    case .integer(let value): value != 0
    case .float(let value): value != 0
    case .string(let text): !text.isEmpty
    case .list(let sequence), .tuple(let sequence): !sequence.elements.isEmpty
    case .dictionary(let dictionary): !dictionary.keys.isEmpty
    case .namespace, .loop, .macro, .function, .method: true
    }
  }

  /// The number a bool or an integer is in Python.
  var integerValue: Int? {
    switch self {
    case .bool(let value): value ? 1 : 0
    case .integer(let value): value
    default: nil
    }
  }

  var floatValue: Double? {
    if case .float(let value) = self { return value }
    return integerValue.map(Double.init)
  }

  /// Whether Python accepts the value as a dictionary's key.
  var isHashable: Bool {
    switch self {
    case .none, .bool, .integer, .float, .string: true
    case .tuple(let sequence): sequence.elements.allSatisfy(\.isHashable)
    default: false
    }
  }
}

extension TemplateValue: Hashable {
  /// Python's `==`: bools and numbers compare by value, other types only with their own.
  package static func == (left: TemplateValue, right: TemplateValue) -> Bool {
    if let a = left.integerValue, let b = right.integerValue { return a == b }
    if let a = left.floatValue, let b = right.floatValue {
      if let exact = left.integerValue { return Int(exactly: b) == exact }
      if let exact = right.integerValue { return Int(exactly: a) == exact }
      return a == b
    }
    switch (left, right) {
    case (.undefined, .undefined), (.none, .none): return true
    case (.string(let a), .string(let b)): return a == b
    case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)):
      return a === b || a.elements == b.elements
    case (.dictionary(let a), .dictionary(let b)):
      return a === b
        || (a.keys.count == b.keys.count
          && a.keys.indices.allSatisfy { b[a.keys[$0]] == a.values[$0] })
    case (.namespace(let a), .namespace(let b)): return a == b
    case (.loop(let a), .loop(let b)): return a === b
    case (.macro(let a), .macro(let b)): return a == b
    case (.function(let a), .function(let b)): return a == b
    case (.method(let a), .method(let b)): return a === b
    default: return false
    }
  }

  package func hash(into hasher: inout Hasher) {
    if let value = integerValue {
      hasher.combine(value)
      return
    }
    switch self {
    case .float(let value):
      if let exact = Int(exactly: value) { hasher.combine(exact) } else { hasher.combine(value) }
    case .string(let text): hasher.combine(text)
    case .tuple(let sequence): hasher.combine(sequence.elements)
    default: hasher.combine(0)
    }
  }
}

/// The elements of a list or tuple. Templates cannot change one, as in Hugging Face's sandbox.
package final class TemplateSequence: Sendable {
  let elements: [TemplateValue]
  let depth: Int
  let weight: Int

  package init(_ elements: [TemplateValue]) {
    self.elements = elements
    depth = 1 + (elements.lazy.map(\.depth).max() ?? 0)
    weight = elements.reduce(1) { saturatingSum($0, $1.weight) }
  }
}

/// A dictionary in insertion order; a repeated key keeps its place and takes the later value.
package final class TemplateDictionary: Sendable {
  let keys: [TemplateValue]
  let values: [TemplateValue]
  private let places: [TemplateValue: Int]
  let depth: Int
  let weight: Int

  package init(_ pairs: [(TemplateValue, TemplateValue)]) {
    var keys: [TemplateValue] = []
    var values: [TemplateValue] = []
    var places: [TemplateValue: Int] = [:]
    for (key, value) in pairs {
      if let place = places[key] {
        values[place] = value
      } else {
        places[key] = keys.count
        keys.append(key)
        values.append(value)
      }
    }
    self.keys = keys
    self.values = values
    self.places = places
    depth = 1 + ((keys + values).lazy.map(\.depth).max() ?? 0)
    weight = (keys + values).reduce(1) { saturatingSum($0, $1.weight) }
  }

  subscript(key: TemplateValue) -> TemplateValue? {
    places[key].map { values[$0] }
  }

  var pairs: [(TemplateValue, TemplateValue)] { Array(zip(keys, values)) }
}

/// The special variable `loop` of one iteration.
package final class TemplateLoop: Sendable {
  let elements: [TemplateValue]
  let index: Int

  init(elements: [TemplateValue], index: Int) {
    self.elements = elements
    self.index = index
  }
}

/// Functions every template may call.
package enum TemplateFunction: String, CaseIterable, Sendable {
  case range, dict, namespace
  case raiseException = "raise_exception"
  case currentTime = "strftime_now"
}

/// A method together with the value it was taken from.
package final class TemplateMethod: Sendable {
  let receiver: TemplateValue
  let name: String

  init(receiver: TemplateValue, name: String) {
    self.receiver = receiver
    self.name = name
  }
}

private func saturatingSum(_ a: Int, _ b: Int) -> Int {
  let (sum, overflow) = a.addingReportingOverflow(b)
  return overflow ? .max : sum
}
