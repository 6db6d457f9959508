import HTTPTypes
import PrismRouter

extension HTTPFields {
  /// Adds how a request was routed. A probability stands there where all its prompts have the same.
  mutating func addDecision(_ reports: [PrismReport]) {
    guard let first = reports.first else { return }
    self[.prismRoute] = RequestRecord.Values.route(of: reports)
    self[.prismGateMode] = first.mode.rawValue
    if let probability = first.probability.value, Set(reports).count == 1 {
      self[.prismProbability] = "\(probability)"
    }
  }
}
