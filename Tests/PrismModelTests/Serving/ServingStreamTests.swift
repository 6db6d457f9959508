import PrismModel
import PrismTesting
import Testing

/// Readers that are slow, leave or are cancelled.
@Suite(.timeLimit(.minutes(1))) struct ServingStreamTests {
  private func request(_ maxTokens: Int) -> ServingRequest {
    ServingRequest(
      prompt: EngineToys.prompt(8, seed: 1),
      sampling: .init(temperature: 1, maxTokens: maxTokens, seed: 4))
  }

  // Whoever comes late gets everything in three events.
  @Test func aSlowReaderMissesNothing() async throws {
    let toys = try ServingToys()
    let loop = try toys.loop()
    let ticket = toys.ticket(request(60))
    loop.receive([ticket])
    while !loop.isIdle { loop.step(now: .now) }
    let answer = try await ServedAnswer(ServingStream(ticket.channel))
    try answer.expectSame(as: toys.alone(request(60)), tolerance: 1e-4, "all at once")
    #expect(answer.textEvents == 1 && answer.tokens.count > 1)
  }

  @Test func textComesBeforeAFailure() async throws {
    let channel = ServingChannel()
    channel.decide(route: .base, probability: nil)
    channel.append("half", [ServingToken(id: 5, bytes: [], logProbability: -1)])
    channel.finish(.failure(ServingError.deadlineExceeded))
    channel.finish(.failure(ServingError.stopping))
    var events: [ServingEvent] = []
    await #expect(throws: ServingError.deadlineExceeded) {
      for try await event in ServingStream(channel) { events.append(event) }
    }
    #expect(events.count == 2)
  }

  @Test func leavingTheLoopEndsTheRequest() async throws {
    let toys = try ServingToys()
    let loop = try toys.loop()
    let ticket = toys.ticket(request(100))
    let stream = ServingStream(ticket.channel)
    loop.receive([ticket])
    loop.step(now: .now)
    // The stream itself lives on.
    for try await _ in stream { break }
    loop.step(now: .now)
    #expect(loop.isIdle && loop.statistics.cancelled == 1)
    _ = stream
  }

  @Test func droppingTheStreamEndsTheRequest() throws {
    let toys = try ServingToys()
    let loop = try toys.loop()
    let ticket = toys.ticket(request(100))
    var stream: ServingStream? = ServingStream(ticket.channel)
    loop.receive([ticket])
    loop.step(now: .now)
    #expect(stream != nil && loop.statistics.active == 1)
    stream = nil
    loop.step(now: .now)
    #expect(loop.isIdle && loop.statistics.cancelled == 1)
  }

  @Test func cancellingTheTaskEndsTheRequest() async throws {
    let channel = ServingChannel()
    let reader = Task {
      for try await _ in ServingStream(channel) {}
    }
    reader.cancel()
    await #expect(throws: CancellationError.self) { try await reader.value }
    #expect(channel.isCancelled)
  }
}
