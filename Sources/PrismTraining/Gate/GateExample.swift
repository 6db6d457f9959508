/// One query as the gate's trainer sees it.
public struct GateExample: Codable, Hashable, Sendable {
  /// Which part of the data a query belongs to, decided by its hash before any training.
  public enum Split: String, Codable, Hashable, Sendable {
    case train
    case heldOut
  }

  /// The query's identity; rows are sorted by it, so their order on input does not matter.
  public let id: String
  /// Hidden state of the query prompt's last token after the gate's layer, D values.
  public let features: [Float]
  /// The persona's answer won (distill set): the adapter should answer.
  public let label: Bool
  /// What results are broken down by: the persona's name.
  public let stratum: String
  public let split: Split

  public init(id: String, features: [Float], label: Bool, stratum: String, split: Split) {
    self.id = id
    self.features = features
    self.label = label
    self.stratum = stratum
    self.split = split
  }
}
