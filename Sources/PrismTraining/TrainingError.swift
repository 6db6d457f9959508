public import PrismModel

/// Everything that can stop a training run, one sentence each.
public enum TrainingError: Error, Hashable, CustomStringConvertible {
  /// There is nothing to train the gate on.
  case noGateExamples
  /// Every training row of the gate carries the same label, so there is nothing to tell apart.
  case oneGateClass(label: Route, trainingCount: Int)
  /// A row's features do not fit the others', or hold something that is not a finite number.
  case gateFeatures(id: String, expected: String, found: String)
  /// The loss stopped being a finite number.
  case diverged(what: String, epoch: Int)
  /// No query of the train split was won by its persona.
  case noDistillExamples(heldOutCount: Int)
  /// Prompts alone fill the training length.
  case answersDoNotFit(count: Int, maxTokens: Int)
  /// Settings outside their ranges, all of them.
  case invalidSettings([String])

  public var description: String {
    switch self {
    case .noGateExamples:
      "the gate has no training rows; generate more queries, or lower the held-out share"
    case .oneGateClass(.adapter, let count):
      "all \(count) training rows of the gate are distill (persona won), so there is no base class to learn; raise the judge's margin, or add queries and personas"
    case .oneGateClass(.base, let count):
      "all \(count) training rows of the gate are retain (persona never won), so there is no adapter class to learn; use the debiased policy, lower the judge's margin, or add queries and personas"
    case .gateFeatures(let id, let expected, let found):
      "the gate features of row \(id) are wrong: expected \(expected), found \(found)"
    case .diverged(let what, let epoch):
      "\(what) is no longer a finite number in epoch \(epoch); lower the learning rate"
    case .noDistillExamples(let count):
      "the adapter has no training examples (\(count) held out): the judge preferred no persona answer of the train split; use the debiased policy, lower the judge's margin, or add queries and personas"
    case .answersDoNotFit(let count, let maxTokens):
      "none of \(count) distill examples fits in \(maxTokens) tokens of prompt and answer; raise adapter.maxTokens or shorten the personas"
    case .invalidSettings(let problems):
      "\(problems.count) training setting\(problems.count == 1 ? " is" : "s are") out of range: "
        + problems.joined(separator: "; ")
    }
  }
}
