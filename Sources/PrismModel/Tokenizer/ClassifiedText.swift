/// Text as scalars with the class of each, decoded once and then walked by index.
struct ClassifiedText {
  let scalars: [Unicode.Scalar]
  let classes: [ScalarClass]

  init(_ bytes: ArraySlice<UInt8>) {
    scalars = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
    classes = scalars.map { ScalarClass($0) }
  }

  /// The first index at or after `start` whose class does not fit, at most `end`.
  func runEnd(from start: Int, to end: Int, where fits: (ScalarClass) -> Bool) -> Int {
    var index = start
    while index < end, fits(classes[index]) { index += 1 }
    return index
  }

  /// End of an English contraction (`'s 't 're 've 'm 'll 'd`) that starts at `start`.
  func contractionEnd(from start: Int, to end: Int, ignoringCase: Bool) -> Int? {
    guard scalars[start] == "'", start + 1 < end else { return nil }
    let first = folded(start + 1, ignoringCase)
    if first == "s" || first == "t" || first == "m" || first == "d" { return start + 2 }
    guard start + 2 < end else { return nil }
    let second = folded(start + 2, ignoringCase)
    let isPair =
      first == "r" && second == "e" || first == "v" && second == "e" || first == "l" && second == "l"
    return isPair ? start + 3 : nil
  }

  /// Simple case folding of the letters that occur in contractions; U+017F folds to `s`.
  private func folded(_ index: Int, _ ignoringCase: Bool) -> Unicode.Scalar {
    let scalar = scalars[index]
    guard ignoringCase else { return scalar }
    if scalar == "\u{17F}" { return "s" }
    return ("A"..."Z").contains(scalar) ? Unicode.Scalar(UInt8(scalar.value) | 0x20) : scalar
  }
}
