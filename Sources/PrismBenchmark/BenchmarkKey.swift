/// What `prism bench` can measure.
package enum BenchmarkKey: Hashable, Sendable {
  /// Reading a prompt of so many tokens, its last logits included.
  case prefill(tokens: Int)
  /// Greedy decoding of so many streams: prompts of 128 tokens, read before the clock starts, and 64 new
  /// tokens each.
  case decode(streams: Int)
  /// Judge prompts read through the generator; see `JudgeMeasurement`.
  case judgePerSecond
  /// Questions with four letters, one prefill each; see `MultipleChoiceMeasurement`.
  case multipleChoicePerSecond
  /// The same questions as the paper's public code reads them; see `LetterReading.fivePasses`.
  case multipleChoiceFivePassesPerSecond
  /// A distillation step on 512 tokens at rank 16; see `TrainingMeasurement`.
  case train512
  /// The gate's decision as a share of reading a prompt of 512 tokens.
  case gateShare
  /// Steps of 32 streams, half of them routed; see `MixedBatchMeasurement`.
  case mixedBatch

  /// What is measured when nothing else is asked for, in this order.
  package static let standard: [BenchmarkKey] = [
    .prefill(tokens: 512), .prefill(tokens: 4096), .decode(streams: 1), .decode(streams: 8),
    .decode(streams: 32), .decode(streams: 64), .judgePerSecond, .multipleChoicePerSecond,
    .multipleChoiceFivePassesPerSecond, .train512, .gateShare, .mixedBatch,
  ]

  /// Streams decoded together at most.
  package static let streamLimit = 256
  /// Tokens of a prompt at most.
  package static let promptLimit = 1 << 20

  /// The name in JSON and on the command line, such as `decode32`.
  package var name: String {
    switch self {
    case .prefill(let tokens): "prefill\(tokens)"
    case .decode(let streams): "decode\(streams)"
    case .judgePerSecond: "judgePerSecond"
    case .multipleChoicePerSecond: "multipleChoicePerSecond"
    case .multipleChoiceFivePassesPerSecond: "multipleChoiceFivePassesPerSecond"
    case .train512: "train512"
    case .gateShare: "gateShare"
    case .mixedBatch: "mixedBatch"
    }
  }

  /// The key of a name; throws `BenchmarkError.unknownKey`.
  package init(name: String) throws(BenchmarkError) {
    func number(after prefix: String, limit: Int) -> Int? {
      guard name.hasPrefix(prefix), let number = Int(name.dropFirst(prefix.count)),
        (1...limit).contains(number)
      else { return nil }
      return number
    }
    if let key = Self.standard.first(where: { $0.name == name }) {
      self = key
    } else if let tokens = number(after: "prefill", limit: Self.promptLimit) {
      self = .prefill(tokens: tokens)
    } else if let streams = number(after: "decode", limit: Self.streamLimit) {
      self = .decode(streams: streams)
    } else {
      throw .unknownKey(name)
    }
  }

  package var unit: String {
    switch self {
    case .prefill, .decode, .train512: "tokens/s"
    case .judgePerSecond: "prompts/s"
    case .multipleChoicePerSecond, .multipleChoiceFivePassesPerSecond: "questions/s"
    case .gateShare: "% of a prefill"
    case .mixedBatch: "of its parts"
    }
  }

  /// Positions the model's context needs for it.
  var contextTokens: Int {
    switch self {
    case .prefill(let tokens): tokens
    case .decode, .mixedBatch: DecodeStreams.promptTokens + DecodeMeasurement.newTokens
    case .judgePerSecond: JudgeMeasurement.promptTokens + 1
    // The letter, what follows it, and one more, as a context is never read to its end.
    case .multipleChoicePerSecond, .multipleChoiceFivePassesPerSecond:
      MultipleChoiceMeasurement.longestPrompt + 3
    case .train512: TrainingMeasurement.sequenceTokens
    case .gateShare: GateMeasurement.promptTokens
    }
  }
}
