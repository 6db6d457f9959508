import PrismTensor
import PrismTraining

/// Rows whose label is the sign of a direction through the features, or has nothing to do with them.
enum GateToys {
  static func rows(
    count: Int, featureCount: Int = 16, noise: Float = 0.2, shuffledLabels: Bool = false,
    seed: UInt64 = 7
  ) -> [GateExample] {
    var generator = SeededGenerator(seed: seed)
    let direction = (0..<featureCount).map { _ in generator.normal() }
    return (0..<count).map { index in
      let features = direction.map { _ in generator.normal() }
      let score = zip(features, direction).reduce(Float(0)) { $0 + $1.0 * $1.1 }
      let label =
        shuffledLabels ? generator.uniform() < 0.5 : score + noise * generator.normal() > 0
      // Scales and offsets differ between features, as those of hidden states do.
      let scaled = features.enumerated().map { $1 * Float($0 + 1) + Float(10 * $0) }
      return GateExample(
        id: "row-\(1000 + index)", features: scaled, label: label,
        stratum: ["writing", "math", "critic"][index % 3],
        split: index % 5 == 0 ? .heldOut : .train)
    }
  }

  /// Small and quick, otherwise as by default.
  static func configuration(seed: UInt64 = 1) -> GateTrainingConfiguration {
    var configuration = GateTrainingConfiguration(seed: seed)
    configuration.hiddenSizes = [16, 8]
    configuration.epochs = 60
    return configuration
  }
}
