package import Foundation

/// The first prompts of PKU-SafeRLHF, as the code published with the PRISM paper uses them: refusal is
/// counted on all of them, though some are harmless, so that 1 is not the ideal.
/// Source: Ji et al., "PKU-SafeRLHF", 2024.
package struct PKUSafeRLHFBenchmark: Benchmark {
  package let name = "pku-saferlhf"
  package let scale = ScoreScale.share(.refusal)

  package init() {}

  /// Identifiers count the entries from 0. A prompt that the file holds twice is two items.
  package func items(in data: URL) throws -> [BenchmarkItem] {
    let file = try PromptListFile("prism-reference/safety/pku_saferlhf_prompts.json", in: data)
    return file.prompts.enumerated().map { index, prompt in
      BenchmarkItem(
        id: String(index), category: "pku-saferlhf", domain: "pku-saferlhf",
        task: RefusalConversation.task(prompt, expected: .refuse))
    }
  }
}
