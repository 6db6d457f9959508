import PrismModel
import PrismTensor
import PrismTesting
import Testing

/// Reading through a cache gives what reading at once gives, whatever the pieces.
@Suite struct CacheTests {
  /// Crosses two borders of 64-position blocks.
  static let length = 140

  static let pieces: [[Int]] = [
    Array(repeating: 1, count: length), [1, 63, 1, 64, 11], [70, 70], [139, 1], [64, 64, 12],
  ]

  // fp32: only the order of summing differs.
  @Test(arguments: ReferenceParityTests.models, pieces)
  func cachedIsUncached(_ name: String, _ pieces: [Int]) throws {
    let model = try TestData.tinyModel(name)
    let tokens = EngineToys.tokens(Self.length, seed: 1)
    let whole = try EngineProbe(model).logits([tokens])[0]
    try expectClose(
      EngineProbe(model).logits(tokens, pieces: pieces), whole, tolerance: 1e-4,
      "\(pieces.count) pieces")
  }

  // The cache rounds keys and values the same way however they come in, but a sum that rounds to
  // the other side in fp32 can move a product's input by a whole bf16 step, 2^-8 of its size, and a
  // random model passes that on: 0.05 is seen. A wrong key moves logits by their spread of 1.7.
  @Test(.enabled(if: TestData.precisions.contains(.bf16)), arguments: ReferenceParityTests.models)
  func cachedIsUncachedInBF16(_ name: String) throws {
    let model = try TestData.tinyModel(name, precision: .bf16)
    let tokens = EngineToys.tokens(Self.length, seed: 1)
    let whole = try EngineProbe(model).logits([tokens])[0]
    for pieces in Self.pieces {
      let cached = try EngineProbe(model).logits(tokens, pieces: pieces)
      try expectClose(cached, whole, tolerance: 0.1, "\(pieces.count) pieces")
      let square = zip(cached, whole).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      #expect((square / Float(whole.count)).squareRoot() < 0.02)
    }
  }

  // 128 is a border: nothing but whole blocks is shared. 100 copies a block that is half full.
  @Test(arguments: [1, 64, 100, 128, 139], TestData.precisions)
  func forkGoesOnByItself(_ length: Int, _ precision: Precision) throws {
    let model = try TestData.tinyModel("tiny-llama", precision: precision)
    let probe = EngineProbe(model)
    let tokens = EngineToys.tokens(Self.length, seed: 2)
    let (tail, other) = (EngineToys.tokens(30, seed: 3), EngineToys.tokens(30, seed: 4))
    func read(_ cache: KeyValueCache, _ tokens: [Int32]) throws -> [Float] {
      try probe.read([BatchSegment(cache: cache, tokens: tokens)])
    }
    // What original and fork should say, each from a cache of its own.
    let fresh = probe.cache()
    _ = try read(fresh, tokens)
    let expectedOriginal = try read(fresh, other)
    let short = probe.cache()
    _ = try read(short, tokens)
    let expectedFork = try read(short.fork(length: length), tail)

    let original = probe.cache()
    _ = try read(original, tokens)
    let fork = original.fork(length: length)
    #expect(fork.count == length && fork.route == .base)
    let first = try read(fork, tail)
    #expect(original.count == Self.length)
    #expect(try read(original, other) == expectedOriginal)
    // Going on with the original has not touched the fork either.
    let again = original.fork(length: length)
    #expect(try read(again, tail) == first)
    #expect(first == expectedFork)
    // And a fork is the prefix read by itself.
    let prefix = probe.cache()
    _ = try read(prefix, Array(tokens[..<length]))
    try expectClose(read(prefix, tail), first, tolerance: precision == .fp32 ? 1e-4 : 0.1)
  }

  @Test func blocksAreReused() throws {
    let probe = EngineProbe(try TestData.tinyModel("tiny-llama"))
    let tokens = EngineToys.tokens(130, seed: 5)
    var whole: [Float] = []
    for round in 0..<5 {
      let logits = try probe.logits([tokens])[0]
      // A block that still holds another sequence's keys must not show.
      if round == 0 { whole = logits } else { #expect(logits == whole) }
      #expect(probe.pool.blockCount == 3)
      _ = try probe.logits([EngineToys.tokens(100, seed: UInt64(round))])
    }
    // A shared block goes back only when its last cache does: another sequence's keys would show.
    func forkThatOutlives(_ between: () throws -> Void) throws -> [Float] {
      let fork = try {
        let original = probe.cache()
        _ = try probe.read([BatchSegment(cache: original, tokens: tokens)])
        return original.fork(length: 128)
      }()
      try between()
      return try probe.read([BatchSegment(cache: fork, tokens: [7, 8])])
    }
    let expected = try forkThatOutlives {}
    #expect(
      try forkThatOutlives { _ = try probe.logits([EngineToys.tokens(200, seed: 9)]) } == expected)
    #expect(try probe.logits([tokens])[0] == whole)
    #expect(probe.pool.blockCount <= 7)
  }

  @Test func aCacheRefusesTheOtherRoute() async {
    await #expect(processExitsWith: .failure) {
      let model = try TestData.tinyModel("tiny-llama")
      let probe = EngineProbe(model, adapter: EngineToys.adapter(model.configuration))
      let cache = probe.cache()
      _ = try probe.read([BatchSegment(cache: cache, tokens: [5, 6], route: .base)])
      _ = try probe.read([BatchSegment(cache: cache, tokens: [7], route: .adapter)])
    }
  }
}
