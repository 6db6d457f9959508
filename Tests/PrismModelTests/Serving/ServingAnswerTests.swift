import Foundation
import PrismModel
import PrismTensor
import PrismTesting
import Testing

/// Answers in company are those of the generator for the same request alone.
@Suite struct ServingAnswerTests {
  static func tolerance(_ precision: Precision) -> Float { precision == .bf16 ? 0 : 1e-4 }

  private func answers(
    _ requests: [ServingRequest], _ engine: ServingEngine
  ) async throws -> [ServedAnswer] {
    let streams = try requests.map { try engine.submit($0) }
    return try await withThrowingTaskGroup { group in
      for (index, stream) in streams.enumerated() {
        group.addTask { (index, try await ServedAnswer(stream)) }
      }
      var answers: [Int: ServedAnswer] = [:]
      for try await (index, answer) in group { answers[index] = answer }
      return requests.indices.compactMap { answers[$0] }
    }
  }

  @Test(
    arguments: TestData.precisions,
    [
      ServingSettings(), ServingSettings(maximumBatch: 5, promptTokensPerStep: 64),
      ServingSettings(maximumBatch: 3, prefixCacheShare: 0, promptTokensPerStep: 100),
    ])
  func companyDoesNotMatter(_ precision: Precision, _ settings: ServingSettings) async throws {
    let toys = try ServingToys(precision)
    let requests = toys.mixedRequests(24)
    let engine = try toys.engine(settings)
    let answers = try await answers(requests, engine)
    #expect(answers.count == 24)
    for (index, (request, answer)) in zip(requests, answers).enumerated() {
      try answer.expectSame(
        as: toys.alone(request), tolerance: Self.tolerance(precision),
        "request \(index), \(request.routing)")
    }
    // Gates decide both ways, or the test says little.
    let decided = zip(requests, answers).compactMap { request, answer in
      if case .gated(_, enforce: true) = request.routing { answer.route } else { nil }
    }
    #expect(Set(decided) == [.base, .adapter])
    let statistics = engine.statistics()
    #expect(statistics.finished == 24 && statistics.active == 0 && statistics.queued == 0)
    let served = answers.compactMap(\.end?.route)
    #expect(statistics.baseAnswers == served.count { $0 == .base })
    #expect(statistics.adapterAnswers.values.reduce(0, +) == served.count { $0 == .adapter })
    #expect(statistics.generatedTokens == answers.reduce(0) { $0 + $1.tokens.count })
  }

  // The gate is recorded, the base model answers.
  @Test func shadowMode() async throws {
    let toys = try ServingToys()
    let engine = try toys.engine()
    var chosen: Set<Route> = []
    for seed in 0..<12 as Range<UInt64> {
      var request = ServingRequest(
        prompt: EngineToys.prompt(20, seed: seed), sampling: .init(temperature: 0, maxTokens: 5),
        routing: .gated("writer", enforce: false))
      let shadow = try await ServedAnswer(engine.submit(request))
      let probability = try #require(shadow.probability)
      #expect(shadow.route == (probability >= 0.5 ? .adapter : .base))
      chosen.formUnion([shadow.route].compactMap { $0 })
      request.routing = .base
      let base = try toys.alone(request)
      #expect(shadow.end?.route == .base && shadow.tokens.map(\.id) == base.tokenIDs)
    }
    #expect(chosen == [.base, .adapter])
    #expect(engine.statistics().decisions == ["writer": 12])
    #expect(engine.statistics().adapterAnswers.isEmpty)
  }

  // By itself, in pieces, within the pass that answers, and on a prefix of the other bundle's adapter.
  @Test(arguments: TestData.precisions)
  func theDecisionAlone(_ precision: Precision) async throws {
    let toys = try ServingToys(precision)
    let engine = try toys.engine(ServingSettings(promptTokensPerStep: 64))
    for (index, length) in [1, 5, 64, 65, 130, 250].enumerated() {
      for name in ["writer", "critic"] {
        let request = ServingRequest(
          prompt: EngineToys.prompt(length, seed: UInt64(index)),
          sampling: .init(temperature: 0, maxTokens: 1), routing: .gated(name, enforce: true))
        let expected = try #require(toys.alone(request).probability)
        let tolerance = Self.tolerance(precision)
        let first = try await engine.probability(of: request.prompt, bundle: name)
        #expect(abs(first - expected) <= tolerance)
        let answer = try await ServedAnswer(engine.submit(request))
        #expect(abs(try #require(answer.probability) - expected) <= tolerance)
        let again = try await engine.probability(of: request.prompt, bundle: name)
        #expect(abs(again - expected) <= tolerance)
      }
    }
    // Nothing but the decision is computed: no token, and no answer counted.
    await engine.stop(within: .seconds(60))
    let statistics = engine.statistics()
    #expect(
      statistics.generatedTokens == 12 && statistics.decisions == ["writer": 18, "critic": 18])
  }

  @Test func logProbabilities() async throws {
    let toys = try ServingToys()
    let engine = try toys.engine()
    var request = ServingRequest(
      prompt: EngineToys.prompt(9, seed: 2),
      sampling: .init(temperature: 1.2, maxTokens: 12, seed: 3), topLogProbabilities: 20)
    let answer = try await ServedAnswer(engine.submit(request))
    // The model's own view after the same tokens, from another path.
    let generator = try Generator(model: toys.model)
    let all = (0..<272).map { Int32($0) }
    for (index, token) in answer.tokens.enumerated() {
      let prompt = RenderedPrompt(request.prompt.tokens + answer.tokens[..<index].map(\.id))
      let expected = try generator.nextTokenLogProbabilities([prompt], of: all) { _ in .more }[0]
      let likeliest = all.sorted { expected[Int($0)] > expected[Int($1)] }.prefix(20)
      #expect(token.top.map(\.id) == Array(likeliest))
      try expectClose(
        token.top.map(\.logProbability), likeliest.map { expected[Int($0)] }, tolerance: 1e-4)
      #expect(abs(token.logProbability - expected[Int(token.id)]) < 1e-4)
      #expect(token.bytes == toys.model.tokenizer.bytes(of: token.id))
      // The same number in both places, or a reader takes the drawn token for another.
      for other in token.top where other.id == token.id {
        #expect(other.logProbability == token.logProbability && other.bytes == token.bytes)
      }
    }
    request.topLogProbabilities = 21
    #expect(throws: ModelError.self) { try engine.submit(request) }
  }

  @Test func stopStrings() async throws {
    let toys = try ServingToys()
    let engine = try toys.engine()
    for seed in 0..<8 as Range<UInt64> {
      var request = ServingRequest(
        prompt: EngineToys.prompt(6, seed: 1),
        sampling: .init(temperature: 1, maxTokens: 60, seed: seed))
      let characters = Array(try toys.alone(request).text)
      guard characters.count > 12 else { continue }
      request.sampling.stop = ["never in it", String(characters[8...10])]
      let alone = try toys.alone(request)
      let answer = try await ServedAnswer(engine.submit(request))
      try answer.expectSame(as: alone, tolerance: 1e-4, "seed \(seed)")
      #expect(answer.end?.reason == .stop && !answer.text.contains(request.sampling.stop[1]))
    }
  }
}
