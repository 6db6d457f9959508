import PrismModel

/// One line about how a stage stands: bar, rate, time left. Only sums; nothing is printed here.
struct ProgressText {
  /// What the items of a stage are.
  enum Unit {
    case items
    case bytes
  }

  let event: ProgressEvent
  let unit: Unit
  /// Since the stage was first seen.
  let elapsedSeconds: Double
  /// What was done already when the stage was first seen, by an earlier run.
  let doneBefore: Int
  let tokensBefore: Int

  /// For a terminal: a bar, at most `columns` wide.
  func line(columns: Int) -> String {
    let filled = share.map { Int(($0 * 20).rounded(.down)) } ?? 0
    let bar =
      String(repeating: "█", count: filled) + String(repeating: "░", count: 20 - filled)
    let name = event.stage.padding(to: 10)
    return String(([name, bar] + facts).joined(separator: "  ").prefix(max(columns - 1, 20)))
  }

  /// For a pipe: words.
  var line: String {
    let percent = share.map { " (\(Int($0 * 100)) %)" } ?? ""
    return "\(event.stage): "
      + facts.joined(separator: ", ").replacingFirst(amount, amount + percent)
  }

  private var share: Double? {
    event.total > 0 ? min(Double(event.done) / Double(event.total), 1) : nil
  }

  private var amount: String {
    switch unit {
    case .items: event.total > 0 ? "\(event.done)/\(event.total)" : "\(event.done)"
    case .bytes:
      event.total > 0
        ? "\(Quantity.bytes(event.done)) of \(Quantity.bytes(event.total))"
        : Quantity.bytes(event.done)
    }
  }

  private var facts: [String] {
    var facts = [amount]
    let moved = event.done - doneBefore
    if elapsedSeconds > 0.5, moved > 0 {
      let rate = Double(moved) / elapsedSeconds
      switch unit {
      case .items: facts.append(Quantity.decimal(rate, rate < 10 ? 1 : 0) + "/s")
      case .bytes: facts.append(Quantity.bytes(Int(rate)) + "/s")
      }
      let tokens = event.tokens - tokensBefore
      if tokens > 0 { facts.append("\(Int(Double(tokens) / elapsedSeconds)) tok/s") }
      if let loss = event.loss { facts.append("loss " + Quantity.decimal(loss, 4)) }
      if event.total > event.done {
        facts.append(Quantity.seconds(Double(event.total - event.done) / rate) + " left")
      } else {
        facts.append(Quantity.seconds(elapsedSeconds))
      }
    } else if let loss = event.loss {
      facts.append("loss " + Quantity.decimal(loss, 4))
    }
    return facts
  }
}

extension String {
  fileprivate func padding(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }

  fileprivate func replacingFirst(_ part: String, _ replacement: String) -> String {
    hasPrefix(part) ? replacement + dropFirst(part.count) : self
  }
}
