public import PrismModel
public import PrismTraining

/// A judged query before its features are computed.
public struct GateQuery: Hashable, Sendable {
  public let id: String
  /// The query as it is served: no persona, no answer.
  public let prompt: RenderedPrompt
  /// The persona's answer won.
  public let label: Bool
  /// The persona's name.
  public let stratum: String
  public let split: Query.Split

  package init(
    id: String, prompt: RenderedPrompt, label: Bool, stratum: String, split: Query.Split
  ) {
    self.id = id
    self.prompt = prompt
    self.label = label
    self.stratum = stratum
    self.split = split
  }

  /// The row the gate trains on. `features`: the prompt's last hidden state, D values.
  public func example(features: [Float]) -> GateExample {
    GateExample(id: id, features: features, label: label, stratum: stratum, split: split)
  }
}
