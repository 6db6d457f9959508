/// The classes of characters that pre-tokenizers tell apart. Together they cover every scalar once.
enum ScalarClass: UInt8 {
  /// `\p{L}`
  case letter
  /// `\p{N}`
  case number
  /// `[\r\n]`
  case newline
  /// `\s` other than carriage return and line feed (Unicode's White_Space).
  case space
  case other

  var isWhitespace: Bool { self == .space || self == .newline }

  init(_ scalar: Unicode.Scalar) {
    if scalar.isASCII {
      self = Self.ascii[Int(scalar.value)]
    } else {
      self = Self.general(scalar)
    }
  }

  private static let ascii: [ScalarClass] = (0..<128).map { general(Unicode.Scalar(UInt8($0))) }

  private static func general(_ scalar: Unicode.Scalar) -> ScalarClass {
    if scalar == "\r" || scalar == "\n" { return .newline }
    let properties = scalar.properties
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      return .letter
    case .decimalNumber, .letterNumber, .otherNumber:
      return .number
    default:
      return properties.isWhitespace ? .space : .other
    }
  }
}
