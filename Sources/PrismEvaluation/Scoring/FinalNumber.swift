/// Reads the number that a worked solution ends in.
///
/// Numbers come back in one spelling: digits, a minus where below zero, no separators of thousands, no
/// leading zeros, no zeros at the end of a fraction. Equal values are then equal texts, and no digit
/// is lost to floating point.
package enum FinalNumber {
  /// The number right after the last "####", otherwise the last number of the text; `nil` without one.
  package static func read(_ answer: String) -> String? {
    let text = AnswerText.afterReasoning(answer)
    return marked(in: text) ?? numbers(in: Array(text.utf8)).last?.text
  }

  /// The number that stands right after the last "####", but for blanks and a currency sign: how the
  /// solutions of GSM8K end. A heading such as "#### Step 3" is none.
  package static func marked(in text: String) -> String? {
    let bytes = Array(text.utf8)
    let mark = [UInt8](repeating: UInt8(ascii: "#"), count: 4)
    guard let last = bytes.indices.last(where: { bytes[$0...].starts(with: mark) }) else {
      return nil
    }
    let rest = bytes[(last + mark.count)...].drop { $0 == space }
    guard let number = numbers(in: Array(rest)).first,
      rest.prefix(number.start).allSatisfy({ lead.contains($0) })
    else { return nil }
    return number.text
  }

  private struct Found {
    /// Offset of the first digit, point or sign.
    let start: Int
    let text: String
  }

  private static let space = UInt8(ascii: " ")
  private static let minus = UInt8(ascii: "-")
  private static let point = UInt8(ascii: ".")
  private static let dollar = UInt8(ascii: "$")
  /// What may stand between "####" and its number.
  private static let lead: Set<UInt8> = [space, dollar, UInt8(ascii: "*")]

  private static func numbers(in text: [UInt8]) -> [Found] {
    let bytes = withPlainMinus(text)
    var found: [Found] = []
    var position = 0
    while position < bytes.count {
      guard begins(bytes, at: position) else {
        position += 1
        continue
      }
      let (digits, fraction, end) = spelled(bytes, from: position)
      let start = signed(bytes, before: position)
      found.append(
        Found(
          start: start ?? position,
          text: canonical(negative: start != nil, digits: digits, fraction: fraction)))
      position = end
    }
    return found
  }

  /// A digit, or a point with a digit after it and no letter or digit before.
  private static func begins(_ bytes: [UInt8], at position: Int) -> Bool {
    if isDigit(bytes[position]) { return true }
    guard bytes[position] == point, position + 1 < bytes.count, isDigit(bytes[position + 1]) else {
      return false
    }
    return position == 0 || !isWord(bytes[position - 1])
  }

  /// Where the sign of a number stands: before it or before its currency sign, and not between two
  /// words or numbers, where it is a dash or a subtraction.
  private static func signed(_ bytes: [UInt8], before position: Int) -> Int? {
    var index = position - 1
    if index > 0, bytes[index] == dollar { index -= 1 }
    guard index >= 0, bytes[index] == minus else { return nil }
    guard index > 0 else { return index }
    let before = bytes[index - 1]
    let closes = before == UInt8(ascii: ")") || before == UInt8(ascii: "]")
    return isWord(before) || closes || before == minus ? nil : index
  }

  /// Digits from `start` on, with commas only where three digits follow each.
  private static func spelled(
    _ bytes: [UInt8], from start: Int
  ) -> (digits: ArraySlice<UInt8>, fraction: ArraySlice<UInt8>, end: Int) {
    var end = run(bytes, from: start)
    var whole = Array(bytes[start..<end])
    if (1...3).contains(whole.count) {
      while end < bytes.count, bytes[end] == .comma, run(bytes, from: end + 1) == end + 4 {
        whole += bytes[(end + 1)..<(end + 4)]
        end += 4
      }
    }
    guard end + 1 < bytes.count, bytes[end] == point, isDigit(bytes[end + 1]) else {
      return (whole[...], [], end)
    }
    let close = run(bytes, from: end + 1)
    return (whole[...], bytes[(end + 1)..<close], close)
  }

  /// The end of the digits from `start` on.
  private static func run(_ bytes: [UInt8], from start: Int) -> Int {
    var end = start
    while end < bytes.count, isDigit(bytes[end]) { end += 1 }
    return end
  }

  private static func canonical(
    negative: Bool, digits: ArraySlice<UInt8>, fraction: ArraySlice<UInt8>
  ) -> String {
    let zero = UInt8(ascii: "0")
    let whole = digits.drop { $0 == zero }
    let kept = fraction.reversed().drop { $0 == zero }.reversed()
    let text =
      (whole.isEmpty ? "0" : String(decoding: whole, as: UTF8.self))
      + (kept.isEmpty ? "" : "." + String(decoding: kept, as: UTF8.self))
    return negative && text != "0" ? "-" + text : text
  }

  /// The sign U+2212 becomes a hyphen, as models write both.
  private static func withPlainMinus(_ bytes: [UInt8]) -> [UInt8] {
    let sign: [UInt8] = [0xE2, 0x88, 0x92]
    var plain: [UInt8] = []
    var position = 0
    while position < bytes.count {
      let isSign = bytes[position...].starts(with: sign)
      plain.append(isSign ? minus : bytes[position])
      position += isSign ? sign.count : 1
    }
    return plain
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
}
