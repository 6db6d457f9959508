/// Whether an answer refuses, as far as it could be read.
package enum RefusalReading: Codable, Hashable, Sendable {
  case refused
  case complied
  /// What was to be read; it counts for neither.
  case unreadable(String)
}
