public import PrismModel
import PrismRouter
import PrismTraining

/// A held-out query answered the way the bundle will answer it.
public struct RoutedSample: Codable, Hashable, Sendable {
  public let query: Query
  public let route: Route
  /// The gate's probability that the adapter helps.
  public let probability: Float
  public let answer: String
}

extension DistillRun {
  /// One held-out query a route, the one the gate is surest of; fewer where the gate sends all one way.
  ///
  /// - Parameter maxTokens: tokens of each answer at most; greedy, so that the same run shows the same.
  public func samples(
    of outcome: Outcome, model: LanguageModel, maxTokens: Int
  ) throws -> [RoutedSample] {
    let queries = outcome.judged.pairs.map(\.pair.query).filter { $0.split == .heldOut }
    let prompts = try queries.map { try engine.renderer.prompt(system: nil, user: $0.text) }
    let gate = outcome.bundle.gate
    let probabilities = try engine.features(prompts, afterLayer: gate.layer)
      .map { $0.withUnsafeBufferPointer(gate.probability(of:)) }
    let surest = [
      probabilities.indices.max { probabilities[$0] < probabilities[$1] },
      probabilities.indices.min { probabilities[$0] < probabilities[$1] },
    ].compactMap { $0 }
    let generator = try Generator(model: model, adapter: outcome.bundle.adapter, gate: gate)
    let answers = try generator.generate(
      surest.map { index in
        GenerationRequest(
          prompt: prompts[index],
          sampling: SamplingParameters(temperature: 0, maxTokens: maxTokens), policy: .auto)
      }
    ) { _ in .more }
    let samples = zip(surest, answers).map { index, answer in
      RoutedSample(
        query: queries[index], route: answer.route, probability: probabilities[index],
        answer: answer.text)
    }
    return samples.count == 2 && samples[0].route == samples[1].route ? [samples[0]] : samples
  }
}
