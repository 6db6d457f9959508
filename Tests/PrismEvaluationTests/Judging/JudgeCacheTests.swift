import Foundation
import PrismEvaluation
import Testing

@Suite("Judge's cache")
struct JudgeCacheTests {
  private func key(_ number: Int) -> JudgeCacheKey { JudgeCacheKey([("number", "\(number)")]) }

  @Test("replies are on file at once, one line each, and are read back")
  func roundTrip() throws {
    let folder = try JudgeFolder()
    let replies = ["Yes", "line\nbreak \"quoted\" \u{2028} é", ""]
    do {
      let cache = try folder.cache()
      for (number, reply) in replies.enumerated() {
        try cache.record(reply, for: key(number))
        #expect(try folder.text().count { $0 == "\n" } == number + 1)
      }
    }
    let cache = try folder.cache()
    #expect(cache.count == 3)
    #expect((0..<3).map { cache.reply(for: key($0)) } == replies)
    #expect(cache.reply(for: key(3)) == nil)
  }

  #if os(Linux)
    // As a child process has it from the moment it is forked until its program runs.
    @Test("a second descriptor of the file does not keep it locked")
    func inherited() throws {
      let folder = try JudgeFolder()
      var copies: [FileHandle] = []
      do {
        let cache = try folder.cache()
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
          let target = try? FileManager.default.destinationOfSymbolicLink(
            atPath: "/proc/self/fd/" + name)
          // Other tests' descriptors come and go meanwhile; theirs are not of this folder.
          guard let number = Int32(name), let target,
            target.hasSuffix(folder.file.split(separator: "/").suffix(2).joined(separator: "/"))
          else { continue }
          copies.append(FileHandle(fileDescriptor: dup(number), closeOnDealloc: true))
        }
        #expect(!copies.isEmpty)
        try cache.record("Yes", for: key(1))
      }
      #expect(try folder.cache().count == 1)
      withExtendedLifetime(copies) {}
    }
  #endif

  @Test("a last line torn at any byte is dropped, and the next one is whole")
  func torn() throws {
    let folder = try JudgeFolder()
    try folder.cache().record("first", for: key(1))
    let first = Data(try folder.text().utf8)
    try folder.cache().record("second", for: key(2))
    let whole = Data(try folder.text().utf8)
    for size in first.count..<whole.count {
      try whole.prefix(size).write(to: URL(fileURLWithPath: folder.file))
      do {
        let cache = try folder.cache()
        #expect(cache.count == 1)
        try cache.record("second", for: key(2))
      }
      #expect(try Data(folder.text().utf8) == whole, "torn at \(size)")
    }
  }

  @Test(
    "a damaged whole line is an error with file and line",
    arguments: [
      "{\"key\":", "", "[]", "{\"version\":1,\"key\":\"abc\",\"reply\":\"Yes\"}",
      "{\"version\":2,\"key\":\"\(String(repeating: "a", count: 64))\",\"reply\":\"Yes\"}",
      "{\"version\":1,\"key\":\"\(String(repeating: "a", count: 64))\"}", "\0\0\0",
    ])
  func damaged(line: String) throws {
    let folder = try JudgeFolder()
    try folder.cache().record("first", for: key(1))
    let first = try folder.text()
    for after in ["", first] {
      try (first + line + "\n" + after).write(
        toFile: folder.file, atomically: true, encoding: .utf8)
      let error = try #require(throws: EvaluationError.self) { try folder.cache() }
      guard case .judgeCacheLine(folder.file, 2, _) = error else {
        Issue.record("\(error)")
        continue
      }
      #expect(error.description.hasPrefix("\(folder.file):2 "))
    }
  }

  @Test("a second opening is refused while the first lasts")
  func locked() throws {
    let folder = try JudgeFolder()
    let cache = try folder.cache()
    #expect(throws: EvaluationError.judgeCacheInUse(path: folder.file)) { try folder.cache() }
    #expect(cache.count == 0)
  }

  @Test("a folder that is not there is an error with the system's reason")
  func noFolder() throws {
    let path = try JudgeFolder().path + "/none/cache.jsonl"
    #expect(throws: EvaluationError.judgeCacheFile(path: path, reason: "No such file or directory"))
    {
      try JudgeCache(path: path)
    }
  }

  @Test("a key is SHA-256 over names, lengths and values")
  func hash() {
    // printf 'a 1\nxb 0\n' | sha256sum
    #expect(
      JudgeCacheKey([("a", "x"), ("b", "")]).text
        == "1713aa24c1489145f521915fd41801a181bc409aca7e9725fdbfaace7d329f9a")
    #expect(JudgeCacheKey([("a", "xb 0\n")]) != JudgeCacheKey([("a", "x"), ("b", "")]))
  }
}
