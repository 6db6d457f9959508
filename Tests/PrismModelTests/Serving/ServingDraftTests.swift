import Foundation
import PrismModel
import PrismTensor
import PrismTesting
import Testing

/// Guesses make steps fewer and change nothing.
@Suite(.enabled(if: TestData.precisions.contains(.bf16))) struct ServingDraftTests {
  /// A model that hardly looks back, so that its answers run in circles: what layers add is a fiftieth of what
  /// it was.
  private func toys(_ weights: WeightFormat = .bf16) throws -> ServingToys {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    let tiny = TestData.path("PrismModelTests/Fixtures/models/tiny-llama", from: #filePath)
    try FileManager.default.copyItem(at: URL(filePath: tiny), to: folder)
    let file = folder.appending(path: "model.safetensors")
    var data = try Data(contentsOf: file)
    let start =
      8 + data.prefix(8).enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) }
    let header = try JSONSerialization.jsonObject(with: data[8..<start]) as? [String: Any] ?? [:]
    for (name, entry) in header where name.contains("o_proj") || name.contains("down_proj") {
      let range = try #require((entry as? [String: Any])?["data_offsets"] as? [Int])
      for place in stride(from: start + range[0], to: start + range[1], by: 4) {
        let value = data[place..<place + 4].withUnsafeBytes { $0.loadUnaligned(as: Float.self) }
        withUnsafeBytes(of: value / 50) { data.replaceSubrange(place..<place + 4, with: $0) }
      }
    }
    try data.write(to: file)
    return ServingToys(model: try LanguageModel(path: folder.path, weights: weights))
  }

  /// Answers to requests that are there from the start.
  private func answers(
    _ requests: [ServingRequest], _ loop: ServingLoop, _ toys: ServingToys
  ) async throws -> [ServedAnswer] {
    let tickets = requests.map(toys.ticket)
    loop.receive(tickets)
    while !loop.isIdle { loop.step(now: .now) }
    var answers: [ServedAnswer] = []
    for ticket in tickets { answers.append(try await ServedAnswer(ServingStream(ticket.channel))) }
    return answers
  }

  /// Prompts that repeat themselves; base, adapter and gate; likeliest tokens and drawn ones.
  private func requests(_ count: Int) -> [ServingRequest] {
    let routings: [ServingRouting] = [.base, .adapter("writer"), .gated("critic", enforce: true)]
    return (0..<count).map { index in
      let phrase = EngineToys.tokens(6 + index, seed: UInt64(index))
      return ServingRequest(
        prompt: RenderedPrompt(phrase + phrase + phrase),
        sampling: SamplingParameters(
          temperature: index % 4 == 3 ? 0.7 : 0, maxTokens: index % 4 == 3 ? 20 : 40 + 7 * index,
          seed: UInt64(index)),
        routing: routings[index % 3], topLogProbabilities: index % 2 == 0 ? 2 : 0)
    }
  }

  @Test(arguments: [1, 4, 16])
  func answersAreTheSame(_ draftTokens: Int) async throws {
    let toys = try toys()
    let requests = requests(8)
    let plain = try toys.loop(ServingSettings(draftTokens: 0))
    let expected = try await answers(requests, plain, toys)
    let loop = try toys.loop(ServingSettings(draftTokens: draftTokens))
    let answers = try await answers(requests, loop, toys)
    for (index, (request, answer)) in zip(requests, answers).enumerated() {
      try answer.expectSame(as: toys.alone(request), tolerance: 0, "request \(index)")
      #expect(
        answer.tokens == expected[index].tokens, "with what else was likely, request \(index)")
    }
    let (before, after) = (plain.statistics, loop.statistics)
    #expect(before.draftedTokens == 0 && before.acceptedDraftTokens == 0)
    #expect(after.acceptedDraftTokens > 40 && after.draftedTokens >= after.acceptedDraftTokens)
    #expect(after.generatedTokens == before.generatedTokens)
    #expect(after.steps < before.steps)
  }

  // A stop string may lie within what was guessed right, and an end by length comes to the token.
  @Test func endsWhereItShould() async throws {
    let toys = try toys()
    var request = requests(1)[0]
    let whole = try toys.alone(request).text
    for share in [3, 5, 7] {
      let start = whole.index(whole.startIndex, offsetBy: whole.count * share / 10)
      request.sampling.stop = [String(whole[start...].prefix(4))]
      let loop = try toys.loop()
      let answer = try await answers([request], loop, toys)[0]
      try answer.expectSame(as: toys.alone(request), tolerance: 0, "\(share)")
      #expect(answer.end?.reason == .stop)
    }
    request.sampling.stop = []
    for maxTokens in 1...12 {
      request.sampling.maxTokens = maxTokens
      let answer = try await answers([request], try toys.loop(), toys)[0]
      try answer.expectSame(as: toys.alone(request), tolerance: 0, "\(maxTokens) tokens")
    }
  }

  // 18 + 46 positions are one block: guesses reach no further than the answer may.
  @Test func guessesStayWithinTheirMemory() async throws {
    let toys = try toys()
    var request = requests(1)[0]
    request.sampling.maxTokens = 46
    let loop = try toys.loop(ServingSettings(prefixCacheShare: 0, draftTokens: 16))
    let answer = try await answers([request], loop, toys)[0]
    #expect(answer.end?.reason == .length && loop.statistics.acceptedDraftTokens > 0)
    #expect(loop.pool.highestBlockCount == 1)
  }

  // What wrong guesses left in memory is not part of the conversation.
  @Test func theNextTurnGoesOn() async throws {
    let toys = try toys()
    let loop = try toys.loop(ServingSettings(draftTokens: 16))
    var tokens = requests(1)[0].prompt.tokens
    for turn in 0..<3 {
      let request = ServingRequest(
        prompt: RenderedPrompt(tokens), sampling: .init(temperature: 0.25, maxTokens: 61, seed: 9),
        routing: .base)
      let answer = try await answers([request], loop, toys)[0]
      try answer.expectSame(as: toys.alone(request), tolerance: 0, "turn \(turn)")
      tokens += answer.tokens.map(\.id) + EngineToys.tokens(5, seed: UInt64(turn))
    }
    let statistics = loop.statistics
    #expect(statistics.cachedPromptTokens > 0)
    #expect(statistics.draftedTokens > statistics.acceptedDraftTokens, "some guesses are wrong")
  }

  @Test func noneInFullPrecision() async throws {
    let toys = try toys(.fp32)
    let loop = try toys.loop()
    _ = try await answers(requests(1), loop, toys)
    #expect(loop.statistics.generatedTokens > 0 && loop.statistics.draftedTokens == 0)
  }
}
