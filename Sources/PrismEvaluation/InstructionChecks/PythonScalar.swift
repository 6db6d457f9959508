/// What Python 3 thinks of one code point: its `str` methods and the classes of its `re` module.
enum PythonScalar {
  /// `str.isspace` and `\s`.
  static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F,
      0x205F, 0x3000:
      true
    default: false
    }
  }

  /// A member of `string.whitespace`.
  static func isASCIISpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || (0x09...0x0D).contains(scalar.value)
  }

  /// `\w`: letters, numbers of every kind and the underscore, but no combining marks.
  static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII {
      return switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "_": true
      default: false
      }
    }
    return switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .decimalNumber, .letterNumber, .otherNumber:
      true
    default: false
    }
  }

  /// `\d`: decimal digits of any script.
  static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return ("0"..."9").contains(scalar) }
    return scalar.properties.generalCategory == .decimalNumber
  }

  static func isUpper(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII ? ("A"..."Z").contains(scalar) : scalar.properties.isUppercase
  }

  static func isLower(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII ? ("a"..."z").contains(scalar) : scalar.properties.isLowercase
  }

  static func isTitle(_ scalar: Unicode.Scalar) -> Bool {
    !scalar.isASCII && scalar.properties.generalCategory == .titlecaseLetter
  }

  /// The lower case in one code point.
  static func simpleLowercase(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    if scalar.isASCII {
      guard ("A"..."Z").contains(scalar) else { return scalar }
      return Unicode.Scalar(UInt8(scalar.value) + 32)
    }
    return scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar
  }

  /// Equal for two code points exactly when `re.IGNORECASE` takes one for the other: those with the
  /// same upper case in one code point, like `s` and the long s.
  static func folded(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    let lower = simpleLowercase(scalar)
    if lower.isASCII { return lower }
    let upper = lower.properties.uppercaseMapping.unicodeScalars
    guard upper.count == 1, let first = upper.first else {
      return sameUppercase[lower] ?? lower
    }
    return simpleLowercase(first)
  }

  /// Pairs whose equal upper case is longer than one code point.
  private static let sameUppercase: [Unicode.Scalar: Unicode.Scalar] = [
    "\u{1FD3}": "\u{390}", "\u{1FE3}": "\u{3B0}", "\u{FB05}": "\u{FB06}",
  ]
}
