import Foundation
import Testing

@Suite("prism study", .serialized)
struct StudyTests {
  private let folder: TemporaryFolder
  private let model: String

  init() throws {
    folder = try TemporaryFolder()
    model = try TinyModel.make(in: folder)
  }

  private func study(
    _ out: String, _ more: [String] = [], interruptWhen: (() -> Bool)? = nil
  ) throws -> PrismProcess.Outcome {
    try PrismProcess.run(
      [
        "study", "--model", model, "--precision", "fp32", "--threads", "1", "--data", "sample",
        "--benchmarks",
        "harmbench,mmlu", "--prompt-style", "chat", "--limit", "2", "--max-tokens", "2", "--out",
        folder.file(out),
      ] + more, interruptWhen: interruptWhen)
  }

  private func lines(_ out: String, _ name: String) throws -> [[String: Any]] {
    try String(contentsOfFile: folder.file(out) + "/" + name, encoding: .utf8)
      .split(separator: "\n").map { line in
        var item = try #require(
          try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        item["seconds"] = nil
        return item
      }
  }

  @Test("twelve personas, three lengths, two places and base; interrupted, it goes on")
  func main() throws {
    let outcome = try study("study")
    try #require(outcome.status == 0, "\(outcome.errors)")
    // The mean, what it shows, and its ends.
    let line = try #require(
      outcome.output.split(separator: "\n").first { $0.contains("average-persona:minimum:user") })
    let pattern =
      /average-persona:minimum:user: [0-9.]+, no difference from base shown; persona:[a-z_]+:minimum:user [0-9.]+ to persona:[a-z_]+:minimum:user [0-9.]+/
    #expect(try pattern.firstMatch(in: line) != nil, "\(line)")
    let items = try lines("study", "items.jsonl")
    let strategies = Set(items.compactMap { $0["strategy"] as? String })
    #expect(strategies.count == 1 + 12 * 3 * 2 + 6)
    #expect(strategies.isSuperset(of: ["base", "persona:math", "persona:critic:short:user"]))
    #expect(items.count == 4 * strategies.count)
    // Without a gate nothing reads one, and one condition's items stand together, so that they share
    // its persona.
    let answers = try lines("study", "08-outcomes.jsonl")
    #expect(answers.allSatisfy { $0["gateProbability"] == nil })
    let conditions = answers.map { "\($0["benchmark"] ?? "") \($0["condition"] ?? "")" }
    let changes = zip(conditions, conditions.dropFirst()).count { $0 != $1 }
    #expect(changes == Set(conditions).count - 1 && Set(conditions).count == 2 * 73)
    let page = try String(contentsOfFile: folder.file("study/report.html"), encoding: .utf8)
    #expect(page.contains("When do personas help?"))
    #expect(page.contains("<bdi>minimum</bdi> personas, <bdi>user</bdi> placement"))

    let stopped = try study("again") {
      let path = folder.file("again/08-outcomes.partial.jsonl")
      let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
      return (size ?? 0) > 2000
    }
    #expect(stopped.status == 130, "\(stopped.errors)")
    let resumed = try study("again")
    try #require(resumed.status == 0, "\(resumed.errors)")
    #expect(
      try lines("again", "items.jsonl").elementsEqual(items) {
        ($0 as NSDictionary) == ($1 as NSDictionary)
      })
  }

  @Test("what cannot be done is one sentence")
  func refusals() throws {
    let benchmark = try study("x", ["--benchmarks", "mmul"])
    #expect(benchmark.status == 64 && benchmark.errors.contains("did you mean \"mmlu\"?"))
    let model = try PrismProcess.run(["study", "--data", "sample", "--out", folder.file("x")])
    #expect(model.status == 64 && model.errors.contains("--model"))
  }
}
