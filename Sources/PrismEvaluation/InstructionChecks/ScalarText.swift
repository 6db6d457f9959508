/// A text as the code points it is made of, with the string operations of Python 3.
///
/// IFEval is defined by a Python program. Swift's `Character` would merge a carriage return with its
/// line feed and a letter with its accent, so counts and boundaries would differ.
package struct ScalarText: Hashable, Sendable {
  package let scalars: [Unicode.Scalar]

  package init(_ text: String) { scalars = Array(text.unicodeScalars) }
  package init(_ scalars: some Sequence<Unicode.Scalar>) { self.scalars = Array(scalars) }

  var count: Int { scalars.count }
  package var string: String { String(String.UnicodeScalarView(scalars)) }
  var isBlank: Bool { scalars.allSatisfy(PythonScalar.isSpace) }

  /// `str.strip()`.
  var stripped: ScalarText { stripped(where: PythonScalar.isSpace) }

  /// `str.strip(characters)`.
  func stripped(where isRemoved: (Unicode.Scalar) -> Bool) -> ScalarText {
    guard let first = scalars.firstIndex(where: { !isRemoved($0) }),
      let last = scalars.lastIndex(where: { !isRemoved($0) })
    else { return ScalarText([]) }
    return ScalarText(scalars[first...last])
  }

  /// `str.lower()`: full mappings, and a capital sigma at the end of a word becomes a final one.
  var lowercased: ScalarText {
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(count)
    for (index, scalar) in scalars.enumerated() {
      if scalar.isASCII {
        result.append(PythonScalar.simpleLowercase(scalar))
      } else if scalar == "Σ" {
        result.append(isFinalSigma(index) ? "ς" : "σ")
      } else {
        result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
      }
    }
    return ScalarText(result)
  }

  private func isFinalSigma(_ index: Int) -> Bool {
    func isSkipped(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isCaseIgnorable }
    let before = scalars[..<index].last { !isSkipped($0) }
    let after = scalars[(index + 1)...].first { !isSkipped($0) }
    return before?.properties.isCased == true && after?.properties.isCased != true
  }

  /// `str.isupper()`: a cased letter is there and none is lower or title case.
  var isUppercase: Bool {
    var isCased = false
    for scalar in scalars {
      if PythonScalar.isLower(scalar) || PythonScalar.isTitle(scalar) { return false }
      if !isCased { isCased = PythonScalar.isUpper(scalar) }
    }
    return isCased
  }

  /// `str.islower()`.
  var isLowercase: Bool {
    var isCased = false
    for scalar in scalars {
      if PythonScalar.isUpper(scalar) || PythonScalar.isTitle(scalar) { return false }
      if !isCased { isCased = PythonScalar.isLower(scalar) }
    }
    return isCased
  }

  func hasPrefix(_ other: ScalarText) -> Bool { scalars.starts(with: other.scalars) }
  func hasSuffix(_ other: ScalarText) -> Bool {
    count >= other.count && scalars[(count - other.count)...].elementsEqual(other.scalars)
  }

  /// Whether `other` starts at `index`.
  func has(_ other: ScalarText, at index: Int) -> Bool {
    guard index >= 0, index + other.count <= count else { return false }
    for offset in 0..<other.count where scalars[index + offset] != other.scalars[offset] {
      return false
    }
    return true
  }

  func contains(_ other: ScalarText) -> Bool {
    guard other.count <= count else { return false }
    return (0...(count - other.count)).contains { has(other, at: $0) }
  }

  /// `str.split(separator)`: the pieces between occurrences that do not overlap.
  func split(on separator: ScalarText) -> [ScalarText] {
    var pieces: [ScalarText] = []
    var start = 0
    var index = 0
    while index + separator.count <= count {
      if has(separator, at: index) {
        pieces.append(ScalarText(scalars[start..<index]))
        index += separator.count
        start = index
      } else {
        index += 1
      }
    }
    pieces.append(ScalarText(scalars[start...]))
    return pieces
  }

  /// `str.split()`: the runs without whitespace.
  var words: [ScalarText] {
    scalars.split(whereSeparator: PythonScalar.isSpace).map { ScalarText($0) }
  }

  /// The code points of a range, or of what is left of it.
  func slice(_ range: Range<Int>) -> ScalarText {
    ScalarText(scalars[range.clamped(to: 0..<count)])
  }
}

extension ScalarText: ExpressibleByStringLiteral {
  package init(stringLiteral value: String) { self.init(value) }
}
