import PrismModel
import PrismTensor
import PrismTesting
import Testing

/// Queue, memory, time, and clients that go away.
@Suite struct ServingLimitTests {
  private func request(
    _ length: Int, maxTokens: Int = 5, seed: UInt64 = 1, deadline: ContinuousClock.Instant? = nil
  ) -> ServingRequest {
    ServingRequest(
      prompt: EngineToys.prompt(length, seed: seed),
      sampling: .init(temperature: 0, maxTokens: maxTokens), deadline: deadline)
  }

  @Test func theQueueIsBounded() throws {
    let inbox = ServingInbox(
      settings: ServingSettings(maximumBatch: 2, queueLimit: 3), statistics: ServingStatistics())
    for _ in 0..<5 { try inbox.submit(ServingTicket(request: request(3))) }
    #expect(inbox.statistics.queued == 5)
    #expect(throws: ServingError.queueFull(retryAfterSeconds: 3)) {
      try inbox.submit(ServingTicket(request: request(3)))
    }
  }

  @Test func aFullEngineTakesRequestsAgain() async throws {
    let toys = try ServingToys()
    let engine = try toys.engine(ServingSettings(maximumBatch: 1, queueLimit: 1))
    var streams: [ServingStream] = []
    var refused = 0
    for seed in 0..<200 as Range<UInt64> {
      do {
        streams.append(try engine.submit(request(100, maxTokens: 50, seed: seed)))
      } catch ServingError.queueFull(let seconds) {
        #expect((1...60).contains(seconds))
        refused += 1
      }
    }
    #expect(refused > 0 && !streams.isEmpty)
    for stream in streams { _ = try await ServedAnswer(stream) }
    _ = try await ServedAnswer(engine.submit(request(3)))
  }

  @Test func deadlines() async throws {
    let toys = try ServingToys()
    let loop = try toys.loop(ServingSettings(maximumBatch: 1))
    let start = ContinuousClock.now
    let running = toys.ticket(request(5, maxTokens: 200, deadline: start + .seconds(10)))
    let queued = toys.ticket(request(6, deadline: start + .seconds(5)))
    let patient = toys.ticket(request(7))
    loop.receive([running])
    loop.step(now: start)
    loop.receive([queued, patient])
    loop.step(now: start + .seconds(1))
    #expect(loop.statistics.active == 1 && loop.statistics.queued == 2)
    loop.step(now: start + .seconds(5))
    #expect(loop.statistics.expired == 1 && loop.statistics.queued == 1)
    loop.step(now: start + .seconds(10))
    #expect(loop.statistics.expired == 2 && loop.statistics.active == 1)
    while !loop.isIdle { loop.step(now: start + .seconds(11)) }
    for ticket in [running, queued] {
      await #expect(throws: ServingError.deadlineExceeded) {
        for try await _ in ServingStream(ticket.channel) {}
      }
    }
    #expect(try await ServedAnswer(ServingStream(patient.channel)).tokens.count == 5)
  }

  @Test func aClientThatGoesFreesItsPlace() throws {
    let toys = try ServingToys()
    let loop = try toys.loop(ServingSettings(maximumBatch: 1, prefixCacheShare: 0))
    let first = toys.ticket(request(100, maxTokens: 100))
    let second = toys.ticket(request(20, maxTokens: 100, seed: 2))
    let third = toys.ticket(request(3))
    loop.receive([first, second, third])
    for _ in 0..<4 { loop.step(now: .now) }
    // The shortest runs.
    #expect(loop.statistics.active == 1 && loop.statistics.queued == 2)
    third.channel.cancel()
    second.channel.cancel()
    loop.step(now: .now)
    #expect(loop.statistics.cancelled == 2 && loop.statistics.queued == 0)
    #expect(loop.statistics.active == 1 && loop.statistics.keyValueBlocksUsed == 2)
    first.channel.cancel()
    loop.step(now: .now)
    #expect(loop.isIdle && loop.statistics.keyValueBlocksUsed == 0)
  }

  @Test func memoryIsBounded() async throws {
    let toys = try ServingToys()
    let requests = toys.mixedRequests(40)
    for (blocks, share) in [(10, 0.5), (10, 1), (5, 1), (4, 0)] {
      let loop = try toys.loop(
        ServingSettings(
          maximumBatch: 8, cacheBytes: toys.bytes(ofBlocks: blocks), prefixCacheShare: share,
          promptTokensPerStep: 64))
      let tickets = requests.map(toys.ticket)
      loop.receive(tickets)
      while !loop.isIdle {
        loop.step(now: .now)
        #expect(loop.statistics.keyValueBlocksUsed <= blocks)
        #expect(loop.statistics.keyValueBlocksKept <= Int(Double(blocks) * share))
      }
      #expect(loop.pool.highestBlockCount <= blocks)
      #expect(loop.statistics.finished == 40)
      for (request, ticket) in zip(requests, tickets) {
        let answer = try await ServedAnswer(ServingStream(ticket.channel))
        try answer.expectSame(
          as: toys.alone(request), tolerance: 1e-4, "\(request.prompt.tokens.count) tokens")
      }
    }
  }

  @Test func stoppingFinishesWhatItHas() async throws {
    let toys = try ServingToys()
    let engine = try toys.engine(ServingSettings(maximumBatch: 2))
    let streams = try (0..<8).map { try engine.submit(request(30, seed: UInt64($0))) }
    await engine.stop(within: .seconds(60))
    #expect(engine.statistics().finished == 8)
    #expect(throws: ServingError.stopping) { try engine.submit(request(3)) }
    for stream in streams { #expect(try await ServedAnswer(stream).tokens.count == 5) }
    await engine.stop(within: .zero)
  }

  @Test func stoppingAtOnceFailsTheRest() async throws {
    let toys = try ServingToys()
    let engine = try toys.engine(ServingSettings(maximumBatch: 1))
    let streams = try (0..<64).map {
      try engine.submit(request(30, maxTokens: 200, seed: UInt64($0)))
    }
    await engine.stop(within: .zero)
    var failed = 0
    for stream in streams {
      do { for try await _ in stream {} } catch ServingError.stopping { failed += 1 }
    }
    let statistics = engine.statistics()
    #expect(failed > 0 && statistics.failed == failed && statistics.finished == 64 - failed)
  }

  @Test func badRequests() throws {
    let toys = try ServingToys()
    let engine = try toys.engine(ServingSettings(cacheBytes: toys.bytes(ofBlocks: 2)))
    #expect(engine.contextLimit == 128)
    #expect(throws: ServingError.promptTooLong(tokens: 128, limit: 128)) {
      try engine.submit(request(128))
    }
    var other = request(3)
    other.routing = .gated("nobody", enforce: true)
    #expect(throws: ServingError.unknownBundle("nobody", known: ["writer", "critic"])) {
      try engine.submit(other)
    }
    #expect(throws: ModelError.self) { try engine.submit(request(0)) }
    #expect(throws: ModelError.self) { try engine.submit(request(3, maxTokens: 0)) }
    func refused(_ change: (inout ServingSettings) -> Void) -> String? {
      var settings = ServingSettings()
      change(&settings)
      let error = #expect(throws: ModelError.self) { try toys.engine(settings) }
      if case .invalidSetting(let name, _, _) = error { return name }
      return nil
    }
    #expect(refused { $0.maximumBatch = 257 } == "maximumBatch")
    #expect(refused { $0.queueLimit = -1 } == "queueLimit")
    #expect(refused { $0.cacheBytes = toys.bytes(ofBlocks: 2) - 1 } == "cacheBytes")
    #expect(refused { $0.prefixCacheShare = 1.1 } == "prefixCacheShare")
    #expect(refused { $0.promptTokensPerStep = 15 } == "promptTokensPerStep")
    #expect(refused { $0.draftTokens = 17 } == "draftTokens")
    #expect(refused { $0.draftTokens = -1 } == "draftTokens")
    #expect(throws: ModelError.self) {
      try ServingEngine(model: toys.model, bundles: toys.bundles + toys.bundles)
    }
    #expect(throws: ModelError.self) {
      try ServingEngine(
        model: toys.model,
        bundles: [
          ServingBundle(
            name: "x", gate: ServingToys.SignGate(layer: 1, feature: 0),
            adapter: EngineToys.adapter(toys.model.configuration))
        ])
    }
  }
}
