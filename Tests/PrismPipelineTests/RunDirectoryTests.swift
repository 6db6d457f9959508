import Foundation
import PrismModel
import PrismPipeline
import PrismTesting
import Testing

@Suite("Run directory")
struct RunDirectoryTests {
  private final class Folder {
    let path = NSTemporaryDirectory() + "/prism-run-" + UUID().uuidString
    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  private var configuration: PrismConfiguration {
    var configuration = PrismConfiguration()
    configuration.queries.perPersona = 2
    configuration.engine.unitItems = 5
    return configuration
  }

  private func engine(interruptedCall: Int? = nil) throws -> ScriptedEngine {
    let engine = try ScriptedEngine(
      answer: { "Is it \($0.sampling.seed) or not, \($0.prompt.tokens.count)?" },
      letters: { prompt, tokens in
        tokens.map { -1 - Float((Int($0) * prompt.tokens.count) % 7) / 7 }
      })
    engine.interruptedCall = interruptedCall
    return engine
  }

  private func run(
    _ path: String, _ engine: ScriptedEngine, _ configuration: PrismConfiguration? = nil,
    fresh: Bool = false, files: RunFiles = .disk
  ) throws -> DistillRun.Judged {
    let directory = try RunDirectory(path: path, fresh: fresh, files: files)
    return try DistillRun(
      configuration: configuration ?? self.configuration, engine: engine, modelFingerprint: "m",
      directory: directory
    ).judgedPairs(report: { _ in .more })
  }

  private static let rowFiles = ["01-personas", "02-queries", "03-answers", "04-verdicts"]

  private func bytes(_ path: String) throws -> [Data] {
    try Self.rowFiles.map { try Data(contentsOf: URL(fileURLWithPath: "\(path)/\($0).jsonl")) }
  }

  @Test("the log's last whole line counts, whatever a power cut left behind it")
  func lastEvent() throws {
    let folder = Folder()
    let directory = try RunDirectory(path: folder.path)
    #expect(try directory.lastEventTime() == nil)
    let event = "{\"event\":{\"done\":1,\"stage\":\"s\",\"tokens\":0,\"total\":2},\"time\":"
    for (tail, time) in [
      ("", 8.5), ("{\"event\":{\"do", 8.5), ("\u{0}\n", 8.5), (event + "9}\n", 9),
    ] {
      let text = event + "7}\n" + event + "8.5}\n" + tail
      try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path + "/events.jsonl"))
      #expect(try directory.lastEventTime() == time)
    }
  }

  @Test("interrupted at any call, with a torn line or none, ends with the same bytes")
  func resume() throws {
    let whole = Folder()
    let uninterrupted = try engine()
    let judged = try run(whole.path, uninterrupted)
    #expect(judged.pairs.count == 24)
    let expected = try bytes(whole.path)
    for call in 0..<uninterrupted.callCount {
      for torn in [
        "", "{\"id\":\"00", "{\"closes\":{\"rows\":0,\"seconds\":0,\"tokens\":0,\"unit\":99}}\n",
      ] {
        let folder = Folder()
        #expect(throws: Interrupted.self) {
          _ = try run(folder.path, try engine(interruptedCall: call))
        }
        let partial = try #require(
          FileManager.default.contentsOfDirectory(atPath: folder.path)
            .first { $0.hasSuffix(".partial.jsonl") })
        let file = URL(fileURLWithPath: folder.path + "/" + partial)
        try (Data(contentsOf: file) + Data(torn.utf8)).write(to: file)
        let second = try engine()
        _ = try run(folder.path, second)
        #expect(try bytes(folder.path) == expected)
        #expect(second.callCount == uninterrupted.callCount - call)
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(!left.contains { $0.contains("partial") || $0.contains("writing") })
      }
    }
  }

  @Test("a partial file cut at every tenth byte ends with the same bytes")
  func cut() throws {
    let whole = Folder()
    _ = try run(whole.path, try engine())
    let expected = try bytes(whole.path)
    let source = Folder()
    _ = try? run(source.path, try engine(interruptedCall: 7))
    let partial = try #require(
      FileManager.default.contentsOfDirectory(atPath: source.path).first { $0.contains("partial") })
    let data = try Data(contentsOf: URL(fileURLWithPath: source.path + "/" + partial))
    for size in stride(from: 0, to: data.count, by: max(10, data.count / 40)) {
      let folder = Folder()
      try FileManager.default.copyItem(atPath: source.path, toPath: folder.path)
      try data.prefix(size).write(to: URL(fileURLWithPath: folder.path + "/" + partial))
      _ = try run(folder.path, try engine())
      #expect(try bytes(folder.path) == expected, "cut at \(size)")
    }
  }

  @Test("a complete run is read back without asking the model")
  func complete() throws {
    let folder = Folder()
    let first = try run(folder.path, try engine())
    let second = try engine()
    #expect(try run(folder.path, second).pairs == first.pairs)
    #expect(second.callCount == 0)
  }

  @Test("a changed setting is refused and named; fresh discards")
  func changed() throws {
    let folder = Folder()
    _ = try run(folder.path, try engine())
    var other = configuration
    other.answers.temperature = 0.5
    #expect(
      throws: PipelineError.changed(
        path: folder.path, stage: "answers", changes: ["answers.temperature 0.7 → 0.5"])
    ) { _ = try run(folder.path, try engine(), other) }
    #expect(try run(folder.path, try engine(), other, fresh: true).pairs.count == 24)
  }

  @Test("a changed setting is refused in the middle of a stage too")
  func changedPartial() throws {
    let folder = Folder()
    _ = try? run(folder.path, try engine(interruptedCall: 1))
    var other = configuration
    other.queries.perPersona = 3
    #expect(
      throws: PipelineError.changed(
        path: folder.path, stage: "queries", changes: ["queries.perPersona 2 → 3"])
    ) { _ = try run(folder.path, try engine(), other) }
  }

  @Test("a damaged result is refused")
  func damaged() throws {
    let folder = Folder()
    _ = try run(folder.path, try engine())
    let file = URL(fileURLWithPath: folder.path + "/02-queries.jsonl")
    try (Data(contentsOf: file) + Data("{}\n".utf8)).write(to: file)
    #expect(throws: PipelineError.self) { _ = try run(folder.path, try engine()) }
  }

  @Test("two processes cannot share a directory")
  func locked() throws {
    let folder = Folder()
    let holder = try RunDirectory(path: folder.path)
    #expect(throws: PipelineError.locked(path: folder.path)) {
      _ = try RunDirectory(path: holder.path)
    }
  }

  @Test("a full disk is one error, leaves no final name, and the run continues afterwards")
  func fullDisk() throws {
    let whole = Folder()
    _ = try run(whole.path, try engine())
    let expected = try bytes(whole.path)
    let folder = Folder()
    // Half of what is written arrives, as on a disk that fills up.
    let full = RunFiles(
      append: { bytes, path, keeping in
        guard path.contains("03-answers"), let keeping, keeping > 0 else {
          return try RunFiles.disk.append(bytes, path, keeping)
        }
        try RunFiles.disk.append(Array(bytes.prefix(bytes.count / 2)), path, keeping)
        throw PipelineError.cannotWrite(path: path, reason: "No space left on device")
      }, create: RunFiles.disk.create)
    #expect(throws: PipelineError.self) { _ = try run(folder.path, try engine(), files: full) }
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/03-answers.jsonl"))
    _ = try run(folder.path, try engine())
    #expect(try bytes(folder.path) == expected)
  }

  @Test("a path that is a file is one clear error")
  func notAFolder() throws {
    let folder = Folder()
    try Data("x".utf8).write(to: URL(fileURLWithPath: folder.path))
    #expect(throws: PipelineError.self) { _ = try RunDirectory(path: folder.path + "/run") }
  }

  @Test("metrics have exactly the promised keys")
  func metrics() throws {
    let folder = Folder()
    _ = try run(folder.path, try engine())
    let data = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/metrics.json"))
    let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(
      Set(object.keys).isSubset(of: [
        "queries", "distill", "retain", "verdicts", "judge", "gate", "distillation", "seconds",
        "tokens", "peakResidentBytes",
      ]))
    #expect(object["queries"] as? Int == 24)
    let verdicts = try #require(object["verdicts"] as? [String: Int])
    #expect(verdicts.values.reduce(0, +) == 24)
  }
}
