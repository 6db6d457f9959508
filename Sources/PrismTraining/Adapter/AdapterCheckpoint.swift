import PrismModel

/// Everything adapter training needs to go on as if it had never stopped.
package struct AdapterCheckpoint: Hashable, Sendable {
  /// Epochs finished.
  package var epoch: Int
  package var parameters: [Float]
  package var moments: AdamW.Moments
  /// Loss of every step so far, and held-out KL after each epoch.
  package var losses: [Double]
  package var heldOutKLCurve: [Double]

  private enum Name {
    static let parameters = "parameters"
    static let first = "moments.first"
    static let second = "moments.second"
    static let epoch = "epoch"
    static let steps = "steps"
    static let losses = "losses"
    static let curve = "heldOutKL"
  }

  /// Writes all or nothing. Losses go as text, so that their doubles survive.
  package func write(to path: String) throws {
    func joined(_ values: [Double]) -> String { values.map { "\($0)" }.joined(separator: " ") }
    try SafetensorsWriter.write(
      [
        (Name.parameters, [parameters.count], parameters),
        (Name.first, [moments.first.count], moments.first),
        (Name.second, [moments.second.count], moments.second),
      ],
      metadata: [
        Name.epoch: "\(epoch)", Name.steps: "\(moments.stepCount)", Name.losses: joined(losses),
        Name.curve: joined(heldOutKLCurve),
      ], to: path)
  }

  /// Reads a checkpoint for `parameterCount` parameters.
  package init(path: String, parameterCount: Int) throws {
    let file = try SafetensorsFile(path: path)
    func numbers(_ name: String) throws -> [Double] {
      try text(name).split(separator: " ").map { word in
        guard let value = Double(word), value.isFinite else {
          throw Self.damaged(path, name, "finite numbers", String(word))
        }
        return value
      }
    }
    func text(_ name: String) throws -> String {
      guard let value = file.metadata[name] else { throw Self.damaged(path, name, "an entry", "none") }
      return value
    }
    func count(_ name: String) throws -> Int {
      let word = try text(name)
      guard let value = Int(word), value >= 0 else {
        throw Self.damaged(path, name, "a count", word)
      }
      return value
    }
    func floats(_ name: String) throws -> [Float] {
      let values = try file.values(of: name)
      guard values.count == parameterCount else {
        throw Self.damaged(path, name, "\(parameterCount) values", "\(values.count)")
      }
      guard values.allSatisfy({ $0.isFinite }) else {
        throw Self.damaged(path, name, "finite values", "an infinity or NaN")
      }
      return values
    }
    epoch = try count(Name.epoch)
    parameters = try floats(Name.parameters)
    moments = AdamW.Moments(
      stepCount: try count(Name.steps), first: try floats(Name.first),
      second: try floats(Name.second))
    losses = try numbers(Name.losses)
    heldOutKLCurve = try numbers(Name.curve)
    guard losses.count == moments.stepCount else {
      throw Self.damaged(path, Name.losses, "\(moments.stepCount) losses", "\(losses.count)")
    }
    guard heldOutKLCurve.isEmpty || heldOutKLCurve.count == epoch else {
      throw Self.damaged(path, Name.curve, "\(epoch) values", "\(heldOutKLCurve.count)")
    }
  }

  package init(
    epoch: Int, parameters: [Float], moments: AdamW.Moments, losses: [Double],
    heldOutKLCurve: [Double]
  ) {
    self.epoch = epoch
    self.parameters = parameters
    self.moments = moments
    self.losses = losses
    self.heldOutKLCurve = heldOutKLCurve
  }

  private static func damaged(
    _ path: String, _ at: String, _ expected: String, _ found: String
  ) -> ModelError {
    .malformed(path: path, at: at, expected: expected, found: found)
  }
}
