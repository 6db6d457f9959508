import Foundation

extension JudgeStatistics {
  /// Why there is nothing to distill or nothing to retain: what the judge did and what to change.
  /// Nil when both sets have rows.
  public var explanation: String? {
    guard pairCount > 0 else { return "There was no pair to judge." }
    if distillCount > 0 && retainCount > 0 { return nil }
    let readable = pairCount - count(.unreadable)
    guard readable > 0 else {
      let mass = letterMass.map { String(format: "%.4f", $0) } ?? "nothing readable"
      return
        "The judge could not be read: it put \(mass) of its probability on the letters A and B in all \(pairCount) pairs. Use a model that follows instructions, or lower judge.minLetterMass if you trust so little mass."
    }
    let missing = distillCount == 0 ? "distill" : "retain"
    return
      "The \(policy.rawValue) judge found nothing to \(missing) in \(readable) readable pairs: "
      + conduct + " " + advice
  }

  /// What the judge did, in numbers.
  private var conduct: String {
    let bias = positionBias ?? 0
    let share = favouredLetterShare ?? 0
    let letter = bias > 0 ? "A" : "B"
    var text = String(
      format:
        "it preferred answer %@ in %.0f %% of prompts, by %.2f nats on average, whatever stood there",
      letter, share * 100, abs(bias))
    if share <= 0.75 {
      text = String(
        format: "its preference for a position was small (%.2f nats toward answer %@)", abs(bias),
        letter)
    }
    let names: [Verdict] = [.persona, .base, .undecided]
    let list = names.map { "\(count($0)) \($0.rawValue)" }.joined(separator: ", ")
    return text + "; verdicts: \(list)."
  }

  private var advice: String {
    switch policy {
    case .strict:
      let other = otherVerdicts[.persona, default: 0]
      let otherRetain = otherVerdicts[.base, default: 0] + otherVerdicts[.undecided, default: 0]
      return
        "Strict asks for a win in both orders, which such a preference rules out. Read without it (judge.policy: debiased), the same answers give \(other) to distill and \(otherRetain) to retain."
    case .debiased:
      return distillCount == 0
        ? "Lower judge.margin, use longer personas, or ask for more queries (queries.perPersona)."
        : "Raise judge.margin so that only clear wins are distilled, or ask for more queries (queries.perPersona)."
    }
  }
}
