/// Attributes, elements and slices.
extension TemplateInterpreter {
  /// `value.name`: a method or attribute first, then a dictionary's entry.
  mutating func attribute(
    _ name: String, of value: TemplateValue
  ) throws -> TemplateValue {
    if let found = try builtIn(name, of: value) { return found }
    if case .undefined(let missing) = value {
      throw TemplateFailure("'\(missing)' is undefined, so it has no '\(name)'")
    }
    if case .dictionary(let dictionary) = value {
      return dictionary[.text(name)] ?? .undefined(name)
    }
    return .undefined(name)
  }

  /// `value[key]`: an element first, then an attribute of that name.
  mutating func item(
    _ key: TemplateValue, of value: TemplateValue
  ) throws -> TemplateValue {
    if case .undefined(let missing) = value {
      throw TemplateFailure("'\(missing)' is undefined, so it has no elements")
    }
    if let index = key.integerValue {
      switch value {
      case .list(let sequence), .tuple(let sequence):
        return Self.element(at: index, of: sequence.elements) ?? .undefined("element \(index)")
      case .string(let text):
        return Self.element(at: index, of: text).map { .string([$0]) }
          ?? .undefined("character \(index)")
      default: break
      }
    }
    if case .dictionary(let dictionary) = value, key.isHashable {
      try budget.spend(key.weight)
      if let found = dictionary[key] { return found }
    }
    if case .string(let name) = key {
      return try builtIn(String(name), of: value) ?? .undefined(String(name))
    }
    return .undefined("element")
  }

  private static func element<Element>(at index: Int, of elements: [Element]) -> Element? {
    let place = index < 0 ? index + elements.count : index
    return elements.indices.contains(place) ? elements[place] : nil
  }

  /// What the value's Python type defines under this name.
  private func builtIn(_ name: String, of value: TemplateValue) throws -> TemplateValue? {
    switch value {
    case .string where TemplateMethods.ofStrings.contains(name),
      .dictionary where TemplateMethods.ofDictionaries.contains(name),
      .list where TemplateMethods.ofSequences.contains(name),
      .tuple where TemplateMethods.ofSequences.contains(name):
      return .method(TemplateMethod(receiver: value, name: name))
    case .namespace(let index): return namespaces[index][name]
    case .loop(let loop): return Self.attribute(name, of: loop)
    default: break
    }
    let isForbidden =
      switch value {
      case .dictionary: TemplateMethods.changingDictionaries.contains(name)
      case .list: TemplateMethods.changingLists.contains(name)
      default: false
      }
    guard !isForbidden else {
      throw TemplateFailure("templates cannot change a \(value.typeName) with '\(name)'")
    }
    return nil
  }

  private static func attribute(_ name: String, of loop: TemplateLoop) -> TemplateValue? {
    let (index, count) = (loop.index, loop.elements.count)
    switch name {
    case "index": return .integer(index + 1)
    case "index0": return .integer(index)
    case "revindex": return .integer(count - index)
    case "revindex0": return .integer(count - index - 1)
    case "first": return .bool(index == 0)
    case "last": return .bool(index == count - 1)
    case "length": return .integer(count)
    // Only recursive loops, which are not supported, are ever deeper.
    case "depth": return .integer(1)
    case "depth0": return .integer(0)
    case "previtem": return index > 0 ? loop.elements[index - 1] : .undefined("loop.previtem")
    case "nextitem":
      return index + 1 < count ? loop.elements[index + 1] : .undefined("loop.nextitem")
    case "cycle": return .method(TemplateMethod(receiver: .loop(loop), name: name))
    default: return nil
    }
  }

  mutating func slice(
    _ value: TemplateValue, from: TemplateValue?, to: TemplateValue?, step: TemplateValue?
  ) throws -> TemplateValue {
    switch value {
    case .list(let sequence):
      return .list(
        try self.sequence(try Self.slice(sequence.elements, from, to, step, &budget)))
    case .tuple(let sequence):
      return .tuple(
        try self.sequence(try Self.slice(sequence.elements, from, to, step, &budget)))
    case .string(let text): return .string(try Self.slice(text, from, to, step, &budget))
    case .undefined(let name): throw TemplateFailure("'\(name)' is undefined and cannot be sliced")
    default: return .undefined("slice of \(value.typeName)")
    }
  }

  private static func slice<Element>(
    _ elements: [Element], _ from: TemplateValue?, _ to: TemplateValue?, _ step: TemplateValue?,
    _ budget: inout TemplateBudget
  ) throws -> [Element] {
    func bound(_ value: TemplateValue?) throws -> Int? {
      guard let value else { return nil }
      if case .none = value { return nil }
      guard let number = value.integerValue else {
        throw TemplateFailure("a slice needs integers, not \(value.typeName)")
      }
      return number
    }
    let count = elements.count
    let stride = try bound(step) ?? 1
    guard stride != 0 else { throw TemplateFailure("a slice's step must not be 0") }
    let (lowest, highest) = stride > 0 ? (0, count) : (-1, count - 1)
    func clamped(_ value: Int?, _ fallback: Int) -> Int {
      guard let value else { return fallback }
      return min(max(value < 0 ? value + count : value, lowest), highest)
    }
    let start = clamped(try bound(from), stride > 0 ? 0 : count - 1)
    let end = clamped(try bound(to), stride > 0 ? count : -1)
    if stride == 1 {
      try budget.allocate(max(0, end - start))
      return start < end ? Array(elements[start..<end]) : []
    }
    // A step beyond the length reaches one element at most; clamping it keeps sums in range.
    let bounded = min(max(stride, -count - 1), count + 1)
    var result: [Element] = []
    var index = start
    while bounded > 0 ? index < end : index > end {
      result.append(elements[index])
      index += bounded
    }
    try budget.allocate(result.count)
    return result
  }
}
