public import ArgumentParser
public import PrismTensor

extension WeightFormat: ExpressibleByArgument {}

/// How the weights are stored while they answer.
struct WeightOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Stored weights: bf16, fp32, int8 (half the memory traffic, rounded), or int4 (4 bits where the \
      file has no more, int8 elsewhere). (default: --precision's)
      """
    ))
  var weights: WeightFormat?

  /// The format to load. Throws when it contradicts `--precision`.
  func format(precision: Precision?) throws -> WeightFormat {
    guard let weights else { return WeightFormat(precision ?? .best) }
    if let precision, weights.inputs != precision {
      throw ValidationError(
        "--weights \(weights.rawValue) goes with --precision \(weights.inputs.rawValue), not "
          + "\(precision.rawValue); leave one of them out")
    }
    return weights
  }
}
