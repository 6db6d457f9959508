/// What `prism bench` measures, under the names its JSON uses.
package enum BenchmarkKey: String, CaseIterable, Codable, Hashable, Sendable {
  /// Reading a prompt of 512 and of 4,096 tokens, its last logits included.
  case prefill512
  case prefill4096
  /// Greedy decoding of 1, 8, 32 and 64 streams: prompts of 128 tokens, read before the clock starts,
  /// and 64 new tokens each.
  case decode1
  case decode8
  case decode32
  case decode64
  /// Judge prompts read through the generator; see `JudgeMeasurement`.
  case judgePerSecond
  /// A distillation step on 512 tokens at rank 16; see `TrainingMeasurement`.
  case train512
  /// The gate's decision as a share of reading a prompt of 512 tokens.
  case gateShare
  /// Steps of 32 streams, half of them routed; see `MixedBatchMeasurement`.
  case mixedBatch

  package var unit: String {
    switch self {
    case .prefill512, .prefill4096, .decode1, .decode8, .decode32, .decode64, .train512: "tokens/s"
    case .judgePerSecond: "prompts/s"
    case .gateShare: "% of a prefill"
    case .mixedBatch: "of its parts"
    }
  }

  /// Positions the model's context needs for it.
  var contextTokens: Int {
    switch self {
    case .prefill512, .gateShare: 512
    case .prefill4096: 4096
    case .decode1, .decode8, .decode32, .decode64, .mixedBatch: 192
    case .judgePerSecond: 313
    case .train512: 128
    }
  }
}
