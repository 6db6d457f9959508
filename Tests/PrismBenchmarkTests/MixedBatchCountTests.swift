import CKernels
import PrismBenchmark
import PrismModel
import PrismTensor
import PrismTesting
import Testing

@Suite("Base rows never pay for an adapter", .enabled(if: prism_has_fast_bf16() != 0))
struct MixedBatchCountTests {
  /// What two decoding rows ask for, the second by `route`.
  private func counts(_ generator: Generator, _ route: Route) throws -> prism_counters {
    let routes = [Route.base, route]
    let caches = try routes.enumerated().map { index, route in
      let cache = KeyValueCache(pool: generator.pool)
      try run(
        generator,
        [BatchSegment(cache: cache, tokens: tokens(9, stream: UInt64(index)), route: route)])
      return cache
    }
    return try counting {
      try run(
        generator,
        zip(caches, routes).map { BatchSegment(cache: $0, tokens: [5], route: $1) })
    }
  }

  private func run(_ generator: Generator, _ batch: [BatchSegment]) throws {
    generator.pass.begin(batch)
    try generator.pass.run(layers: 0..<generator.model.configuration.layerCount)
    generator.pass.commit()
  }

  @Test("a routed row adds its own low-rank products in the adapted layers, and nothing else")
  func mixed() throws {
    let model = try TestData.tinyModel("tiny-llama", precision: .bf16)
    let shape = model.configuration
    let adapter = LoRAWeights(rank: 4, alpha: 8, layers: 1..<shape.layerCount, model: shape)
    let plain = try counts(Generator(model: model), .base)
    let unrouted = try counts(Generator(model: model, adapter: adapter), .base)
    #expect(unrouted.multiply_adds == plain.multiply_adds)
    #expect(unrouted.products == plain.products)
    #expect(plain.multiply_adds == UInt64(2 * ModelWork(shape).layers))
    let mixed = try counts(Generator(model: model, adapter: adapter), .adapter)
    // One product down and one up a group; those of a group lie side by side, each up from its own rank.
    let groups = ActiveAdapter.groups.map { group in
      let sizes = group.map { $0.size(in: shape) }
      return 4 * (group.count * sizes[0].input + sizes.reduce(0) { $0 + $1.output })
    }
    let layers = shape.layerCount - 1
    #expect(
      mixed.multiply_adds - unrouted.multiply_adds == UInt64(layers * groups.reduce(0, +)))
    #expect(mixed.products - unrouted.products == UInt64(layers * groups.count * 2))
  }
}
