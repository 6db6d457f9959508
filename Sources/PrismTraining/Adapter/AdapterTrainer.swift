import Foundation
public import PrismModel
import PrismTensor

/// Distils winning persona behaviour into one LoRA adapter: the teacher sees persona and query, the
/// student only the query, both the same answer tokens (paper, section 4).
public struct AdapterTrainer {
  public let model: LanguageModel
  public let configuration: AdapterTrainingConfiguration
  /// Layers above this one are adapted; the gate reads its output.
  public let gateLayer: Int
  public let seed: UInt64
  public let objective: AdapterObjective

  public init(
    model: LanguageModel, configuration: AdapterTrainingConfiguration, gateLayer: Int, seed: UInt64,
    objective: AdapterObjective = .teacher
  ) {
    self.model = model
    self.configuration = configuration
    self.gateLayer = gateLayer
    self.seed = seed
    self.objective = objective
  }

  public struct Output: Sendable {
    public let adapter: LoRAWeights
    public let report: AdapterReport
  }

  /// Trains on the train split and measures on the held-out split.
  ///
  /// - Parameters:
  ///   - checkpointPath: written after every epoch and read at the start where it exists.
  ///   - report: gets one event a step; `done` and `total` count examples.
  /// - Throws: `TrainingError` without training examples or when the loss diverges, `Interrupted`
  ///   when the reporter asks to stop.
  public func run(
    _ examples: [DistillExample], checkpointPath: String? = nil, report: Reporter
  ) throws -> Output {
    let run = try AdapterTrainingRun(
      self, examples: examples, checkpointPath: checkpointPath)
    return try run.train(report: report)
  }

  /// The adapter before its first step: A uniform as in peft (Kaiming, a = sqrt 5), B zero.
  package func initialAdapter() -> LoRAWeights {
    let shape = model.configuration
    var weights = LoRAWeights(
      rank: configuration.rank, alpha: Float(configuration.alpha),
      layers: gateLayer + 1..<shape.layerCount, model: shape)
    for layer in weights.layers {
      for (index, projection) in Projection.allCases.enumerated() {
        var random = SeededGenerator(seed: seed, 0xA, UInt64(layer), UInt64(index))
        let bound = 1 / Float(projection.size(in: shape).input).squareRoot()
        for at in weights.rangeOfA(layer: layer, projection) {
          weights.values[at] = (2 * random.uniform() - 1) * bound
        }
      }
    }
    return weights
  }
}
