import PrismEvaluation

extension ReportExample {
  /// More benchmarks, strategies, categories and longer names than a screen likes.
  static var crowded: ReportContent {
    let strategies = [
      "base", "expert", "average persona", "minimum length, system", "minimum length, user",
      "random long text of equal length (control)", "fine-tuning on winning answers", "adapter",
      "random gate", "prism", "oracle routing",
    ]
    let benchmarks = [
      "mmlu-0-shot", "mmlu-5-shot", "mt-bench", "harmbench", "jailbreakbench-harmful",
      "jailbreakbench-benign", "pku-saferlhf", "xstest", "truthfulqa-mc1", "gsm8k", "ifeval",
    ]
    var evaluation = evaluation
    evaluation.settings.benchmarks = benchmarks
    evaluation.settings.strategies = strategies
    let scale = ScoreScale(metric: .accuracy, minimum: 0, maximum: 1, higherIsBetter: true)
    evaluation.scales = Dictionary(uniqueKeysWithValues: benchmarks.map { ($0, scale) })
    evaluation.overall = [:]
    evaluation.results = Dictionary(
      uniqueKeysWithValues: benchmarks.enumerated().map { row, name in
        let cells = strategies.enumerated().map { column, strategy in
          let score = 0.2 + 0.7 * noise(row * 31 + column)
          return (
            strategy, ScoreCell(score: score, low: score - 0.03, high: score + 0.04, count: 12_345)
          )
        }
        return (name, ["all": Dictionary(uniqueKeysWithValues: cells)])
      })
    evaluation.comparisons = benchmarks.flatMap { name in
      strategies.dropFirst().enumerated().map { index, strategy in
        let middle = noise(index + name.count * 13) * 0.2 - 0.1
        return StrategyComparison(
          benchmark: name, category: "all", strategy: strategy, difference: middle,
          low: middle - 0.04, high: middle + 0.04, pValue: 0.2, count: 200)
      }
    }
    evaluation.routing = (0..<57).map { index in
      RoutingShare(
        benchmark: benchmarks[index % 4], category: "high school subject number \(index)",
        share: noise(index), count: 20, personaEffect: noise(index * 3 + 1) - 0.5)
    }
    evaluation.costs = Dictionary(
      uniqueKeysWithValues: strategies.enumerated().map {
        ($1, StrategyCost(promptTokens: 60 + Double($0) * 17, generatedTokens: 100, seconds: 1))
      })
    var content = content
    content.evaluation = evaluation
    let effects = (0..<57).flatMap { row in
      personas.enumerated().map { column, persona in
        ReportContent.PersonaEffect(
          persona: persona, length: "long", placement: "system",
          category: "high school subject number \(row)",
          difference: noise(row * 12 + column) - 0.5)
      }
    }
    content.study = [
      .init(benchmark: "mmlu-0-shot", scale: scale, lengths: [], effects: effects)
    ]
    content.verdicts = [
      .init(
        persona: String(repeating: "a very long persona ", count: 6), distill: 123_456, retain: 0)
    ]
    content.losses = [
      .init(
        name: "gate", lossLabel: "Cross-entropy, nats, mean over the queries of an epoch, weighted",
        positionLabel: "Epoch", series: [.init(name: "training", losses: [0.69])])
    ]
    return content
  }
}
