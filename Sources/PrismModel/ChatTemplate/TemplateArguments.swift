/// Evaluated arguments of a call, filter or test.
struct TemplateArguments {
  var positional: [TemplateValue] = []
  var named: [(String, TemplateValue)] = []

  /// The arguments in the order of `names`, absent ones nil. Throws on unknown, repeated and
  /// superfluous ones.
  func bind(_ names: [String], for function: String) throws -> [TemplateValue?] {
    guard positional.count <= names.count else {
      throw TemplateFailure(
        "'\(function)' takes at most \(names.count) arguments, not \(positional.count)")
    }
    var bound: [TemplateValue?] = positional
    bound += [TemplateValue?](repeating: nil, count: names.count - positional.count)
    for (name, value) in named {
      guard let place = names.firstIndex(of: name) else {
        throw TemplateFailure("'\(function)' has no argument '\(name)'")
      }
      guard bound[place] == nil else {
        throw TemplateFailure("'\(function)' gets '\(name)' twice")
      }
      bound[place] = value
    }
    return bound
  }
}

extension TemplateValue? {
  /// The integer, or `fallback` when absent.
  func integer(or fallback: Int, _ what: String) throws -> Int {
    guard let self else { return fallback }
    guard let value = self.integerValue else {
      throw TemplateFailure("\(what) must be an integer, not \(self.typeName)")
    }
    return value
  }

  /// The string, or nil when absent or None.
  func text(_ what: String) throws -> Scalars? {
    switch self {
    case nil, .some(.none): return nil
    case .some(.string(let text)): return text
    case .some(let value):
      throw TemplateFailure("\(what) must be a string, not \(value.typeName)")
    }
  }

  func flag(or fallback: Bool) -> Bool { self?.isTrue ?? fallback }
}
