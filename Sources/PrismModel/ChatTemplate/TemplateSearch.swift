/// Searching in strings, charged per comparison so that hostile patterns cannot hang.
enum TemplateSearch {
  /// Offset of the first `part` at or after `start`; an empty `part` is found at once.
  static func first(
    _ part: Scalars, in text: Scalars, from start: Int = 0, budget: inout TemplateBudget
  ) throws -> Int? {
    guard !part.isEmpty else { return start <= text.count ? start : nil }
    var offset = start
    while part.count <= text.count - offset {
      var length = 0
      while length < part.count, text[offset + length] == part[length] { length += 1 }
      try budget.spend(length + 1)
      if length == part.count { return offset }
      offset += 1
    }
    return nil
  }

  /// Offsets of all occurrences that do not overlap, at most `limit`.
  static func all(
    _ part: Scalars, in text: Scalars, limit: Int = .max, budget: inout TemplateBudget
  ) throws -> [Int] {
    var offsets: [Int] = []
    var start = 0
    while offsets.count < limit,
      let offset = try first(part, in: text, from: start, budget: &budget)
    {
      offsets.append(offset)
      start = offset + max(1, part.count)
    }
    return offsets
  }

  /// Python's `replace`; a negative `count` replaces all.
  static func replace(
    _ old: Scalars, with new: Scalars, in text: Scalars, count: Int, budget: inout TemplateBudget
  ) throws -> Scalars {
    let limit = count < 0 ? Int.max : count
    var result = Scalars()
    var copied = 0
    for offset in try all(old, in: text, limit: limit, budget: &budget) {
      try budget.allocate(offset - copied + new.count)
      result += text[copied..<offset]
      result += new
      copied = offset + old.count
    }
    try budget.allocate(text.count - copied)
    return result + text[copied...]
  }

  static func trim(
    _ text: Scalars, of set: Scalars?, left: Bool = true, right: Bool = true
  ) -> Scalars {
    let removed = set.map(Set.init)
    func drops(_ scalar: Unicode.Scalar) -> Bool {
      removed?.contains(scalar) ?? scalar.isTemplateSpace
    }
    var start = 0
    var end = text.count
    while left, start < end, drops(text[start]) { start += 1 }
    while right, end > start, drops(text[end - 1]) { end -= 1 }
    return Array(text[start..<end])
  }

  /// Python's `split` with a separator.
  static func split(
    _ text: Scalars, by separator: Scalars, limit: Int, budget: inout TemplateBudget
  ) throws -> [Scalars] {
    guard !separator.isEmpty else { throw TemplateFailure("the separator of split is empty") }
    var parts: [Scalars] = []
    var start = 0
    for offset in try all(
      separator, in: text, limit: limit < 0 ? .max : limit, budget: &budget)
    {
      parts.append(Array(text[start..<offset]))
      start = offset + separator.count
    }
    parts.append(Array(text[start...]))
    return parts
  }

  /// Python's `split` at runs of whitespace.
  static func words(_ text: Scalars, limit: Int = -1) -> [Scalars] {
    var parts: [Scalars] = []
    var index = 0
    while true {
      while index < text.count, text[index].isTemplateSpace { index += 1 }
      if index == text.count { return parts }
      if limit >= 0 && parts.count == limit {
        return parts + [Array(text[index...])]
      }
      let start = index
      while index < text.count, !text[index].isTemplateSpace { index += 1 }
      parts.append(Array(text[start..<index]))
    }
  }
}
