/// The scripts that tell languages apart. `kana` stands for Japanese, whose texts hold Chinese
/// characters too.
enum LanguageScript: String, Codable, CaseIterable, Sendable {
  case latin, greek, cyrillic, hebrew, arabic, devanagari, bengali, gurmukhi, gujarati, tamil,
    telugu
  case kannada, malayalam, thai, hangul, kana, han

  /// About how many letters of an alphabet one character of this script says as much as.
  var letters: Int {
    switch self {
    case .han: 3
    case .kana, .hangul: 2
    default: 1
    }
  }

  /// The script of a letter or of a mark on one; `nil` for anything else.
  static func of(_ scalar: Unicode.Scalar) -> LanguageScript? {
    if scalar.isASCII {
      return switch scalar {
      case "a"..."z", "A"..."Z": .latin
      default: nil
      }
    }
    guard isLetterOrMark(scalar) else { return nil }
    return block(scalar.value)
  }

  private static func isLetterOrMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
      .nonspacingMark, .spacingMark:
      true
    default: false
    }
  }

  private static func block(_ value: UInt32) -> LanguageScript? {
    switch value {
    case 0x00C0...0x024F, 0x1E00...0x1EFF: .latin
    case 0x0370...0x03FF, 0x1F00...0x1FFF: .greek
    case 0x0400...0x052F: .cyrillic
    case 0x0590...0x05FF: .hebrew
    case 0x0600...0x06FF, 0x0750...0x077F, 0xFB50...0xFDFF, 0xFE70...0xFEFF: .arabic
    case 0x0900...0x097F: .devanagari
    case 0x0980...0x09FF: .bengali
    case 0x0A00...0x0A7F: .gurmukhi
    case 0x0A80...0x0AFF: .gujarati
    case 0x0B80...0x0BFF: .tamil
    case 0x0C00...0x0C7F: .telugu
    case 0x0C80...0x0CFF: .kannada
    case 0x0D00...0x0D7F: .malayalam
    case 0x0E00...0x0E7F: .thai
    case 0x1100...0x11FF, 0x3130...0x318F, 0xAC00...0xD7AF: .hangul
    case 0x3040...0x30FF, 0x31F0...0x31FF, 0xFF66...0xFF9D: .kana
    case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF: .han
    default: nil
    }
  }
}
