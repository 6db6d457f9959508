import PrismModel

/// Streams at the end of their prompts of 128 tokens, every one different; read once, decoded often.
final class DecodeStreams {
  static let promptTokens = 128
  private let subject: BenchmarkSubject
  private var prompts: [Route: [KeyValueCache]] = [:]

  init(_ subject: BenchmarkSubject) { self.subject = subject }

  /// `count` streams that nobody has decoded yet.
  func fresh(_ count: Int, route: Route = .base, _ checkpoint: Checkpoint) throws -> [DecodeStream] {
    let tokens = SyntheticTokens(subject.shape)
    var caches = prompts[route] ?? []
    // Several prompts a pass, as generation reads them.
    let together = max(1, subject.generator.settings.maximumRows / Self.promptTokens)
    while caches.count < count {
      let batch = (caches.count..<min(caches.count + together, count)).map { index in
        BatchSegment(
          cache: KeyValueCache(pool: subject.generator.pool),
          tokens: tokens.ids(Self.promptTokens, stream: UInt64(100 + index)), route: route)
      }
      try subject.advance(batch)
      caches += batch.map(\.cache)
      try checkpoint()
    }
    prompts[route] = caches
    return caches.prefix(count).enumerated().map { index, cache in
      DecodeStream(
        cache: cache.fork(length: cache.count), route: route,
        token: tokens.ids(1, stream: UInt64(1000 + index))[0])
    }
  }
}

/// One sequence that takes the likeliest token at every step and never ends.
struct DecodeStream {
  let cache: KeyValueCache
  let route: Route
  /// Chosen, and not yet read.
  var token: Int32
  private var sampler = TokenSampler(SamplingParameters(temperature: 0))

  init(cache: KeyValueCache, route: Route, token: Int32) {
    self.cache = cache
    self.route = route
    self.token = token
  }

  mutating func choose(_ logits: UnsafeBufferPointer<Float>) { token = sampler.next(logits).token }
}

extension BenchmarkSubject {
  /// One token more in every stream, as generation does it.
  func step(_ streams: inout [DecodeStream]) throws {
    try advance(streams.map { BatchSegment(cache: $0.cache, tokens: [$0.token], route: $0.route) })
    let size = shape.vocabularySize
    for start in stride(from: 0, to: streams.count, by: 64) {
      let part = Array(start..<min(start + 64, streams.count))
      let logits = try generator.pass.lastLogits(ofSegments: part)
      for (row, index) in part.enumerated() {
        streams[index].choose(UnsafeBufferPointer(start: logits + row * size, count: size))
      }
    }
  }
}
