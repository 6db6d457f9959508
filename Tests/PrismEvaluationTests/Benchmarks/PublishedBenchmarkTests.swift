import Foundation
import PrismEvaluation
import Testing

/// The published files, where `PRISM_BENCHMARK_DATA` names their folder.
@Suite(
  "Readers on the published data",
  .enabled(if: ProcessInfo.processInfo.environment["PRISM_BENCHMARK_DATA"] != nil))
struct PublishedBenchmarkTests {
  private func items(_ name: String) throws -> [BenchmarkItem] {
    let folder = try #require(ProcessInfo.processInfo.environment["PRISM_BENCHMARK_DATA"])
    return try BenchmarkCatalogue.benchmark(named: name)
      .items(in: URL(fileURLWithPath: folder, isDirectory: true))
  }

  @Test(
    "items, categories and domains are as many as published",
    arguments: [
      ("mmlu", 14042, 57, 4), ("mt-bench", 80, 8, 8), ("harmbench", 400, 7, 3),
      ("jailbreakbench", 100, 10, 10), ("jailbreakbench-benign", 100, 10, 10),
      ("jailbreak-prompts", 79, 1, 1), ("pku-saferlhf", 500, 1, 1), ("xstest", 450, 18, 2),
      ("truthfulqa", 817, 38, 2), ("gsm8k", 1319, 1, 1), ("ifeval", 541, 9, 9),
    ])
  func counts(name: String, items count: Int, categories: Int, domains: Int) throws {
    let items = try items(name)
    #expect(items.count == count)
    #expect(Set(items.map(\.id)).count == count)
    #expect(Set(items.map(\.category)).count == categories)
    #expect(Set(items.map(\.domain)).count == domains)
  }

  @Test("MMLU's domains have the sizes that its authors' grouping gives, and 5 examples a subject")
  func mmlu() throws {
    let sizes = Dictionary(grouping: try items("mmlu"), by: \.domain).mapValues(\.count)
    #expect(
      sizes == ["stem": 3018, "humanities": 4705, "social_sciences": 3077, "other": 3242])
    let folder = try #require(ProcessInfo.processInfo.environment["PRISM_BENCHMARK_DATA"])
    let examples = try MMLUBenchmark().examples(in: URL(fileURLWithPath: folder))
    #expect(examples.count == 57 && examples.values.allSatisfy { $0.count == 5 })
  }

  @Test("parts of the sets are as large as published")
  func parts() throws {
    let safe = try items("xstest").count { $0.domain == "safe" }
    #expect(safe == 250)
    let adversarial = try items("truthfulqa").count { $0.domain == "Adversarial" }
    #expect(adversarial == 437)
    let behaviours = Dictionary(grouping: try items("harmbench"), by: \.domain).mapValues(\.count)
    #expect(behaviours == ["standard": 200, "contextual": 100, "copyright": 100])
    let referenced = try items("mt-bench").count {
      guard case .conversation(let conversation) = $0.task else { return false }
      return conversation.grading != .rating(references: nil)
    }
    #expect(referenced == 30)
  }

  @Test("IFEval has 834 instructions of 25 kinds")
  func ifeval() throws {
    let instructions = try items("ifeval").flatMap { item -> [InstructionReference] in
      guard case .conversation(let conversation) = item.task,
        case .instructions(let instructions) = conversation.grading
      else { return [] }
      return instructions
    }
    #expect(instructions.count == 834)
    #expect(Set(instructions.map(\.identifier)).count == 25)
  }
}
