import PrismModel
import PrismTensor
import PrismTesting
import Testing

/// Prompts like the judge's: instructions that all share, a query that two share, two answers.
@Suite struct JudgeScoringTests {
  private static let tokens: [Int32] = [9, 0, 271]

  /// Instructions of 40 tokens, queries of 30, `pairs` times two prompts with 50 to 80 tokens of answers.
  private static func prompts(_ pairs: Int) -> [RenderedPrompt] {
    let instructions = EngineToys.tokens(40, seed: 1)
    return (0..<pairs).flatMap { pair in
      let query = EngineToys.tokens(30, seed: UInt64(10 + pair))
      return (0..<2).map { side in
        RenderedPrompt(
          instructions + query
            + EngineToys.tokens(50 + 10 * (pair % 4), seed: UInt64(1000 + 2 * pair + side)))
      }
    }
  }

  private func scores(
    _ model: LanguageModel, _ prompts: [RenderedPrompt], _ settings: GeneratorSettings = .init()
  ) throws -> [[Float]] {
    try Generator(model: model, settings: settings)
      .nextTokenLogProbabilities(prompts, of: Self.tokens) { _ in .more }
  }

  // Bit for bit in bf16, whose attention does not depend on where a sequence is cut.
  @Test(arguments: TestData.precisions) func companyDoesNotMatter(_ precision: Precision) throws {
    let model = try TestData.tinyModel("tiny-llama", precision: precision)
    let prompts = Self.prompts(7)
    let alone = try prompts.map { try scores(model, [$0])[0] }
    #expect(Set(alone).count == prompts.count)
    for settings in [
      GeneratorSettings(), .init(maximumRows: 64), .init(maximumRows: 200, cacheTokens: 600),
      .init(cacheTokens: 1),
    ] {
      let forward = try scores(model, prompts, settings)
      let backward = try Array(scores(model, prompts.reversed(), settings).reversed())
      for (index, expected) in alone.enumerated() {
        for row in [forward[index], backward[index]] {
          try expectClose(row, expected, tolerance: precision == .bf16 ? 0 : 1e-4, "\(index), \(settings)")
        }
      }
    }
  }

  @Test func whatIsSharedIsReadOnce() throws {
    let model = try TestData.tinyModel("tiny-llama")
    let prompts = Self.prompts(9)
    let generator = try Generator(model: model)
    var done: [Int] = []
    _ = try generator.nextTokenLogProbabilities(prompts, of: Self.tokens) {
      done.append($0)
      return .more
    }
    let answers = prompts.reduce(0) { $0 + $1.tokens.count - 70 }
    #expect(generator.processedTokenCount == 40 + 9 * 30 + answers)
    #expect(done.last == 18 && done == done.sorted())
    // Another call shares nothing with the first, however the engine was used before.
    _ = try generator.nextTokenLogProbabilities(prompts, of: Self.tokens) { _ in .more }
    #expect(generator.processedTokenCount == 2 * (40 + 9 * 30 + answers))
  }

  // Four times the prompts take the same memory.
  @Test func memoryDoesNotGrowWithTheQueue() throws {
    let model = try TestData.tinyModel("tiny-llama")
    let settings = GeneratorSettings(maximumRows: 256, cacheTokens: 2048)
    func blocks(_ pairs: Int) throws -> Int {
      let generator = try Generator(model: model, settings: settings)
      _ = try generator.nextTokenLogProbabilities(Self.prompts(pairs), of: Self.tokens) { _ in .more }
      return generator.pool.highestBlockCount
    }
    let few = try blocks(20)
    #expect(few <= 2048 / 64)
    #expect(try blocks(80) <= few + 2)
  }
}
