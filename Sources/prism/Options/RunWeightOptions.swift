public import ArgumentParser
public import PrismPipeline
import PrismTensor

extension EngineConfiguration.Precision: ExpressibleByArgument {}

/// How the weights are stored while a run answers and learns.
struct RunWeightOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Stored weights: bf16, fp32, or int8 (faster, rounded). (default: --precision's)"))
  var weights: EngineConfiguration.Precision?

  /// What replaces the configuration's; `nil` where nothing was said. Throws when both say different things.
  func precision(inputs: Precision?) throws -> EngineConfiguration.Precision? {
    guard let weights else { return inputs.map { $0 == .bf16 ? .bf16 : .fp32 } }
    try weights.format.check(inputs: inputs)
    return weights
  }
}
