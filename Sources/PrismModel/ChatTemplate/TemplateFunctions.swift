import Foundation

/// The functions every template may call.
extension TemplateInterpreter {
  /// Longest range, as in Jinja's sandbox.
  private static let rangeLimit = 100_000

  mutating func call(
    _ function: TemplateFunction, with arguments: TemplateArguments
  ) throws -> TemplateValue {
    switch function {
    case .range: return try range(arguments)
    case .dict:
      var pairs: [(TemplateValue, TemplateValue)] = []
      if let value = arguments.positional.first {
        guard case .dictionary(let dictionary) = value, arguments.positional.count == 1 else {
          throw TemplateFailure("dict takes named arguments or one dictionary")
        }
        pairs = dictionary.pairs
      }
      return .dictionary(
        try dictionary(pairs + arguments.named.map { (.text($0.0), $0.1) }))
    case .namespace:
      var attributes: [String: TemplateValue] = [:]
      if case .dictionary(let dictionary)? = arguments.positional.first {
        for case (.string(let name), let value) in dictionary.pairs {
          attributes[String(name)] = value
        }
      }
      for (name, value) in arguments.named { attributes[name] = value }
      try budget.allocate(attributes.count + 1)
      namespaces.append(attributes)
      return .namespace(namespaces.count - 1)
    case .raiseException:
      let message = try arguments.bind(["message"], for: function.rawValue)[0] ?? .none
      throw TemplateFailure("the template refuses the messages: \(String(try display(message)))")
    case .currentTime:
      guard
        let format = try arguments.bind(["format"], for: function.rawValue)[0]
          .text("the format of strftime_now")
      else { throw TemplateFailure("strftime_now needs a format") }
      try budget.allocate(16 * format.count)
      return .string(TemplateDate(date).formatted(format))
    }
  }

  private mutating func range(_ arguments: TemplateArguments) throws -> TemplateValue {
    let bounds = try arguments.bind(["start", "stop", "step"], for: "range").compactMap { $0 }
      .map { value in
        guard let number = value.integerValue else {
          throw TemplateFailure("range needs integers, not \(value.typeName)")
        }
        return number
      }
    guard let first = bounds.first, arguments.named.isEmpty else {
      throw TemplateFailure("range needs one to three integers")
    }
    let start = bounds.count > 1 ? first : 0
    let end = bounds.count > 1 ? bounds[1] : first
    let step = bounds.count > 2 ? bounds[2] : 1
    guard step != 0 else { throw TemplateFailure("the step of range must not be 0") }
    let (distance, overflow) = end.subtractingReportingOverflow(start)
    guard !overflow, distance != .min, step != .min,
      abs(distance) / abs(step) < Self.rangeLimit
    else {
      throw TemplateFailure("a range has at most \(Self.rangeLimit) elements")
    }
    return .list(try sequence(stride(from: start, to: end, by: step).map { .integer($0) }))
  }
}

/// A point in time as `strftime` sees it, in English and in UTC, so that no machine differs.
struct TemplateDate {
  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]
  private static let weekdays = [
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
  ]

  private let parts: DateComponents
  private let dayOfYear: Int

  init(_ date: Date) {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    parts = calendar.dateComponents(
      [.year, .month, .day, .hour, .minute, .second, .weekday], from: date)
    dayOfYear = calendar.ordinality(of: .day, in: .year, for: date) ?? 1
  }

  /// `format` with its directives replaced; unknown directives stay as they are.
  func formatted(_ format: Scalars) -> Scalars {
    var result = Scalars()
    var index = 0
    while index < format.count {
      guard format[index] == "%", index + 1 < format.count else {
        result.append(format[index])
        index += 1
        continue
      }
      let isPadded = format[index + 1] != "-"
      let place = isPadded ? index + 1 : index + 2
      if place < format.count, let words = words(for: format[place], isPadded: isPadded) {
        result += words.unicodeScalars
        index = place + 1
      } else {
        result.append("%")
        index += 1
      }
    }
    return result
  }

  private func words(for directive: Unicode.Scalar, isPadded: Bool) -> String? {
    func number(_ value: Int?, width: Int = 2) -> String {
      let digits = String(value ?? 0)
      guard isPadded, digits.count < width else { return digits }
      return String(repeating: "0", count: width - digits.count) + digits
    }
    let month = Self.months[((parts.month ?? 1) - 1) % 12]
    let weekday = Self.weekdays[((parts.weekday ?? 1) - 1) % 7]
    let hour = parts.hour ?? 0
    switch directive {
    case "d": return number(parts.day)
    case "m": return number(parts.month)
    case "Y": return number(parts.year, width: 1)
    case "y": return number((parts.year ?? 0) % 100)
    case "B": return month
    case "b", "h": return String(month.prefix(3))
    case "A": return weekday
    case "a": return String(weekday.prefix(3))
    case "H": return number(hour)
    case "I": return number(hour % 12 == 0 ? 12 : hour % 12)
    case "M": return number(parts.minute)
    case "S": return number(parts.second)
    case "p": return hour < 12 ? "AM" : "PM"
    case "j": return number(dayOfYear, width: 3)
    case "F": return "\(number(parts.year, width: 1))-\(number(parts.month))-\(number(parts.day))"
    case "T": return "\(number(hour)):\(number(parts.minute)):\(number(parts.second))"
    case "%": return "%"
    default: return nil
    }
  }
}
