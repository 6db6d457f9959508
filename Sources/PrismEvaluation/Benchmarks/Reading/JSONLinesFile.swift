import Foundation

/// A file with one JSON object a line.
struct JSONLinesFile<Row: Decodable> {
  struct Line {
    /// From 1.
    let number: Int
    let row: Row
  }

  let file: BenchmarkFile
  let lines: [Line]

  init(_ path: String, in data: URL) throws {
    try self.init(BenchmarkFile(path, in: data))
  }

  /// - Throws: `EvaluationError` with the line of the first object that does not fit `Row`.
  init(_ file: BenchmarkFile) throws {
    self.file = file
    let decoder = JSONDecoder()
    var lines: [Line] = []
    for (index, text) in file.bytes.split(separator: .newline, omittingEmptySubsequences: false)
      .enumerated()
    {
      // Ends of files and CR LF leave lines with nothing in them.
      if String(decoding: text, as: UTF8.self).isBlank { continue }
      do {
        lines.append(Line(number: index + 1, row: try decoder.decode(Row.self, from: Data(text))))
      } catch let error as DecodingError {
        throw file.damaged(line: index + 1, error.plainProblem)
      }
    }
    self.lines = lines
  }
}

extension DecodingError {
  /// What is wrong, in words for the person who has the file.
  fileprivate var plainProblem: String {
    switch self {
    case .keyNotFound(let key, _):
      "the key \"\(key.stringValue)\" is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "\(context.place) has a value of the wrong type"
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
      "\(context.place) has a value that cannot be used"
    default:
      "the line is not valid JSON, so it may be cut off"
    }
  }
}

extension DecodingError.Context {
  fileprivate var place: String {
    let keys = codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }
    return keys.isEmpty ? "the line" : "the key \"\(keys.joined(separator: "."))\""
  }
}
