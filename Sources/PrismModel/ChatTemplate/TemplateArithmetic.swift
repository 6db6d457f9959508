import Foundation

/// Python's operators on template values, without overflow: integers have 64 bits, and what does not
/// fit is an error.
enum TemplateArithmetic {
  static func apply(
    _ sign: TemplateOperator, _ left: TemplateValue, _ right: TemplateValue,
    budget: inout TemplateBudget
  ) throws -> TemplateValue {
    if let a = left.integerValue, let b = right.integerValue {
      return try integers(sign, a, b)
    }
    if let a = left.floatValue, let b = right.floatValue {
      return .float(try floats(sign, a, b))
    }
    switch (sign, left, right) {
    case (.add, .string(let a), .string(let b)):
      try budget.allocate(a.count + b.count)
      return .string(a + b)
    case (.add, .list(let a), .list(let b)):
      return .list(try sequence(a.elements, b.elements, &budget))
    case (.add, .tuple(let a), .tuple(let b)):
      return .tuple(try sequence(a.elements, b.elements, &budget))
    case (.multiply, _, _):
      if let count = right.integerValue { return try repeated(left, count, &budget) }
      if let count = left.integerValue { return try repeated(right, count, &budget) }
    default: break
    }
    if case .undefined(let name) = left { throw TemplateFailure("'\(name)' is undefined") }
    if case .undefined(let name) = right { throw TemplateFailure("'\(name)' is undefined") }
    throw TemplateFailure(
      "cannot apply '\(sign.rawValue)' to \(left.typeName) and \(right.typeName)")
  }

  private static func sequence(
    _ a: [TemplateValue], _ b: [TemplateValue], _ budget: inout TemplateBudget
  ) throws -> TemplateSequence {
    try budget.allocate(a.count + b.count + 1)
    return TemplateSequence(a + b)
  }

  private static func repeated(
    _ value: TemplateValue, _ count: Int, _ budget: inout TemplateBudget
  ) throws -> TemplateValue {
    func times<Element>(_ elements: [Element]) throws -> [Element] {
      let (total, overflow) = elements.count.multipliedReportingOverflow(by: max(0, count))
      try budget.allocate(overflow ? Int.max : total)
      return elements.isEmpty || count < 1
        ? [] : Array(repeatElement(elements, count: count).joined())
    }
    switch value {
    case .string(let text): return .string(try times(text))
    case .list(let sequence): return .list(TemplateSequence(try times(sequence.elements)))
    case .tuple(let sequence): return .tuple(TemplateSequence(try times(sequence.elements)))
    default:
      throw TemplateFailure("cannot apply '*' to \(value.typeName) and int")
    }
  }

  private static func integers(
    _ sign: TemplateOperator, _ a: Int, _ b: Int
  ) throws -> TemplateValue {
    if b == 0, sign == .divide || sign == .floorDivide || sign == .modulo {
      throw TemplateFailure("division by zero")
    }
    let result: (partialValue: Int, overflow: Bool)
    switch sign {
    case .add: result = a.addingReportingOverflow(b)
    case .subtract: result = a.subtractingReportingOverflow(b)
    case .multiply: result = a.multipliedReportingOverflow(by: b)
    case .divide: return .float(Double(a) / Double(b))
    case .floorDivide:
      var quotient = a.dividedReportingOverflow(by: b)
      if !quotient.overflow, a % b != 0, (a < 0) != (b < 0) { quotient.partialValue -= 1 }
      result = quotient
    case .modulo:
      if b == -1 { return .integer(0) }
      let remainder = a % b
      return .integer(remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder)
    case .power:
      if b < 0 { return .float(try floats(.power, Double(a), Double(b))) }
      result = power(a, b)
    }
    guard !result.overflow else { throw TemplateFailure("an integer exceeds 64 bits") }
    return .integer(result.partialValue)
  }

  private static func power(_ base: Int, _ exponent: Int) -> (partialValue: Int, overflow: Bool) {
    if base == 0 || base == 1 || exponent == 0 { return (exponent == 0 ? 1 : base, false) }
    if base == -1 { return (exponent % 2 == 0 ? 1 : -1, false) }
    if exponent > 63 { return (0, true) }
    var product = 1
    for _ in 0..<exponent {
      let (next, overflow) = product.multipliedReportingOverflow(by: base)
      if overflow { return (0, true) }
      product = next
    }
    return (product, false)
  }

  private static func floats(_ sign: TemplateOperator, _ a: Double, _ b: Double) throws -> Double {
    if b == 0, sign == .divide || sign == .floorDivide || sign == .modulo {
      throw TemplateFailure("division by zero")
    }
    switch sign {
    case .add: return a + b
    case .subtract: return a - b
    case .multiply: return a * b
    case .divide: return a / b
    case .floorDivide: return ((a - modulo(a, b)) / b).rounded()
    case .modulo: return modulo(a, b)
    case .power:
      let result = pow(a, b)
      guard !(a == 0 && b < 0), !result.isNaN || a.isNaN || b.isNaN else {
        throw TemplateFailure("this power has no real value")
      }
      return result
    }
  }

  private static func modulo(_ a: Double, _ b: Double) -> Double {
    let remainder = fmod(a, b)
    return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder
  }

  /// Python's `<` as -1, 0 or 1. Throws for types that have no order.
  static func order(
    _ left: TemplateValue, _ right: TemplateValue, budget: inout TemplateBudget
  ) throws -> Int {
    if let a = left.integerValue, let b = right.integerValue { return a < b ? -1 : a == b ? 0 : 1 }
    if let a = left.floatValue, let b = right.floatValue { return a < b ? -1 : a == b ? 0 : 1 }
    try budget.spend(min(left.weight, right.weight))
    switch (left, right) {
    case (.string(let a), .string(let b)):
      if a == b { return 0 }
      return a.lexicographicallyPrecedes(b) ? -1 : 1
    case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)):
      for (x, y) in zip(a.elements, b.elements) where x != y {
        return try order(x, y, budget: &budget)
      }
      let (x, y) = (a.elements.count, b.elements.count)
      return x < y ? -1 : x == y ? 0 : 1
    default:
      if case .undefined(let name) = left { throw TemplateFailure("'\(name)' is undefined") }
      if case .undefined(let name) = right { throw TemplateFailure("'\(name)' is undefined") }
      throw TemplateFailure("cannot order \(left.typeName) and \(right.typeName)")
    }
  }
}
