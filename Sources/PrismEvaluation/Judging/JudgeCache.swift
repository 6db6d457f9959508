import Foundation
import Synchronization

/// Finished replies of a judge, by what was asked: one JSON line each in an append-only file.
///
/// A reply is on file as soon as it is recorded and is read back by the next run, parsed anew.
/// A last line without its line end was torn by a kill and does not count. One cache may serve
/// several judges of a process; a second process is refused.
public final class JudgeCache: Sendable {
  /// A line of the file.
  private struct Line: Codable {
    static let currentVersion = 1
    var version = currentVersion
    /// SHA-256 in hex over everything the reply depends on.
    let key: String
    let reply: String
  }

  private struct Contents {
    var file: JudgeCacheFile
    var replies: [String: String]
  }

  public let path: String
  private let contents: Mutex<Contents>

  /// Opens the file, or makes it where there is none.
  /// Throws `EvaluationError.judgeCacheLine` for a whole line that cannot be read,
  /// `.judgeCacheInUse`, or `.judgeCacheFile`.
  public init(path: String) throws {
    self.path = path
    let file = try JudgeCacheFile(path: path)
    let data = try file.contents()
    var replies: [String: String] = [:]
    var start = data.startIndex
    var number = 1
    while let end = data[start...].firstIndex(of: UInt8(ascii: "\n")) {
      let line = try Self.line(data[start..<end], path: path, number: number)
      replies[line.key] = line.reply
      start = data.index(after: end)
      number += 1
    }
    // What follows would otherwise be glued to the torn line.
    if start < data.endIndex { try file.cut(to: start - data.startIndex) }
    contents = Mutex(Contents(file: file, replies: replies))
  }

  /// Replies on file.
  public var count: Int { contents.withLock { $0.replies.count } }

  package func reply(for key: JudgeCacheKey) -> String? {
    contents.withLock { $0.replies[key.text] }
  }

  /// Writes a reply at once, in one call.
  package func record(_ reply: String, for key: JudgeCacheKey) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let line = try encoder.encode(Line(key: key.text, reply: reply)) + Data("\n".utf8)
    try contents.withLock {
      try $0.file.append(line)
      $0.replies[key.text] = reply
    }
  }

  private static func line(_ bytes: Data, path: String, number: Int) throws -> Line {
    let problem: String
    do {
      let line = try JSONDecoder().decode(Line.self, from: bytes)
      if line.version != Line.currentVersion {
        problem = "its version is \(line.version), and this build reads \(Line.currentVersion)"
      } else if !JudgeCacheKey.isKey(line.key) {
        problem = "its key is not 64 hexadecimal digits"
      } else {
        return line
      }
    } catch {
      problem = "it is not a verdict in JSON"
    }
    throw EvaluationError.judgeCacheLine(path: path, line: number, problem: problem)
  }
}
