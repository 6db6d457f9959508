/// Methods of strings, dictionaries and sequences.
enum TemplateMethods {
  static let ofStrings: Set<String> = [
    "strip", "lstrip", "rstrip", "split", "rsplit", "splitlines", "startswith", "endswith", "upper",
    "lower", "title", "capitalize", "replace", "find", "rfind", "index", "count", "join",
    "removeprefix", "removesuffix", "isdigit", "isspace", "isalpha", "isalnum", "isupper",
    "islower",
  ]
  static let ofDictionaries: Set<String> = ["items", "keys", "values", "get", "copy"]
  static let ofSequences: Set<String> = ["index", "count", "copy"]
  static let changingDictionaries: Set<String> = [
    "update", "pop", "popitem", "clear", "setdefault",
  ]
  static let changingLists: Set<String> = [
    "append", "extend", "insert", "remove", "pop", "clear", "sort", "reverse",
  ]
}

extension TemplateInterpreter {
  mutating func call(
    _ function: TemplateValue, with arguments: TemplateArguments
  ) throws -> TemplateValue {
    switch function {
    case .macro(let index): return try call(macro: index, with: arguments)
    case .function(let function): return try call(function, with: arguments)
    case .method(let method):
      switch method.receiver {
      case .string(let text): return try call(method.name, on: text, arguments)
      case .dictionary(let dictionary): return try call(method.name, on: dictionary, arguments)
      case .list(let sequence), .tuple(let sequence):
        return try call(method.name, on: sequence, arguments)
      case .loop(let loop):
        let values = arguments.positional
        guard !values.isEmpty else { throw TemplateFailure("loop.cycle needs arguments") }
        return values[loop.index % values.count]
      default: throw TemplateFailure("a \(method.receiver.typeName) has no methods")
      }
    case .undefined(let name):
      throw TemplateFailure("'\(name)' is undefined and cannot be called")
    default: throw TemplateFailure("a \(function.typeName) cannot be called")
    }
  }

  private mutating func call(
    _ name: String, on dictionary: TemplateDictionary, _ arguments: TemplateArguments
  ) throws -> TemplateValue {
    if name == "get" {
      let bound = try arguments.bind(["key", "default"], for: name)
      guard let key = bound[0] else { throw TemplateFailure("get needs a key") }
      guard key.isHashable else { throw TemplateFailure("a \(key.typeName) cannot be a key") }
      try budget.spend(key.weight)
      return dictionary[key] ?? bound[1] ?? .none
    }
    _ = try arguments.bind([], for: name)
    switch name {
    case "keys": return .list(try sequence(dictionary.keys))
    case "values": return .list(try sequence(dictionary.values))
    case "items": return .list(try items(of: dictionary))
    default: return .dictionary(dictionary)
    }
  }

  /// The pairs of a dictionary as tuples.
  mutating func items(of dictionary: TemplateDictionary) throws -> TemplateSequence {
    let pairs = try dictionary.pairs.map { TemplateValue.tuple(try sequence([$0.0, $0.1])) }
    return try sequence(pairs)
  }

  private mutating func call(
    _ name: String, on sequence: TemplateSequence, _ arguments: TemplateArguments
  ) throws -> TemplateValue {
    if name == "copy" { return .list(sequence) }
    guard let value = try arguments.bind(["value"], for: name)[0] else {
      throw TemplateFailure("'\(name)' needs a value")
    }
    try budget.spend(sequence.weight)
    if name == "count" {
      return .integer(sequence.elements.count { $0 == value })
    }
    guard let index = sequence.elements.firstIndex(of: value) else {
      throw TemplateFailure("the value is not in the list")
    }
    return .integer(index)
  }

  private mutating func call(
    _ name: String, on text: Scalars, _ arguments: TemplateArguments
  ) throws -> TemplateValue {
    try budget.allocate(text.count)
    switch name {
    case "strip", "lstrip", "rstrip":
      let set = try arguments.bind(["chars"], for: name)[0].text("the characters of \(name)")
      return .string(
        TemplateSearch.trim(text, of: set, left: name != "rstrip", right: name != "lstrip"))
    case "split", "rsplit": return try split(text, name, arguments)
    case "startswith", "endswith": return try affix(text, name, arguments)
    case "removeprefix", "removesuffix":
      let affix = try required(arguments, name)
      if name == "removeprefix" {
        return .string(text.starts(with: affix) ? Array(text.dropFirst(affix.count)) : text)
      }
      let ends = text.reversed().starts(with: affix.reversed())
      return .string(ends ? Array(text.dropLast(affix.count)) : text)
    case "replace":
      let bound = try arguments.bind(["old", "new", "count"], for: name)
      guard let old = try bound[0].text("old"), let new = try bound[1].text("new") else {
        throw TemplateFailure("replace needs two strings")
      }
      let count = try bound[2].integer(or: -1, "count")
      return .string(
        try TemplateSearch.replace(old, with: new, in: text, count: count, budget: &budget))
    case "find", "rfind", "index", "count": return try search(text, name, arguments)
    case "join":
      guard let value = try arguments.bind(["iterable"], for: name)[0] else {
        throw TemplateFailure("join needs a list")
      }
      return try join(try elements(of: value), with: text)
    default:
      _ = try arguments.bind([], for: name)
      return try TemplateCase.apply(name, to: text, budget: &budget)
    }
  }

  private func required(_ arguments: TemplateArguments, _ name: String) throws -> Scalars {
    guard let text = try arguments.bind(["text"], for: name)[0].text("the argument of \(name)")
    else { throw TemplateFailure("'\(name)' needs a string") }
    return text
  }

  private mutating func split(
    _ text: Scalars, _ name: String, _ arguments: TemplateArguments
  ) throws -> TemplateValue {
    let bound = try arguments.bind(["sep", "maxsplit"], for: name)
    let separator = try bound[0].text("the separator of \(name)")
    let limit = try bound[1].integer(or: -1, "maxsplit")
    let isReversed = name == "rsplit" && limit >= 0
    let subject = isReversed ? text.reversed() : text
    var parts: [Scalars]
    if let separator {
      parts = try TemplateSearch.split(
        subject, by: isReversed ? separator.reversed() : separator, limit: limit, budget: &budget)
    } else {
      parts = TemplateSearch.words(subject, limit: limit)
    }
    if isReversed { parts = parts.reversed().map { $0.reversed() } }
    return .list(try sequence(parts.map { .string($0) }))
  }

  private mutating func affix(
    _ text: Scalars, _ name: String, _ arguments: TemplateArguments
  ) throws -> TemplateValue {
    guard let value = try arguments.bind(["text"], for: name)[0] else {
      throw TemplateFailure("'\(name)' needs a string")
    }
    var candidates = [value]
    if case .tuple(let sequence) = value { candidates = sequence.elements }
    for candidate in candidates {
      guard case .string(let affix) = candidate else {
        throw TemplateFailure("'\(name)' needs a string, not \(candidate.typeName)")
      }
      try budget.spend(affix.count)
      let matches =
        name == "startswith"
        ? text.starts(with: affix) : text.reversed().starts(with: affix.reversed())
      if matches { return .bool(true) }
    }
    return .bool(false)
  }

  private mutating func search(
    _ text: Scalars, _ name: String, _ arguments: TemplateArguments
  ) throws -> TemplateValue {
    let part = try required(arguments, name)
    if name == "count" {
      return .integer(try TemplateSearch.all(part, in: text, budget: &budget).count)
    }
    let found: Int?
    if name == "rfind" {
      found = try TemplateSearch.first(part.reversed(), in: text.reversed(), budget: &budget)
        .map { text.count - $0 - part.count }
    } else {
      found = try TemplateSearch.first(part, in: text, budget: &budget)
    }
    if found == nil && name == "index" { throw TemplateFailure("the substring is not in the text") }
    return .integer(found ?? -1)
  }

  /// The elements' texts with `separator` between them.
  mutating func join(_ elements: [TemplateValue], with separator: Scalars) throws -> TemplateValue {
    var result = Scalars()
    for (place, element) in elements.enumerated() {
      let text = try display(element)
      try budget.allocate(text.count + separator.count)
      if place > 0 { result += separator }
      result += text
    }
    return .string(result)
  }
}
