import Foundation

/// The bytes of one benchmark file, known to be UTF-8 and not blank, without a byte order mark.
package struct BenchmarkFile {
  let path: String
  let bytes: [UInt8]

  /// - Parameter path: below the data folder, such as "gsm8k/test.jsonl".
  init(_ path: String, in data: URL) throws {
    let url = data.appendingPathComponent(path)
    guard FileManager.default.fileExists(atPath: url.path) else {
      throw Self.missing(url.path)
    }
    do {
      try self.init(path: url.path, bytes: [UInt8](Data(contentsOf: url)))
    } catch let error as EvaluationError {
      throw error
    } catch {
      throw EvaluationError.benchmarkData(
        path: url.path, line: nil,
        problem: "the file cannot be read (\(error.localizedDescription))",
        advice: "check that it is a file and that you may read it")
    }
  }

  package init(path: String, bytes: [UInt8]) throws {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    self.path = path
    self.bytes = bytes.starts(with: mark) ? Array(bytes.dropFirst(mark.count)) : bytes
    guard self.bytes.contains(where: { !Self.blanks.contains($0) }) else {
      throw damaged(line: nil, "the file is empty")
    }
    for (index, line) in self.bytes.split(separator: .newline, omittingEmptySubsequences: false)
      .enumerated()
    where String(validating: line, as: UTF8.self) == nil {
      throw damaged(line: index + 1, "the text is not UTF-8")
    }
  }

  static func missing(_ path: String) -> EvaluationError {
    .benchmarkData(
      path: path, line: nil, problem: "there is no such file or folder",
      advice: "pass the folder that holds the benchmarks, laid out as the documentation says")
  }

  func damaged(line: Int?, _ problem: String) -> EvaluationError {
    .benchmarkData(
      path: path, line: line, problem: problem,
      advice: "correct it, or get the file again from where it is published")
  }

  private static let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
}

extension UInt8 {
  static let newline = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
  static let quote = UInt8(ascii: "\"")
  static let comma = UInt8(ascii: ",")
  static let backslash = UInt8(ascii: "\\")
}
