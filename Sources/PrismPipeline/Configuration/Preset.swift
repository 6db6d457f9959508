/// Configurations that come with the package.
public enum Preset: String, CaseIterable, Sendable {
  /// Small enough to finish on two cores in minutes with a 135M model.
  case demo
  /// The paper's sizes with the debiased judge.
  case `default`
  /// The paper's numbers exactly.
  case paper

  /// Throws `PipelineError.unknownPreset` with the known names.
  public init(named name: String) throws {
    guard let preset = Preset(rawValue: name) else {
      throw PipelineError.unknownPreset(name: name, known: Preset.allCases.map(\.rawValue))
    }
    self = preset
  }

  public func configuration() throws -> PrismConfiguration {
    try PrismConfiguration(
      yaml: try ShippedText.read("presets/\(rawValue).yaml"), source: "the preset \(rawValue)")
  }
}
