import PrismTensor

/// Damages bytes the way broken downloads, bad converters and attackers do; seeded, so that a
/// failing mutation can be replayed from its seed alone.
///
/// Works on binary formats (bit flips, integers at the edge of their range written over 1, 2, 4 or
/// 8 little-endian bytes) and on text ones (numbers, quotes and braces are replaced or removed).
package struct Mutator {
  private var generator: SeededGenerator

  package init(seed: UInt64) {
    generator = SeededGenerator(seed: seed, 0x6d75_7461_7465)
  }

  /// `bytes` with one to four changes, each of a random kind; at most twice as long plus 64 bytes.
  package mutating func mutate(_ bytes: [UInt8]) -> [UInt8] {
    let limit = 2 * bytes.count + 64
    var result = bytes
    for _ in 0..<number(in: 1...4) {
      switch number(in: 0...9) {
      case 0, 1: flipBit(&result)
      case 2: truncate(&result)
      case 3: deleteSpan(&result)
      case 4: duplicateSpan(&result)
      case 5, 6: writeInteger(&result)
      case 7, 8: editNumber(&result)
      default: editPunctuation(&result)
      }
    }
    return result.count > limit ? Array(result.prefix(limit)) : result
  }

  private mutating func flipBit(_ bytes: inout [UInt8]) {
    guard !bytes.isEmpty else { return }
    bytes[number(in: 0...bytes.count - 1)] ^= 1 << UInt8(number(in: 0...7))
  }

  private mutating func truncate(_ bytes: inout [UInt8]) {
    bytes.removeLast(number(in: 0...bytes.count))
  }

  private mutating func deleteSpan(_ bytes: inout [UInt8]) {
    bytes.removeSubrange(span(of: bytes))
  }

  private mutating func duplicateSpan(_ bytes: inout [UInt8]) {
    let copy = Array(bytes[span(of: bytes)])
    bytes.insert(contentsOf: copy, at: number(in: 0...bytes.count))
  }

  /// Overwrites a little-endian integer with one that breaks sums, products and casts.
  private mutating func writeInteger(_ bytes: inout [UInt8]) {
    let width = [1, 2, 4, 8][number(in: 0...3)]
    guard bytes.count >= width else { return }
    let start = number(in: 0...bytes.count - width)
    let value = Self.integers[number(in: 0...Self.integers.count - 1)]
    for offset in 0..<width {
      bytes[start + offset] = UInt8(truncatingIfNeeded: value >> UInt64(8 * offset))
    }
  }

  /// Replaces a run of decimal digits, as text formats write their counts and ids.
  private mutating func editNumber(_ bytes: inout [UInt8]) {
    guard let start = position(in: bytes, where: { (0x30...0x39).contains($0) }) else { return }
    var first = start
    var end = start
    while first > 0, (0x30...0x39).contains(bytes[first - 1]) { first -= 1 }
    while end < bytes.count, (0x30...0x39).contains(bytes[end]) { end += 1 }
    bytes.replaceSubrange(
      first..<end, with: Self.numbers[number(in: 0...Self.numbers.count - 1)].utf8)
  }

  /// Removes, doubles or replaces a quote, bracket, brace, colon or comma.
  private mutating func editPunctuation(_ bytes: inout [UInt8]) {
    let punctuation = Array("\"{}[]:,\\".utf8)
    guard let place = position(in: bytes, where: { punctuation.contains($0) }) else { return }
    switch number(in: 0...2) {
    case 0: bytes.remove(at: place)
    case 1: bytes.insert(bytes[place], at: place)
    default: bytes[place] = punctuation[number(in: 0...punctuation.count - 1)]
    }
  }

  /// The first byte that fits at or after a random place, from the start again when none follows.
  private mutating func position(
    in bytes: [UInt8], where fits: (UInt8) -> Bool
  ) -> Int? {
    guard !bytes.isEmpty else { return nil }
    let start = number(in: 0...bytes.count - 1)
    return bytes[start...].firstIndex(where: fits) ?? bytes[..<start].firstIndex(where: fits)
  }

  /// At most 64 bytes, so that one mutation leaves most of the input to be read.
  private mutating func span(of bytes: [UInt8]) -> Range<Int> {
    let start = number(in: 0...bytes.count)
    return start..<min(bytes.count, start + number(in: 1...64))
  }

  private mutating func number(in range: ClosedRange<Int>) -> Int {
    Int.random(in: range, using: &generator)
  }

  private static let integers: [UInt64] = [
    0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff,
    0x1_0000_0000, 0x1fff_ffff_ffff_ffff, 0x2000_0000_0000_0000, 0x4000_0000_0000_0000,
    0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, 0xffff_ffff_ffff_fff0, 0xffff_ffff_ffff_ffff,
  ]

  private static let numbers = [
    "0", "-1", "1", "-0", "00", "1.5", "1e9", "1e400", "-1e400", "65536", "2147483647",
    "2147483648", "4294967296", "9223372036854775807", "9223372036854775808",
    "-9223372036854775808", "18446744073709551616", "340282366920938463463374607431768211456",
    "null", "true", "\"\"", "[]", "{}",
  ]
}
