/// What a model's numbers must obey before anything is allocated from them.
enum ConfigurationRules {
  /// Throws `ModelError.problems` listing everything out of range.
  static func require(_ model: ModelConfiguration, path: String) throws {
    let problems = problems(of: model)
    if !problems.isEmpty { throw ModelError.problems(path: path, problems) }
  }

  static func problems(of model: ModelConfiguration) -> [String] {
    var problems: [String] = []
    func range(_ name: String, _ value: Int, _ allowed: ClosedRange<Int>) {
      if !allowed.contains(value) {
        problems.append(
          "\(name) is \(value); allowed: \(allowed.lowerBound) to \(allowed.upperBound)")
      }
    }
    range("vocabulary size", model.vocabularySize, 1...10_000_000)
    range("hidden size", model.hiddenSize, 1...1_000_000)
    range("layer count", model.layerCount, 1...10_000)
    range("attention head count", model.headCount, 1...65_536)
    range("key-value head count", model.keyValueHeadCount, 1...65_536)
    range("head size", model.headSize, 2...65_536)
    range("feed-forward size", model.feedForwardSize, 1...10_000_000)
    range("context length", model.contextLength, 1...1_000_000_000)
    if problems.isEmpty {
      // The single ranges keep the products here far from overflow.
      range("attention width", model.querySize, 2...1_000_000)
      if model.headCount % model.keyValueHeadCount != 0 {
        problems.append(
          "\(model.headCount) attention heads cannot share \(model.keyValueHeadCount) key-value heads evenly"
        )
      }
      if model.headSize % 2 != 0 {
        problems.append("head size is \(model.headSize); it must be even")
      }
    }
    if !(model.normEpsilon >= 0 && model.normEpsilon < 1) {
      problems.append("norm epsilon is \(model.normEpsilon); allowed: 0 to below 1")
    }
    if !(model.ropeBase >= 1 && model.ropeBase <= 1e15) {
      problems.append("rope base is \(model.ropeBase); allowed: 1 to 1e15")
    }
    return problems + ropeProblems(model)
  }

  private static func ropeProblems(_ model: ModelConfiguration) -> [String] {
    func isFactor(_ value: Double) -> Bool { value > 0 && value <= 1e9 }
    switch model.ropeScaling {
    case .none:
      return []
    case .linear(let factor):
      return isFactor(factor) ? [] : ["rope factor is \(factor); allowed: above 0 to 1e9"]
    case .llama3(let factor, let low, let high, let original):
      var problems: [String] = []
      if !isFactor(factor) { problems.append("rope factor is \(factor); allowed: above 0 to 1e9") }
      if !(isFactor(low) && isFactor(high) && low < high) {
        problems.append(
          "rope's low and high frequency factors are \(low) and \(high); allowed: 0 < low < high")
      }
      if !(1...1_000_000_000 ~= original) {
        problems.append("rope's original context is \(original); allowed: 1 to 1000000000")
      }
      return problems
    case .divisors(let divisors):
      guard divisors.count == model.headSize / 2 else {
        return ["rope has \(divisors.count) divisors instead of \(model.headSize / 2)"]
      }
      return divisors.allSatisfy { $0 > 0 && $0 < .infinity }
        ? [] : ["a rope divisor is not a positive number"]
    }
  }
}
