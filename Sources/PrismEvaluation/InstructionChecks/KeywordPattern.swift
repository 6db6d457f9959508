/// A text to search for, as the reference searches: it hands keywords to a regular expression.
///
/// Letters, digits, spaces and most punctuation stand for themselves there, and a full stop for any
/// character but a line feed. Every other operator is refused.
struct KeywordPattern: Hashable, Sendable {
  static let refused = "\\ ^ $ | ? * + ( ) [ {"

  /// `nil` stands for any code point but a line feed.
  private let elements: [Unicode.Scalar?]
  private let ignoresCase: Bool

  /// `nil` where the text holds an operator.
  init?(_ text: String, ignoringCase: Bool) {
    let scalars = text.unicodeScalars
    guard !scalars.isEmpty, scalars.allSatisfy({ !"\\^$|?*+()[{".unicodeScalars.contains($0) })
    else { return nil }
    ignoresCase = ignoringCase
    elements = scalars.map { scalar -> Unicode.Scalar? in
      if scalar == "." { return nil }
      return ignoringCase ? PythonScalar.folded(scalar) : scalar
    }
  }

  var count: Int { elements.count }

  /// The response in the form that the other functions search.
  func prepared(_ response: ScalarText) -> [Unicode.Scalar] {
    ignoresCase ? response.scalars.map(PythonScalar.folded) : response.scalars
  }

  func matches(_ text: [Unicode.Scalar], at index: Int) -> Bool {
    guard index + count <= text.count else { return false }
    for (offset, element) in elements.enumerated() {
      let scalar = text[index + offset]
      if let element {
        if scalar != element { return false }
      } else if scalar == "\n" {
        return false
      }
    }
    return true
  }

  /// Occurrences that do not overlap, from the left.
  func occurrences(in response: ScalarText) -> Int {
    let text = prepared(response)
    var found = 0
    var index = 0
    while index + count <= text.count {
      if matches(text, at: index) {
        found += 1
        index += count
      } else {
        index += 1
      }
    }
    return found
  }

  func isFound(in response: ScalarText) -> Bool {
    let text = prepared(response)
    return text.indices.contains { matches(text, at: $0) }
  }

  /// Whether it occurs with a word boundary on either side.
  func isFoundAsWord(in response: ScalarText) -> Bool {
    let text = prepared(response)
    func isBoundary(_ index: Int) -> Bool {
      let before = index > 0 && PythonScalar.isWord(response.scalars[index - 1])
      let after = index < text.count && PythonScalar.isWord(response.scalars[index])
      return before != after
    }
    return text.indices.contains {
      matches(text, at: $0) && isBoundary($0) && isBoundary($0 + count)
    }
  }
}
