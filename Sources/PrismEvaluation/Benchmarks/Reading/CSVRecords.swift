/// One record of a CSV file; `line` is where it begins, from 1.
package struct CSVRecord: Hashable, Sendable {
  package let line: Int
  package let fields: [String]
}

/// Reads comma-separated records as RFC 4180 has them: cells in quotes may hold commas, line ends and
/// doubled quotes; lines end in LF or CR LF. Strict: what does not parse is an error with its line.
///
/// Cells come back byte for byte. A reader that trims blanks before a cell changes hundreds of MMLU's
/// questions, and with them their tokens; one that closes an open quote at the end hides a cut off file.
package struct CSVRecords {
  private let file: BenchmarkFile
  private let bytes: [UInt8]
  private var position = 0
  private var line = 1

  package static func read(_ file: BenchmarkFile) throws -> [CSVRecord] {
    var reader = CSVRecords(file: file)
    var records: [CSVRecord] = []
    while let record = try reader.next() { records.append(record) }
    return records
  }

  private init(file: BenchmarkFile) {
    self.file = file
    bytes = file.bytes
  }

  private mutating func next() throws -> CSVRecord? {
    while try lineEnd() {}
    guard position < bytes.count else { return nil }
    let start = line
    var fields: [String] = []
    while true {
      fields.append(try bytes[safely: position] == .quote ? quotedField() : plainField())
      if bytes[safely: position] == .comma {
        position += 1
      } else if try lineEnd() || position == bytes.count {
        return CSVRecord(line: start, fields: fields)
      } else {
        throw file.damaged(line: line, "text follows the closing quote of a cell")
      }
    }
  }

  /// Steps over a line end, if one is here.
  private mutating func lineEnd() throws -> Bool {
    switch bytes[safely: position] {
    case .newline:
      position += 1
    case .carriageReturn:
      guard bytes[safely: position + 1] == .newline else {
        throw file.damaged(line: line, "a carriage return without a line feed")
      }
      position += 2
    default:
      return false
    }
    line += 1
    return true
  }

  private mutating func plainField() throws -> String {
    let start = position
    while let byte = bytes[safely: position], byte != .comma, byte != .newline,
      byte != .carriageReturn
    {
      if byte == .quote {
        throw file.damaged(line: line, "a quote inside a cell that does not begin with one")
      }
      position += 1
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func quotedField() throws -> String {
    let start = line
    var content: [UInt8] = []
    position += 1
    while let byte = bytes[safely: position] {
      position += 1
      if byte == .newline { line += 1 }
      if byte != .quote {
        content.append(byte)
      } else if bytes[safely: position] == .quote {
        content.append(byte)
        position += 1
      } else {
        return String(decoding: content, as: UTF8.self)
      }
    }
    throw file.damaged(
      line: start, "the quote that opens here is never closed, so the file seems cut off")
  }
}

extension [UInt8] {
  fileprivate subscript(safely index: Int) -> UInt8? { index < count ? self[index] : nil }
}
