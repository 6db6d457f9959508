import PrismModel
import PrismTensor
import PrismTesting
import Testing

/// Prompts with a common beginning read it once.
///
/// bf16: attention takes a sequence's keys in the same blocks however it is cut, so sharing changes no
/// bit. fp32: its products sum in another order where the cut lies elsewhere.
@Suite struct SharedPrefixTests {
  private static func tolerance(_ precision: Precision) -> Float { precision == .bf16 ? 0 : 1e-4 }

  private func requests(sharing length: Int, tails: [Int], policy: RoutePolicy = .base) -> [GenerationRequest] {
    let beginning = EngineToys.tokens(length, seed: 1)
    return tails.enumerated().map { index, tail in
      GenerationRequest(
        prompt: RenderedPrompt(beginning + EngineToys.tokens(tail, seed: UInt64(10 + index))),
        sampling: SamplingParameters(temperature: 0.9, maxTokens: 6, seed: UInt64(index)),
        policy: policy)
    }
  }

  // Block borders lie at multiples of 64 positions.
  @Test(arguments: [30, 65, 100, 128, 150], TestData.precisions)
  func sharedIsUnshared(_ length: Int, _ precision: Precision) throws {
    let model = try TestData.tinyModel("tiny-llama", precision: precision)
    let requests = requests(sharing: length, tails: [3, 1, 20, 70])
    let together = try Generator(model: model).generate(requests) { _ in .more }
    for (request, result) in zip(requests, together) {
      let alone = try Generator(model: model).generate([request]) { _ in .more }[0]
      #expect(result.tokenIDs == alone.tokenIDs)
      try expectClose(
        result.logProbabilities, alone.logProbabilities, tolerance: Self.tolerance(precision))
    }
  }

  // Beginnings within beginnings, both routes, any batch, any order, hardly any memory: each sequence
  // ends up with what it has alone.
  @Test(arguments: TestData.precisions) func companyDoesNotMatter(_ precision: Precision) throws {
    let model = try TestData.tinyModel("tiny-llama", precision: precision)
    let adapter = EngineToys.adapter(model.configuration)
    let persona = EngineToys.tokens(40, seed: 1)
    var requests: [GenerationRequest] = []
    for index in 0..<18 {
      let examples = EngineToys.tokens(35, seed: UInt64(2 + index % 3))
      let tail = EngineToys.tokens([1, 5, 60][index % 3], seed: UInt64(20 + index))
      requests.append(
        GenerationRequest(
          prompt: RenderedPrompt(index % 6 == 5 ? tail : persona + examples + tail),
          sampling: SamplingParameters(temperature: 1, maxTokens: 3 + index % 5, seed: UInt64(index)),
          policy: index % 2 == 0 ? .base : .adapter))
    }
    func run(_ requests: [GenerationRequest], _ settings: GeneratorSettings = .init()) throws -> [GenerationResult] {
      try Generator(model: model, adapter: adapter, settings: settings).generate(requests) { _ in .more }
    }
    let alone = try requests.map { try run([$0])[0] }
    for settings in [
      GeneratorSettings(), .init(maximumBatch: 1), .init(maximumBatch: 3, maximumRows: 64),
      .init(maximumBatch: 5, cacheTokens: 700), .init(maximumBatch: 32, cacheTokens: 1),
    ] {
      let forward = try run(requests, settings)
      let backward = try Array(run(requests.reversed(), settings).reversed())
      for (index, expected) in alone.enumerated() {
        for result in [forward[index], backward[index]] {
          #expect(result.tokenIDs == expected.tokenIDs && result.route == expected.route)
          // The adapter's small products may sum in another order in other batches.
          let tolerance = expected.route == .base ? Self.tolerance(precision) : precision == .bf16 ? 0.1 : 1e-4
          try expectClose(
            result.logProbabilities, expected.logProbabilities, tolerance: tolerance, "\(index), \(settings)")
        }
      }
    }
  }

  @Test func theBeginningIsReadOnce() throws {
    let model = try TestData.tinyModel("tiny-llama")
    let requests = requests(sharing: 100, tails: [5, 5, 5, 5, 5, 5])
    let generator = try Generator(
      model: model, settings: GeneratorSettings(maximumBatch: 2))
    let results = try generator.generate(requests) { _ in .more }
    // The last token of each answer is never read.
    let answered = results.reduce(0) { $0 + $1.tokenIDs.count - 1 }
    #expect(generator.processedTokenCount == 100 + 6 * 5 + answered)
  }

  // What the adapter makes of a beginning is not what the base model makes of it.
  @Test func eachRouteReadsItsOwn() throws {
    let model = try TestData.tinyModel("tiny-llama")
    var requests = requests(sharing: 100, tails: [5, 5, 5, 5])
    for index in requests.indices {
      requests[index].policy = index % 2 == 0 ? .base : .adapter
      requests[index].sampling.maxTokens = 1
    }
    let generator = try Generator(model: model, adapter: EngineToys.adapter(model.configuration))
    _ = try generator.generate(requests) { _ in .more }
    #expect(generator.processedTokenCount == 2 * 100 + 4 * 5)
  }

  // Twelve groups, taken in turns: without a limit all twelve beginnings would be held.
  @Test func heldBeginningsCountAsMemory() throws {
    let model = try TestData.tinyModel("tiny-llama")
    let groups = (0..<12).map { group in
      let beginning = EngineToys.tokens(120, seed: UInt64(40 + group))
      return (0..<4).map { index in
        GenerationRequest(
          prompt: RenderedPrompt(beginning + EngineToys.tokens(5, seed: UInt64(100 + 10 * group + index))),
          sampling: SamplingParameters(temperature: 0, maxTokens: 2))
      }
    }
    let requests = (0..<4).flatMap { index in groups.map { $0[index] } }
    func run(_ cacheTokens: Int) throws -> (results: [GenerationResult], blocks: Int, tokens: Int) {
      let generator = try Generator(
        model: model, settings: .init(maximumBatch: 4, cacheTokens: cacheTokens))
      let results = try generator.generate(requests) { _ in .more }
      return (results, generator.pool.highestBlockCount, generator.processedTokenCount)
    }
    let free = try run(32768)
    let answered = free.results.reduce(0) { $0 + $1.tokenIDs.count - 1 }
    #expect(free.tokens == 12 * 120 + 48 * 5 + answered)
    let tight = try run(640)
    #expect(tight.blocks <= 640 / 64 && free.blocks > 640 / 64)
    #expect(tight.tokens > free.tokens)
    #expect(tight.results == free.results)
  }

  @Test func identicalPromptsKeepTheirLastToken() throws {
    let model = try TestData.tinyModel("tiny-llama")
    var request = requests(sharing: 80, tails: [0])[0]
    request.sampling.temperature = 0
    let results = try Generator(model: model).generate([request, request, request]) { _ in .more }
    #expect(Set(results.map(\.tokenIDs)).count == 1)
  }

  // Above the gate's layer what is shared depends on a route that is not known yet.
  @Test func gatedRequestsShareNothing() throws {
    let model = try TestData.tinyModel("tiny-llama")
    var requests = requests(sharing: 100, tails: [5, 5])
    for index in requests.indices {
      requests[index].policy = .auto
      requests[index].sampling.maxTokens = 1
    }
    let generator = try Generator(
      model: model, adapter: EngineToys.adapter(model.configuration), gate: HalfGate())
    _ = try generator.generate(requests) { _ in .more }
    #expect(generator.processedTokenCount == 2 * 105)
  }

  private struct HalfGate: RouteGate {
    let layer = 0
    let threshold: Float = 0.5
    func probability(of features: UnsafeBufferPointer<Float>) -> Float { 0.5 }
  }
}
