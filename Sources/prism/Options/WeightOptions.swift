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
    try weights.check(inputs: precision)
    return weights
  }
}

extension WeightFormat {
  /// Throws when `--precision` asks for other inputs than such weights take.
  func check(inputs precision: Precision?) throws {
    guard let precision, inputs != precision else { return }
    throw ValidationError(
      "--weights \(rawValue) goes with --precision \(inputs.rawValue), not \(precision.rawValue); "
        + "leave one of them out")
  }
}
