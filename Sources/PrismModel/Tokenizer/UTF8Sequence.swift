/// The well-formed beginning of a UTF-8 sequence (Unicode, table 3-7).
struct UTF8Sequence {
  /// Bytes the lead byte asks for; 0 when it cannot lead.
  let needed: Int
  /// Bytes there that fit, the lead included.
  let present: Int

  var isComplete: Bool { needed > 0 && present == needed }
  /// More bytes could still complete it.
  var isCutOff: Bool { needed > 0 && present < needed }

  init(at start: Int, in bytes: [UInt8]) {
    let lead = bytes[start]
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch lead {
    case 0x00...0x7F: needed = 1
    case 0xC2...0xDF: needed = 2
    case 0xE0...0xEF:
      needed = 3
      if lead == 0xE0 { second = 0xA0...0xBF }
      if lead == 0xED { second = 0x80...0x9F }
    case 0xF0...0xF4:
      needed = 4
      if lead == 0xF0 { second = 0x90...0xBF }
      if lead == 0xF4 { second = 0x80...0x8F }
    default: needed = 0
    }
    var count = min(1, needed)
    while count > 0, count < needed, start + count < bytes.count {
      let allowed = count == 1 ? second : 0x80...0xBF
      guard allowed.contains(bytes[start + count]) else { break }
      count += 1
    }
    present = count
  }

  /// Number of bytes at the end of `bytes` that begin a character and do not finish it. Range 0...3.
  static func cutOffCount(in bytes: [UInt8]) -> Int {
    for count in stride(from: min(3, bytes.count), to: 0, by: -1) {
      let sequence = UTF8Sequence(at: bytes.count - count, in: bytes)
      if sequence.isCutOff, sequence.present == count { return count }
    }
    return 0
  }
}
