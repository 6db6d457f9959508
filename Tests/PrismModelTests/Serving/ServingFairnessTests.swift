import PrismModel
import PrismTesting
import Testing

/// Short requests beside long ones, counted in steps.
@Suite struct ServingFairnessTests {
  private func request(_ length: Int, maxTokens: Int, seed: UInt64) -> ServingRequest {
    ServingRequest(
      prompt: EngineToys.prompt(length, seed: seed),
      sampling: .init(temperature: 0, maxTokens: maxTokens))
  }

  struct Shares: Sendable, CustomTestStringConvertible {
    let left: [Int]
    var read: [Int] = []
    let counts: [Int]
    var testDescription: String { "\(left)" }
  }

  // A budget of 256: half to the fewest left, half to the first.
  @Test(arguments: [
    Shares(left: [100], counts: [100]), Shares(left: [1000], counts: [256]),
    Shares(left: [1000, 10], counts: [256, 10]),
    Shares(left: [1000, 1000], counts: [256, 0]),
    Shares(left: [1000, 500, 20], counts: [128, 128, 20]),
    Shares(left: [1000, 60, 60, 60], counts: [128, 60, 60, 60]),
    Shares(left: [1000, 50], read: [30, 0], counts: [226, 50]), Shares(left: [], counts: []),
  ])
  func shares(_ shares: Shares) {
    let read = shares.read.isEmpty ? shares.left.map { _ in 0 } : shares.read
    let counts = PromptShares.counts(Array(zip(read, shares.left)), budget: 256)
    #expect(counts == shares.counts)
    // Pieces end at borders of blocks.
    for (index, count) in counts.enumerated() where count < shares.left[index] && count > 0 {
      #expect((read[index] + count) % 64 == 0)
    }
  }

  /// Whether the request has been answered; if not, it never will be.
  private func isAnswered(_ ticket: ServingTicket) async throws -> Bool {
    ticket.channel.finish(.failure(ServingError.deadlineExceeded))
    do {
      for try await _ in ServingStream(ticket.channel) {}
    } catch ServingError.deadlineExceeded {
      return false
    }
    return true
  }

  // Four prompts of 250 tokens take eight steps of 64 and what it takes to end at borders of blocks; a
  // short one that comes later has its answer after one.
  @Test func aShortPromptDoesNotWaitForLongOnes() async throws {
    let toys = try ServingToys()
    let loop = try toys.loop(ServingSettings(promptTokensPerStep: 64))
    loop.receive((0..<4).map { toys.ticket(request(250, maxTokens: 1, seed: $0)) })
    loop.step(now: .now)
    for round in 1...3 {
      let short = toys.ticket(request(10, maxTokens: 1, seed: UInt64(9 + round)))
      loop.receive([short])
      loop.step(now: .now)
      #expect(try await isAnswered(short), "round \(round)")
    }
    #expect(loop.statistics.finished < 7)
    while !loop.isIdle { loop.step(now: .now) }
    #expect(loop.statistics.finished == 7 && loop.statistics.steps >= 8)
  }

  // An answer that runs gets a token in every step, whatever is read beside it.
  @Test func runningAnswersGoOnInEveryStep() throws {
    let toys = try ServingToys()
    let loop = try toys.loop(ServingSettings(promptTokensPerStep: 64))
    loop.receive([toys.ticket(request(5, maxTokens: 60, seed: 1))])
    loop.step(now: .now)
    loop.receive((0..<3).map { toys.ticket(request(250, maxTokens: 1, seed: 20 + $0)) })
    for step in 2...10 {
      let before = loop.statistics
      loop.step(now: .now)
      let others = loop.statistics.finished - before.finished
      #expect(
        loop.statistics.generatedTokens - before.generatedTokens == 1 + others, "step \(step)")
      // A half may go past its share by less than a block.
      #expect(loop.statistics.promptTokens - before.promptTokens <= 64 + 2 * 63)
    }
  }

  // Short ones come all the time, more than a step can read: the long one is read all the same.
  @Test func aLongPromptDoesNotStarve() async throws {
    let toys = try ServingToys()
    let loop = try toys.loop(ServingSettings(promptTokensPerStep: 64))
    let long = toys.ticket(request(250, maxTokens: 1, seed: 1))
    loop.receive([long])
    for step in 0..<6 {
      loop.receive(
        (0..<3).map { toys.ticket(request(60, maxTokens: 1, seed: UInt64(100 + 3 * step + $0))) })
      loop.step(now: .now)
    }
    #expect(!loop.isIdle)
    #expect(try await isAnswered(long))
  }

  // Who needs little memory goes first, but the oldest is passed eight times at most.
  @Test func waitingHasAnEnd() async throws {
    let toys = try ServingToys()
    let loop = try toys.loop(ServingSettings(maximumBatch: 1, prefixCacheShare: 0))
    let long = toys.ticket(request(200, maxTokens: 1, seed: 1))
    let short = (0..<20).map { toys.ticket(request(10, maxTokens: 1, seed: UInt64(2 + $0))) }
    loop.receive([long] + short)
    for _ in 0..<8 { loop.step(now: .now) }
    #expect(loop.statistics.promptTokens == 80)
    loop.step(now: .now)
    #expect(loop.statistics.promptTokens == 280 && loop.statistics.finished == 9)
    #expect(try await isAnswered(long))
  }
}
