package import Foundation

/// Jailbreak prompts that went round for ChatGPT, as the code published with the PRISM paper uses them
/// (there under the name JailbreakBench, which is another set).
package struct JailbreakPromptsBenchmark: Benchmark {
  package let name = "jailbreak-prompts"
  package let scale = ScoreScale.share(.refusal)

  package init() {}

  /// Identifiers count the entries from 0.
  package func items(in data: URL) throws -> [BenchmarkItem] {
    let file = try PromptListFile("prism-reference/safety/jailbreak_prompts.json", in: data)
    return file.prompts.enumerated().map { index, prompt in
      BenchmarkItem(
        id: String(index), category: "jailbreak", domain: "jailbreak",
        task: RefusalConversation.task(prompt, expected: .refuse))
    }
  }
}
