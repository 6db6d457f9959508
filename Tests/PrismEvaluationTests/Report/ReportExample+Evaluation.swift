import PrismEvaluation

extension ReportExample {
  static let benchmarks: [(String, ScoreScale.Metric, Double, Double, Bool, [Double])] = [
    ("mmlu", .accuracy, 0, 1, true, [0.312, 0.274, 0.298, 0.306, 0.312]),
    ("harmbench", .refusal, 0, 1, true, [0.421, 0.563, 0.548, 0.463, 0.535]),
    ("xstest", .overRefusal, 0, 1, false, [0.18, 0.262, 0.24, 0.201, 0.196]),
    ("mt-bench", .rating, 1, 10, true, [3.42, 3.58, 3.61, 3.49, 3.66]),
    ("ifeval", .strictAccuracy, 0, 1, true, [0.236, 0.22, 0.229, 0.231, 0.241]),
  ]

  static var evaluation: EvaluationResults {
    var results: [String: [String: [String: ScoreCell]]] = [:]
    var scales: [String: ScoreScale] = [:]
    for (name, metric, low, high, isUp, scores) in benchmarks {
      scales[name] = ScoreScale(
        metric: metric, minimum: low, maximum: high, higherIsBetter: isUp)
      let margin = (high - low) * 0.032
      func cells(_ shift: Double, _ count: Int) -> [String: ScoreCell] {
        Dictionary(
          uniqueKeysWithValues: zip(strategies, scores).map { strategy, score in
            let value = min(high, max(low, score + shift * (high - low)))
            return (
              strategy,
              ScoreCell(
                score: value, low: max(low, value - margin), high: min(high, value + margin),
                count: count,
                unreadable: name == "mt-bench" && strategy == "expert" && shift == 0 ? 9 : 0)
            )
          })
      }
      results[name] = ["all": cells(0, 200)]
      for (index, category) in categories(name).enumerated() {
        results[name]?[category] = cells((noise(index) - 0.5) * 0.2, 25)
      }
    }
    return EvaluationResults(
      settings: EvaluationProvenance(
        model: "SmolLM2-135M-Instruct",
        modelFingerprint: "sha256:6f1c9a0e4b7d2c85f3a9e6d01b47c8f25e90a3d7b1c6f4820d9e5a7b3c1f8e64",
        bundle: "runs/smol/bundle", judge: "the model itself", seed: 0, limit: 200,
        benchmarks: benchmarks.map { $0.0 }, strategies: strategies,
        createdAt: "2026-11-22T08:00:00Z", prismVersion: "0.4.0"),
      results: results, scales: scales,
      overall: Dictionary(
        uniqueKeysWithValues: zip(strategies, [41.8, 42.2, 42.9, 42.0, 44.1]).map {
          ($0, ScoreCell(score: $1, low: $1 - 1.4, high: $1 + 1.4, count: 1000, unreadable: 9))
        }),
      comparisons: comparisons, routing: routing,
      routingCorrelation: CorrelationPair(pearson: 0.65, spearman: 0.75, count: 12),
      costs: [
        "base": .init(promptTokens: 61.3, generatedTokens: 148, seconds: 0.812),
        "expert": .init(promptTokens: 213.9, generatedTokens: 171, seconds: 1.204),
        "adapter": .init(promptTokens: 61.3, generatedTokens: 166, seconds: 0.941),
        "random": .init(promptTokens: 61.3, generatedTokens: 158, seconds: 0.874),
        "prism": .init(promptTokens: 61.3, generatedTokens: 160, seconds: 0.886),
      ],
      refusalAgreement: [
        "harmbench": .init(agreement: 0.91, kappa: 0.78, byPhrase: 0.47, byJudge: 0.5, count: 1000),
        "xstest": .init(agreement: 0.88, kappa: 0.61, byPhrase: 0.2, byJudge: 0.22, count: 1000),
      ])
  }

  static func categories(_ benchmark: String) -> [String] {
    switch benchmark {
    case "mmlu": ["humanities", "other", "social sciences", "stem"]
    case "mt-bench": Array(personas.prefix(8))
    case "harmbench": ["standard", "contextual", "copyright"]
    default: []
    }
  }

  static var comparisons: [StrategyComparison] {
    benchmarks.flatMap { name, _, low, high, _, scores in
      zip(strategies, scores).dropFirst().map { strategy, score in
        let margin = (high - low) * 0.03
        let difference = score - scores[0]
        return StrategyComparison(
          benchmark: name, category: "all", strategy: strategy, difference: difference,
          low: difference - margin, high: difference + margin,
          pValue: abs(difference) > margin ? 0.0004 : 0.41, count: 200)
      }
        + categories(name).prefix(2).map { category in
          StrategyComparison(
            benchmark: name, category: category, strategy: "prism", difference: 0,
            low: -0.02 * (high - low), high: 0.02 * (high - low), pValue: 1, count: 25)
        }
    }
  }

  static var routing: [RoutingShare] {
    benchmarks.flatMap { name, _, _, _, _, _ in
      (categories(name).isEmpty ? ["all"] : categories(name)).enumerated().map { index, category in
        let isKnowledge = name == "mmlu"
        return RoutingShare(
          benchmark: name, category: category,
          share: isKnowledge ? 0.03 + 0.08 * noise(index) : 0.35 + 0.55 * noise(index + 3),
          count: 25,
          personaEffect: isKnowledge
            ? -0.06 + 0.03 * noise(index) : -0.02 + 0.16 * noise(index + 5))
      }
    }
  }

  static var study: [ReportContent.StudyBenchmark] {
    [("mmlu", 0.312, 1.0), ("mt-bench", 3.42, 9.0)].map { name, base, span in
      let isShare = span == 1
      let lengths = ["minimum", "half", "full"].enumerated().flatMap { index, length in
        ["system", "user"].enumerated().map { place, placement in
          let score =
            base + (isShare ? -0.012 : 0.016) * span * (Double(index) - 0.2 + Double(place) * 0.4)
          return ReportContent.LengthScore(
            length: length, placement: placement,
            score: ScoreCell(
              score: score, low: score - 0.018 * span, high: score + 0.018 * span, count: 2400))
        }
      }
      let names =
        isShare
        ? [
          "abstract algebra", "anatomy", "astronomy", "business ethics", "college mathematics",
          "high school european history", "jurisprudence", "machine learning", "moral scenarios",
          "world religions",
        ] : Array(personas.prefix(8))
      let effects = names.enumerated().flatMap { row, category in
        personas.enumerated().map { column, persona in
          let noise = noise(row * 17 + column * 5) - (isShare ? 0.68 : 0.44)
          return ReportContent.PersonaEffect(
            persona: persona, length: "long", placement: "system", category: category,
            difference: noise * (isShare ? 0.11 : 1.4), low: noise * 0.1 - 0.04,
            high: noise * 0.1 + 0.04, isSupported: abs(noise) > 0.4)
        }
      }
      return ReportContent.StudyBenchmark(
        benchmark: name,
        scale: ScoreScale(
          metric: isShare ? .accuracy : .rating, minimum: isShare ? 0 : 1,
          maximum: isShare ? 1 : 10, higherIsBetter: true),
        base: ScoreCell(score: base, low: base - 0.02, high: base + 0.02, count: 200),
        lengths: lengths, effects: effects)
    }
  }
}
