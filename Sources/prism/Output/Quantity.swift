import Foundation

/// Numbers as people read them.
enum Quantity {
  /// Such as `98.4 MB`; decimal units.
  static func bytes(_ count: Int) -> String {
    var value = Double(count)
    for unit in ["bytes", "kB", "MB", "GB"] {
      if value < 1000 { return (unit == "bytes" ? "\(count)" : decimal(value, 1)) + " " + unit }
      value /= 1000
    }
    return decimal(value, 1) + " TB"
  }

  /// Such as `12 s`, `4 min 30 s` or `2 h 5 min`.
  static func seconds(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e7 else { return "a long time" }
    let whole = Int(seconds.rounded())
    if seconds < 10 { return decimal(seconds, 1) + " s" }
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }

  /// A fixed number of digits behind the point.
  static func decimal(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }

  /// Such as `134.5 M`.
  static func count(_ count: Int) -> String {
    switch count {
    case ..<10_000: "\(count)"
    case ..<1_000_000: decimal(Double(count) / 1e3, 1) + " k"
    case ..<1_000_000_000: decimal(Double(count) / 1e6, 1) + " M"
    default: decimal(Double(count) / 1e9, 1) + " B"
    }
  }
}
