import Foundation
import PrismEvaluation

/// A report with every section, made-up numbers that look like a run's, and hostile texts.
enum ReportExample {
  static let personas = [
    "writing", "roleplay", "reasoning", "math", "coding", "extraction", "stem", "humanities",
    "critic", "safety_monitor", "helpful", "compliant",
  ]
  static let strategies = ["base", "expert", "adapter", "random", "prism"]
  static let hostile = "</script><script>alert(\"1\")</script> & 'x' \u{202E}abc\u{7}"

  /// A repeatable number from 0 to 1.
  static func noise(_ index: Int) -> Double {
    let value = sin(Double(index) * 12.9898 + 4.1) * 43758.5453
    return value - value.rounded(.down)
  }

  static var content: ReportContent {
    ReportContent(
      title: "PRISM on SmolLM2-135M-Instruct",
      facts: [
        .init(name: "Gate layer", value: "0"), .init(name: "Adapter", value: "rank 16, alpha 32"),
        .init(name: "Queries a persona", value: "50"),
      ],
      settings: [
        .init(name: "queries.perPersona", value: "50"), .init(name: "engine.seed", value: "0"),
      ],
      efforts: [
        .init(stage: "answers", seconds: 50.9, tokens: 43_267),
        .init(stage: "gate", seconds: 0.3, tokens: 0),
      ],
      samples: samples, sampleChoice: "These 3 of 600 queries were not picked by hand.",
      verdicts: verdicts,
      judge: .init(
        positionBias: -1.62, letterMass: 0.874, lengthCorrelation: 0.21, pairCount: 600),
      losses: losses, gate: gate, evaluation: evaluation, study: study)
  }

  static var samples: [ReportContent.Sample] {
    let long = Array(
      repeating: "A longer answer goes on and on, as small models like to do.", count: 40)
    return [
      .init(
        query: "Explain why the sky is blue to a ten year old.", persona: "stem",
        baseAnswer:
          "The sky is blue because of the way light scatters.\n\nBlue light scatters more than red light.",
        personaAnswer: long.joined(separator: " "), logOdds: 1.53, verdict: "persona",
        gateProbability: 0.83, route: "adapter", split: "held out"),
      .init(
        query: hostile, persona: "safety_monitor",
        baseAnswer: "Sure! Here is:\n```html\n\(hostile)\n```",
        personaAnswer: "I cannot help with that.", logOdds: -0.42, verdict: "base",
        gateProbability: 0.31, route: "base"),
      .init(
        query: "اكتب جملة قصيرة عن البحر (short!).", persona: "writing",
        baseAnswer: "البحر واسع، 3 أمواج.",
        personaAnswer: "海は広いな大きいな。" + String(repeating: "長", count: 90),
        verdict: "unreadable"),
    ]
  }

  static var verdicts: [ReportContent.PersonaVerdicts] {
    personas.enumerated().map { index, name in
      let distill = Int(10 + 30 * noise(index))
      return .init(
        persona: name, distill: distill, retain: 49 - distill, unreadable: index == 3 ? 4 : 1)
    }
  }

  static var losses: [ReportContent.LossCurve] {
    let steps = (0..<480).map { 0.35 + 0.9 * exp(-Double($0) / 120) + 0.16 * (noise($0) - 0.5) }
    let epochs = (1...10).map { 0.42 + 0.8 * exp(-Double($0) / 2.4) }
    let gate = (0..<40).map { 0.69 - 0.11 * (1 - exp(-Double($0) / 9)) }
    return [
      .init(
        name: "adapter", lossLabel: "KL, nats a token", positionLabel: "Optimizer step",
        series: [
          .init(name: "training", losses: steps),
          .init(name: "held out", first: 48, interval: 48, losses: epochs),
        ]),
      .init(
        name: "gate", lossLabel: "Cross-entropy, nats", positionLabel: "Epoch",
        series: [
          .init(name: "training", losses: gate),
          .init(
            name: "validation", losses: gate.enumerated().map { $1 + 0.02 + 0.0006 * Double($0) }),
        ], note: "the weights of epoch 31 of 40 were kept"),
    ]
  }

  static var gate: ReportContent.Gate {
    let curve = (1...60).map { index -> ReportContent.Gate.ROCPoint in
      let rate = Double(index) / 60
      return .init(falsePositiveRate: rate, truePositiveRate: pow(rate, 0.45))
    }
    let histogram = (0..<20).map { index -> ReportContent.Gate.HistogramBin in
      let middle = Double(index) / 20 + 0.025
      return .init(
        low: Double(index) / 20, high: Double(index + 1) / 20,
        adapterCount: Int(14 * exp(-pow((middle - 0.66) / 0.16, 2))),
        baseCount: Int(16 * exp(-pow((middle - 0.4) / 0.15, 2))))
    }
    let calibration = (1..<10).map { index -> ReportContent.Gate.CalibrationBin in
      let middle = Double(index) / 10 + 0.05
      return .init(
        meanProbability: middle, positiveShare: min(1, max(0, middle * 1.2 - 0.14)), count: 14)
    }
    return .init(
      threshold: 0.5, accuracy: 0.688, majorityAccuracy: 0.531, balancedAccuracy: 0.681,
      auroc: 0.742, calibrationError: 0.061, rocPoints: curve,
      calibration: calibration, histogram: histogram,
      confusion: .init(
        reference: "the judge's verdict", adapterToAdapter: 41, adapterToBase: 17,
        baseToAdapter: 20, baseToBase: 42),
      notes: ["The validation part holds fewer than 50 queries, so the best epoch is uncertain."])
  }
}
