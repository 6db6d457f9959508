/// Words that the Treebank tokenizer cuts in two although nothing marks the seam.
enum TreebankContractions {
  private struct Contraction {
    let first: [Unicode.Scalar]
    let whole: [Unicode.Scalar]
    /// What must stand before and after.
    let before: Edge
    let after: Edge

    init(_ first: String, _ second: String, before: Edge = .boundary, after: Edge = .boundary) {
      self.first = Array(first.unicodeScalars)
      whole = Array((first + second).unicodeScalars)
      self.before = before
      self.after = after
    }
  }

  private enum Edge { case boundary, space }

  private static let contractions = [
    Contraction("can", "not"), Contraction("d", "'ye"), Contraction("gim", "me"),
    Contraction("gon", "na"), Contraction("got", "ta"), Contraction("lem", "me"),
    Contraction("more", "'n"), Contraction("wan", "na", after: .space),
    Contraction("'t", "is", before: .space), Contraction("'t", "was", before: .space),
  ]

  private static let initials = Set(contractions.map(\.whole[0]))

  /// The text in parts: cuts go where a seam is, so that no part holds two words.
  static func split(_ text: [Unicode.Scalar]) -> [ArraySlice<Unicode.Scalar>] {
    let folded = text.map(PythonScalar.folded)
    var cuts: [Int] = []
    for index in text.indices where initials.contains(folded[index]) {
      for contraction in contractions where matches(contraction, folded, at: index) {
        let end = index + contraction.whole.count
        cuts += [index, index + contraction.first.count, end]
      }
    }
    var parts: [ArraySlice<Unicode.Scalar>] = []
    var start = 0
    for cut in cuts.sorted() where cut > start {
      parts.append(text[start..<cut])
      start = cut
    }
    return parts + [text[start...]]
  }

  private static func matches(
    _ contraction: Contraction, _ text: [Unicode.Scalar], at index: Int
  ) -> Bool {
    let end = index + contraction.whole.count
    guard text[index] == contraction.whole[0], end <= text.count,
      text[index..<end].elementsEqual(contraction.whole)
    else { return false }
    let startsWell =
      switch contraction.before {
      case .boundary: isBoundary(text, index)
      case .space: index > 0 && text[index - 1] == " "
      }
    return startsWell
      && (contraction.after == .boundary
        ? isBoundary(text, end) : end < text.count && PythonScalar.isSpace(text[end]))
  }

  private static func isBoundary(_ text: [Unicode.Scalar], _ index: Int) -> Bool {
    let before = index > 0 && PythonScalar.isWord(text[index - 1])
    let after = index < text.count && PythonScalar.isWord(text[index])
    return before != after
  }
}
