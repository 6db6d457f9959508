import PrismModel
import PrismTensor
import PrismTesting
import Testing

/// What is kept between the turns of a conversation is used, and does not show.
@Suite struct ServingConversationTests {
  private func request(
    _ tokens: [Int32], _ routing: ServingRouting, maxTokens: Int = 20
  ) -> ServingRequest {
    ServingRequest(
      prompt: RenderedPrompt(tokens), sampling: .init(temperature: 0, maxTokens: maxTokens),
      routing: routing)
  }

  @Test(
    arguments: TestData.precisions,
    [ServingRouting.base, .adapter("writer"), .gated("critic", enforce: false)])
  func theNextTurnGoesOn(_ precision: Precision, _ routing: ServingRouting) async throws {
    let toys = try ServingToys(precision)
    let engine = try toys.engine()
    var tokens = EngineToys.tokens(90, seed: 1)
    var kept = 0
    for turn in 0..<3 {
      let request = request(tokens, routing)
      let answer = try await ServedAnswer(engine.submit(request))
      try answer.expectSame(
        as: toys.alone(request), tolerance: ServingAnswerTests.tolerance(precision), "turn \(turn)")
      #expect(answer.end?.cachedPromptTokens == kept && answer.end?.promptTokens == tokens.count)
      // The last token of an answer is never read; fp32 goes on from whole blocks of the prompt.
      kept =
        precision == .bf16 ? tokens.count + answer.tokens.count - 1 : tokens.count / 64 * 64
      tokens += answer.tokens.map(\.id) + EngineToys.tokens(15, seed: UInt64(10 + turn))
    }
    #expect(engine.statistics().cachedPromptTokens > 90)
  }

  // Weights have prefixes of their own, and what they share has to be read once.
  @Test func weightsDoNotMix() async throws {
    let toys = try ServingToys()
    let engine = try toys.engine()
    let tokens = EngineToys.tokens(150, seed: 3)
    let routings: [ServingRouting] = [.base, .adapter("writer"), .adapter("critic")]
    for round in 0..<2 {
      for routing in routings {
        let request = request(tokens + [Int32(5 + round)], routing)
        let answer = try await ServedAnswer(engine.submit(request))
        try answer.expectSame(as: toys.alone(request), tolerance: 1e-4, "\(routing), \(round)")
        #expect(answer.end?.cachedPromptTokens == (round == 0 ? 0 : 128))
      }
    }
  }

  // The gate decides for each turn anew. On a prefix of the route it chooses the answer goes on; on the
  // other's it is as if there were none.
  @Test(arguments: TestData.precisions, [64, 1024])
  func theGateChangesItsMind(_ precision: Precision, _ share: Int) async throws {
    let toys = try ServingToys(precision)
    var stayed = 0
    var changed = 0
    for seed in 0..<16 as Range<UInt64> {
      let engine = try toys.engine(ServingSettings(promptTokensPerStep: share))
      var tokens = EngineToys.tokens(70, seed: 100 + seed)
      var before: Route?
      for turn in 0..<2 {
        let request = request(tokens, .gated("writer", enforce: true), maxTokens: 6)
        let answer = try await ServedAnswer(engine.submit(request))
        try answer.expectSame(
          as: toys.alone(request), tolerance: ServingAnswerTests.tolerance(precision),
          "seed \(seed), turn \(turn)")
        if let before {
          let cached = try #require(answer.end?.cachedPromptTokens)
          #expect((cached > 0) == (answer.route == before), "seed \(seed)")
          if answer.route == before { stayed += 1 } else { changed += 1 }
        }
        before = answer.route
        tokens += answer.tokens.map(\.id) + EngineToys.tokens(80, seed: 200 + seed)
      }
    }
    #expect(stayed > 0 && changed > 0)
  }

  // What the critic's adapter made of a prompt begins above its gate's layer 1; the writer's begins
  // above layer 0, so the critic's gate cannot read on from there.
  @Test func onlyUntouchedLayersAreShared() async throws {
    let toys = try ServingToys()
    let tokens = EngineToys.tokens(130, seed: 7)
    for (first, gate) in [("writer", "critic"), ("critic", "writer")] {
      let engine = try toys.engine()
      _ = try await ServedAnswer(engine.submit(request(tokens, .adapter(first))))
      let second = request(tokens + [9], .gated(gate, enforce: true))
      let answer = try await ServedAnswer(engine.submit(second))
      try answer.expectSame(as: toys.alone(second), tolerance: 1e-4, "\(first), then \(gate)")
    }
  }

  // Two requests at once with a beginning in common: the second waits for the first to have read it.
  @Test func aBeginningInCommonIsReadOnce() throws {
    let toys = try ServingToys()
    let loop = try toys.loop()
    let tokens = EngineToys.tokens(128, seed: 4)
    let tickets = (0..<4).map { toys.ticket(request(tokens + [Int32(10 + $0)], .base)) }
    loop.receive(tickets)
    while !loop.isIdle { loop.step(now: .now) }
    #expect(loop.statistics.finished == 4)
    #expect(loop.statistics.promptTokens == 129 + 3)
    #expect(loop.statistics.cachedPromptTokens == 3 * 128)
  }
}
