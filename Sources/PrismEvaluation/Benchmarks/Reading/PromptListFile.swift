import Foundation

/// A JSON file that is one array of strings: prompts without further data.
///
/// The array's frame is read here, because Foundation's decoder tells no line and accepts a comma
/// before the closing bracket, where a cut off list would go unnoticed.
struct PromptListFile {
  /// At least one, none blank, in the order of the file.
  let prompts: [String]

  init(_ path: String, in data: URL) throws {
    try self.init(BenchmarkFile(path, in: data))
  }

  init(_ file: BenchmarkFile) throws {
    var scanner = ListScanner(file: file)
    prompts = try scanner.strings()
  }

  private struct ListScanner {
    let file: BenchmarkFile
    private var position = 0
    private var line = 1

    init(file: BenchmarkFile) { self.file = file }

    mutating func strings() throws -> [String] {
      var strings: [String] = []
      try expect("[", "the list does not begin with [")
      repeat {
        let text = try string()
        guard !text.isBlank else { throw file.damaged(line: line, "the prompt is empty") }
        strings.append(text)
      } while take(",")
      try expect("]", "a comma or the closing ] is missing, so the list may be cut off")
      skipBlanks()
      guard position == file.bytes.count else {
        throw file.damaged(line: line, "text follows the closing ]")
      }
      return strings
    }

    private mutating func string() throws -> String {
      let opening = "a prompt in quotes is expected here, so the list may be cut off"
      skipBlanks()
      let start = position
      try expect("\"", opening)
      while position < file.bytes.count, file.bytes[position] != .quote {
        guard file.bytes[position] != .newline else { break }
        position += file.bytes[position] == .backslash ? 2 : 1
      }
      let end = position
      guard end < file.bytes.count, file.bytes[end] == .quote else {
        throw file.damaged(
          line: line, "the quote that opens here is not closed on its line")
      }
      position += 1
      do {
        return try JSONDecoder().decode(String.self, from: Data(file.bytes[start...end]))
      } catch is DecodingError {
        throw file.damaged(line: line, "the prompt is not a valid JSON string")
      }
    }

    private mutating func expect(_ character: Unicode.Scalar, _ problem: String) throws {
      guard take(character) else { throw file.damaged(line: line, problem) }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
      skipBlanks()
      guard position < file.bytes.count, file.bytes[position] == UInt8(ascii: character) else {
        return false
      }
      position += 1
      return true
    }

    private mutating func skipBlanks() {
      while position < file.bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(file.bytes[position]) {
        if file.bytes[position] == .newline { line += 1 }
        position += 1
      }
    }
  }
}
