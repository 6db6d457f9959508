import Foundation
import PrismEvaluation

/// A folder for a judge's cache, gone after the test.
final class JudgeFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/prism-judge-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var file: String { path + "/judge-cache.jsonl" }

  func cache() throws -> JudgeCache { try JudgeCache(path: file) }

  func text() throws -> String { try String(contentsOfFile: file, encoding: .utf8) }
}
