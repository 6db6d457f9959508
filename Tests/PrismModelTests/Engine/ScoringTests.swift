import CKernels
import PrismModel
import PrismTensor
import PrismTesting
import Testing

/// Log-probabilities without sampling.
@Suite struct ScoringTests {
  private func logSoftmax(_ logits: [Float]) -> [Float] {
    let sum = prism_log_sum_exp(logits, logits.count, nil)
    return logits.map { $0 - sum }
  }

  // From the logits of a plain pass over prompt and continuation, position by position.
  @Test(arguments: [64, 1024]) func continuation(_ maximumRows: Int) throws {
    let model = try TestData.tinyModel("tiny-qwen2")
    let adapter = EngineToys.adapter(model.configuration)
    let engine = try Generator(
      model: model, adapter: adapter, settings: .init(maximumRows: maximumRows))
    for (promptCount, count) in [(1, 1), (5, 9), (64, 3), (70, 100), (130, 0)] {
      let prompt = EngineToys.prompt(promptCount, seed: 4)
      let continuation = EngineToys.tokens(count, seed: 5)
      for route in [Route.base, .adapter] {
        let logits = try EngineProbe(model, adapter: adapter)
          .logits([prompt.tokens + continuation], routes: [route])[0]
        let size = model.configuration.vocabularySize
        let expected = continuation.enumerated().map { index, token in
          let row = (promptCount - 1 + index) * size
          return logSoftmax(Array(logits[row..<row + size]))[Int(token)]
        }
        let actual = try engine.logProbabilities(of: continuation, after: prompt, route: route)
        try expectClose(actual, expected, tolerance: 1e-4, "\(promptCount) + \(count), \(route)")
      }
    }
  }

  // Longer and shorter than a pass, with and without a common beginning, both routes, one empty.
  @Test func manyContinuationsAreEachTheirOwn() throws {
    let model = try TestData.tinyModel("tiny-llama")
    let engine = try Generator(
      model: model, adapter: EngineToys.adapter(model.configuration),
      settings: .init(maximumRows: 64))
    let common = EngineToys.prompt(40, seed: 8)
    let scored = [(0, 3), (0, 90), (5, 1), (5, 0), (0, 3), (7, 30)].enumerated().map { index, sizes in
      ScoredContinuation(
        prompt: RenderedPrompt(common.tokens + EngineToys.tokens(sizes.0, seed: 9)),
        continuation: EngineToys.tokens(sizes.1, seed: UInt64(10 + index)),
        route: index.isMultiple(of: 2) ? .base : .adapter)
    }
    var finished: [Int] = []
    let together = try engine.logProbabilities(scored) { done in
      finished.append(done)
      return .more
    }
    #expect(finished.last == 5)
    for (entry, values) in zip(scored, together) {
      let alone = try engine.logProbabilities(
        of: entry.continuation, after: entry.prompt, route: entry.route)
      try expectClose(values, alone, tolerance: 1e-4)
    }
  }

  @Test func nextTokensByRoute() throws {
    let model = try TestData.tinyModel("tiny-llama")
    let engine = try Generator(model: model, adapter: EngineToys.adapter(model.configuration))
    let prompt = EngineToys.prompt(20, seed: 12)
    let both = try engine.nextTokenLogProbabilities(
      [prompt, prompt], of: [3, 7], routes: [.base, .adapter]) { _ in .more }
    for (row, route) in zip(both, [Route.base, .adapter]) {
      let expected = try [3, 7].map {
        try engine.logProbabilities(of: [$0], after: prompt, route: route)[0]
      }
      try expectClose(row, expected, tolerance: 1e-4)
    }
    #expect(both[0] != both[1])
  }

  @Test(arguments: TestData.precisions) func scoresAreWhatGenerationReported(_ precision: Precision)
    throws
  {
    let model = try TestData.tinyModel("tiny-llama", precision: precision)
    let engine = try Generator(model: model, adapter: EngineToys.adapter(model.configuration))
    let prompt = EngineToys.prompt(30, seed: 6)
    for policy in [RoutePolicy.base, .adapter] {
      let result = try engine.generate([
        .init(
          prompt: prompt, sampling: .init(temperature: 1, maxTokens: 40, seed: 1), policy: policy)
      ]) { _ in .more }[0]
      let scores = try engine.logProbabilities(
        of: result.tokenIDs, after: prompt, route: result.route)
      // bf16: decoding and reading at once round differently; see `CacheTests`.
      try expectClose(scores, result.logProbabilities, tolerance: precision == .fp32 ? 1e-4 : 0.1)
    }
  }

  @Test func nextToken() throws {
    let model = try TestData.tinyModel("tiny-llama")
    let engine = try Generator(model: model, settings: .init(maximumRows: 64))
    let prompts = [5, 200, 64, 1, 65, 30, 30, 30].enumerated().map {
      EngineToys.prompt($1, seed: UInt64($0))
    }
    let tokens: [Int32] = [9, 0, 271, 9]
    var done: [Int] = []
    let scores = try engine.nextTokenLogProbabilities(prompts, of: tokens) {
      done.append($0)
      return .more
    }
    #expect(done.last == prompts.count && done == done.sorted())
    for (prompt, row) in zip(prompts, scores) {
      for (token, value) in zip(tokens, row) {
        let expected = try engine.logProbabilities(of: [token], after: prompt)
        try expectClose([value], expected, tolerance: 1e-4)
      }
    }
    #expect(throws: Interrupted.self) {
      try engine.nextTokenLogProbabilities(prompts, of: tokens) { _ in .stop }
    }
  }

  // All of these once read memory that was not theirs, or left out the first score.
  @Test func badQuestions() throws {
    let engine = try Generator(model: TestData.tinyModel("tiny-llama"))
    let prompt = EngineToys.prompt(4, seed: 1)
    for token in [-1, 272, .max] as [Int32] {
      #expect(throws: ModelError.self) {
        try engine.nextTokenLogProbabilities([prompt], of: [token]) { _ in .more }
      }
      #expect(throws: ModelError.self) { try engine.logProbabilities(of: [token], after: prompt) }
    }
    #expect(throws: ModelError.self) {
      try engine.logProbabilities(of: [3], after: RenderedPrompt([]))
    }
    #expect(throws: ModelError.self) {
      try engine.logProbabilities(of: [3], after: prompt, route: .adapter)
    }
  }
}
