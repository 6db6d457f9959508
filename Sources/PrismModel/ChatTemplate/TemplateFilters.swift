/// Jinja's filters on single values; those on lists are in `TemplateListFilters.swift`.
extension TemplateInterpreter {
  mutating func applyFilter(
    _ name: String, to value: TemplateValue, _ arguments: TemplateArguments
  ) throws -> TemplateValue {
    switch name {
    case "upper", "lower", "capitalize", "title", "string", "safe", "escape", "e":
      _ = try arguments.bind([], for: name)
      return try caseFilter(name, try display(value))
    case "trim":
      let set = try arguments.bind(["chars"], for: name)[0].text("the characters of trim")
      let text = try display(value)
      try budget.allocate(text.count)
      return .string(TemplateSearch.trim(text, of: set))
    case "default", "d":
      let bound = try arguments.bind(["default_value", "boolean"], for: name)
      let isAbsent = value.isUndefined || (bound[1].flag(or: false) && !value.isTrue)
      return isAbsent ? bound[0] ?? .string([]) : value
    case "tojson": return try json(value, arguments)
    case "replace":
      let bound = try arguments.bind(["old", "new", "count"], for: name)
      guard let old = bound[0], let new = bound[1] else {
        throw TemplateFailure("the filter 'replace' needs two strings")
      }
      let count = try bound[2].integer(or: -1, "count")
      return .string(
        try TemplateSearch.replace(
          try display(old), with: try display(new), in: try display(value), count: count,
          budget: &budget))
    case "indent": return try indent(value, arguments)
    case "int", "float", "abs", "round": return try numberFilter(name, value, arguments)
    default: return try listFilter(name, value, arguments)
    }
  }

  private mutating func caseFilter(_ name: String, _ text: Scalars) throws -> TemplateValue {
    try budget.allocate(text.count)
    switch name {
    case "upper": return .string(TemplateCase.upper(text))
    case "lower": return .string(TemplateCase.lower(text))
    case "capitalize": return .string(TemplateCase.capitalized(text))
    case "title": return .string(TemplateCase.filterTitle(text))
    case "escape", "e":
      var result = Scalars()
      for scalar in text {
        switch scalar {
        case "&": result += "&amp;".scalars
        case "<": result += "&lt;".scalars
        case ">": result += "&gt;".scalars
        case "'": result += "&#39;".scalars
        case "\"": result += "&#34;".scalars
        default: result.append(scalar)
        }
      }
      return .string(result)
    default: return .string(text)
    }
  }

  private mutating func json(
    _ value: TemplateValue, _ arguments: TemplateArguments
  ) throws -> TemplateValue {
    let bound = try arguments.bind(
      ["ensure_ascii", "indent", "separators", "sort_keys"], for: "tojson")
    var indentation: Scalars?
    switch bound[1] {
    case nil, .some(.none): break
    case .some(.string(let text)): indentation = text
    case let count:
      let width = try count.integer(or: 0, "indent")
      guard width <= 100 else { throw TemplateFailure("an indent of \(width) is too wide") }
      indentation = Scalars(repeating: " ", count: max(0, width))
    }
    var json = TemplateJSON(indentation: indentation)
    json.escapesNonASCII = bound[0].flag(or: false)
    json.sortsKeys = bound[3].flag(or: false)
    if let separators = bound[2], separators.isTrue {
      let pair = try elements(of: separators)
      guard pair.count == 2, case .string(let item) = pair[0], case .string(let key) = pair[1]
      else { throw TemplateFailure("separators must be two strings") }
      json.itemSeparator = item
      json.keySeparator = key
    }
    var writer = TemplateWriter(budget: budget)
    try json.write(value, to: &writer)
    budget = writer.budget
    return .string(writer.output)
  }

  private mutating func indent(
    _ value: TemplateValue, _ arguments: TemplateArguments
  ) throws -> TemplateValue {
    let bound = try arguments.bind(["width", "first", "blank"], for: "indent")
    let indentation: Scalars
    if case .string(let text)? = bound[0] {
      indentation = text
    } else {
      let width = max(0, try bound[0].integer(or: 4, "width"))
      try budget.allocate(width)
      indentation = Scalars(repeating: " ", count: width)
    }
    let indentsFirst = bound[1].flag(or: false)
    let indentsBlank = bound[2].flag(or: false)
    var result = Scalars()
    let text = try display(value)
    for (place, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      try budget.allocate(line.count + indentation.count + 1)
      if place > 0 { result.append("\n") }
      let isIndented = place == 0 ? indentsFirst : indentsBlank || !line.isEmpty
      if isIndented { result += indentation }
      result += line
    }
    return .string(result)
  }
}
