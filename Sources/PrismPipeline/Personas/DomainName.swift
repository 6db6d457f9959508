import Foundation

/// Turns a domain into a persona's name and back into words.
enum DomainName {
  /// `safety_monitor` becomes `safety monitor`.
  static func words(of name: String) -> String {
    name.split(whereSeparator: { $0 == "_" || $0 == "-" || $0.isWhitespace }).joined(separator: " ")
  }
}

extension String {
  /// Without white space and line ends at both ends.
  var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}
