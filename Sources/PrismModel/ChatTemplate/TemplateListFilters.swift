/// Jinja's filters on lists, strings as lists of characters, and dictionaries.
extension TemplateInterpreter {
  mutating func listFilter(
    _ name: String, _ value: TemplateValue, _ arguments: TemplateArguments
  ) throws -> TemplateValue {
    switch name {
    case "length", "count":
      _ = try arguments.bind([], for: name)
      return .integer(try length(of: value))
    case "list": return .list(try sequence(try elements(of: value)))
    case "first": return try elements(of: value).first ?? .undefined("first of an empty list")
    case "last": return try elements(of: value).last ?? .undefined("last of an empty list")
    case "reverse":
      let reversed: [TemplateValue] = try elements(of: value).reversed()
      guard case .string(let text) = value else { return .list(try sequence(reversed)) }
      return .string(text.reversed())
    case "items":
      if value.isUndefined { return .list(try sequence([])) }
      guard case .dictionary(let dictionary) = value else {
        throw TemplateFailure("the filter 'items' needs a dict, not \(value.typeName)")
      }
      return .list(try items(of: dictionary))
    case "join":
      let bound = try arguments.bind(["d", "attribute"], for: name)
      let separator = try bound[0].map { try display($0) } ?? []
      return try join(try keyed(try elements(of: value), by: bound[1]), with: separator)
    case "map": return .list(try sequence(try map(try elements(of: value), arguments)))
    case "select", "reject", "selectattr", "rejectattr":
      return .list(try sequence(try select(name, try elements(of: value), arguments)))
    case "sort", "dictsort", "unique", "min", "max", "sum":
      return try orderFilter(name, value, arguments)
    default: throw TemplateFailure("there is no filter '\(name)'")
    }
  }

  private func length(of value: TemplateValue) throws -> Int {
    switch value {
    case .string(let text): return text.count
    case .list(let sequence), .tuple(let sequence): return sequence.elements.count
    case .dictionary(let dictionary): return dictionary.keys.count
    case .undefined: return 0
    case .loop(let loop): return loop.elements.count
    default: throw TemplateFailure("a \(value.typeName) has no length")
    }
  }

  /// Follows a path such as `function.name` or `0`.
  mutating func follow(_ path: TemplateValue, from value: TemplateValue) throws -> TemplateValue {
    guard case .string(let text) = path else { return try item(path, of: value) }
    var result = value
    for part in text.split(separator: ".", omittingEmptySubsequences: false) {
      try budget.spend(part.count)
      if let index = Int(String(part)) {
        result = try item(.integer(index), of: result)
      } else {
        result = try item(.string(Array(part)), of: result)
      }
    }
    return result
  }

  private mutating func keyed(
    _ elements: [TemplateValue], by path: TemplateValue?
  ) throws -> [TemplateValue] {
    guard let path, path != .none else { return elements }
    return try elements.map { try follow(path, from: $0) }
  }

  private mutating func map(
    _ elements: [TemplateValue], _ arguments: TemplateArguments
  ) throws -> [TemplateValue] {
    guard let filter = arguments.positional.first else {
      let bound = try arguments.bind(["attribute", "default"], for: "map")
      guard let path = bound[0] else { throw TemplateFailure("map needs a filter or an attribute") }
      return try elements.map {
        let found = try follow(path, from: $0)
        return found.isUndefined ? bound[1] ?? found : found
      }
    }
    let name = String(try display(filter))
    let rest = TemplateArguments(
      positional: Array(arguments.positional.dropFirst()), named: arguments.named)
    return try elements.map { element in
      try deeper { try $0.applyFilter(name, to: element, rest) }
    }
  }

  private mutating func select(
    _ name: String, _ elements: [TemplateValue], _ arguments: TemplateArguments
  ) throws -> [TemplateValue] {
    var rest = arguments
    var path: TemplateValue?
    if name.hasSuffix("attr") {
      guard let first = rest.positional.first else {
        throw TemplateFailure("the filter '\(name)' needs an attribute")
      }
      path = first
      rest.positional.removeFirst()
    }
    var test: String?
    if let first = rest.positional.first {
      test = String(try display(first))
      rest.positional.removeFirst()
    }
    let keeps = name.hasPrefix("select")
    return try elements.filter { element in
      try budget.spend(10)
      let subject = try path.map { try follow($0, from: element) } ?? element
      let holds = try test.map { try check($0, on: subject, rest) } ?? subject.isTrue
      return holds == keeps
    }
  }

  private mutating func orderFilter(
    _ name: String, _ value: TemplateValue, _ arguments: TemplateArguments
  ) throws -> TemplateValue {
    switch name {
    case "sort":
      let bound = try arguments.bind(["reverse", "case_sensitive", "attribute"], for: name)
      return .list(
        try sequence(
          try sorted(
            try elements(of: value), by: bound[2], ignoringCase: !bound[1].flag(or: false),
            reversed: bound[0].flag(or: false))))
    case "dictsort":
      let bound = try arguments.bind(["case_sensitive", "by", "reverse"], for: name)
      guard case .dictionary(let dictionary) = value else {
        throw TemplateFailure("the filter 'dictsort' needs a dict, not \(value.typeName)")
      }
      let by = String(try bound[1].text("by") ?? "key".scalars)
      guard by == "key" || by == "value" else {
        throw TemplateFailure("dictsort sorts by key or value")
      }
      return .list(
        try sequence(
          try sorted(
            try items(of: dictionary).elements, by: .integer(by == "key" ? 0 : 1),
            ignoringCase: !bound[0].flag(or: false), reversed: bound[2].flag(or: false))))
    case "unique":
      let bound = try arguments.bind(["case_sensitive", "attribute"], for: name)
      return .list(
        try sequence(
          try unique(
            try elements(of: value), by: bound[1], ignoringCase: !bound[0].flag(or: false))))
    case "sum":
      let bound = try arguments.bind(["attribute", "start"], for: name)
      return try keyed(try elements(of: value), by: bound[0]).reduce(bound[1] ?? .integer(0)) {
        try TemplateArithmetic.apply(.add, $0, $1, budget: &budget)
      }
    default:
      let bound = try arguments.bind(["case_sensitive", "attribute"], for: name)
      let ordered = try sorted(
        try elements(of: value), by: bound[1], ignoringCase: !bound[0].flag(or: false),
        reversed: name == "max")
      return ordered.first ?? .undefined("\(name) of an empty list")
    }
  }

  private mutating func sorted(
    _ elements: [TemplateValue], by path: TemplateValue?, ignoringCase: Bool, reversed: Bool
  ) throws -> [TemplateValue] {
    let keys = try keyed(elements, by: path).map { try folded($0, ignoringCase) }
    return try elements.indices.sorted {
      try budget.spend(10)
      let order = try TemplateArithmetic.order(keys[$0], keys[$1], budget: &budget)
      return order == 0 ? $0 < $1 : (order < 0) != reversed
    }.map { elements[$0] }
  }

  private mutating func unique(
    _ elements: [TemplateValue], by path: TemplateValue?, ignoringCase: Bool
  ) throws -> [TemplateValue] {
    var seen: Set<TemplateValue> = []
    let keys = try keyed(elements, by: path)
    return try elements.indices.filter { place in
      let key = try folded(keys[place], ignoringCase)
      guard key.isHashable else { throw TemplateFailure("unique needs simple values") }
      try budget.spend(key.weight)
      return seen.insert(key).inserted
    }.map { elements[$0] }
  }

  private mutating func folded(
    _ value: TemplateValue, _ ignoringCase: Bool
  ) throws -> TemplateValue {
    guard ignoringCase, case .string(let text) = value else { return value }
    try budget.allocate(text.count)
    return .string(TemplateCase.lower(text))
  }
}
