/// Which answer the judge found better.
public enum Verdict: String, Codable, Hashable, Sendable, CaseIterable {
  case persona
  case base
  /// The judge can be read but favours neither.
  case undecided
  /// Too little probability on the letters, or none that is a number; not a tie.
  case unreadable
}
