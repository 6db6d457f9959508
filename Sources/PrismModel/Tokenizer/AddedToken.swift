/// A token recognised by its text before the rest is cut into pieces.
struct AddedToken: Hashable, Sendable {
  let id: Int32
  let content: [UInt8]
  /// Recognised only where control tokens are asked for.
  var isControl: Bool
  /// Takes the whitespace before it along.
  var stripsLeft = false
  /// Takes the whitespace after it along.
  var stripsRight = false
  /// Recognised only between characters that are not part of a word.
  var isSingleWord = false
  /// Recognised in normalised text, by its normalised content.
  var isNormalized = false

  /// Stable text for the fingerprint.
  var summary: String { "\(id) \(isControl) \(stripsLeft) \(stripsRight) \(isSingleWord) \(isNormalized)" }
}
