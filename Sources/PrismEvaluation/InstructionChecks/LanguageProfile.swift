import Foundation

/// What is known of one language: its frequent words, and through them how its letters follow one
/// another.
struct LanguageProfile: Sendable {
  let code: String
  let script: LanguageScript
  private let words: Set<[Unicode.Scalar]>
  /// Log-probability of a letter after another; zero stands for the edge of a word.
  private let pairs: [UInt64: Double]
  private let unseenPair: Double

  /// Share of running text that the frequent words are taken to make up.
  private static let coverage = 0.45
  /// Smoothing of letter pairs: as if each possible one had been seen this often.
  private static let smoothing = 0.3
  private static let alphabet = 40.0
  /// Weight of the spelling: neighbouring pairs repeat one another's evidence.
  private static let letterWeight = 0.35

  init(code: String, script: LanguageScript, frequent: [Substring], ordinary: [Substring]) {
    self.code = code
    self.script = script
    words = Set(frequent.map { Array($0.unicodeScalars) })
    var counts: [UInt64: Double] = [:]
    var totals: [UInt32: Double] = [:]
    for word in words.union(ordinary.map { Array($0.unicodeScalars) }) {
      for (first, second) in Self.letterPairs(word) {
        counts[Self.key(first, second), default: 0] += 1
        totals[first, default: 0] += 1
      }
    }
    // One probability for all unseen pairs, so that rare letters are no cheaper than common ones.
    let mean = totals.isEmpty ? 0 : totals.values.reduce(0, +) / Double(totals.count)
    unseenPair = log(Self.smoothing / (mean + Self.smoothing * Self.alphabet))
    pairs = counts.reduce(into: [:]) { result, entry in
      let total = totals[UInt32(entry.key >> 32)] ?? 0
      result[entry.key] = log(
        (entry.value + Self.smoothing) / (total + Self.smoothing * Self.alphabet))
    }
  }

  /// Log-likelihood of a lower-case word, up to a constant that is the same for all languages.
  func score(_ word: [Unicode.Scalar]) -> Double {
    var letters = 0.0
    for (first, second) in Self.letterPairs(word) {
      letters += pairs[Self.key(first, second)] ?? unseenPair
    }
    let spelled = log(1 - Self.coverage) + Self.letterWeight * letters
    guard words.contains(word) else { return spelled }
    let known = log(Self.coverage / Double(words.count))
    return max(known, spelled)
  }

  private static func key(_ first: UInt32, _ second: UInt32) -> UInt64 {
    UInt64(first) << 32 | UInt64(second)
  }

  private static func letterPairs(_ word: [Unicode.Scalar]) -> some Sequence<(UInt32, UInt32)> {
    zip([0] + word.map(\.value), word.map(\.value) + [0])
  }
}
