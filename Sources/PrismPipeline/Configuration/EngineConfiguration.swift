public import PrismTensor

/// How the model runs.
public struct EngineConfiguration: Codable, Hashable, Sendable {
  public enum Precision: String, ChoiceSetting {
    /// Matrix inputs in bfloat16, sums in float.
    case bf16
    case fp32
    /// Weights rounded to 8 bits, also where gradients pass through them; inputs in bfloat16.
    case int8

    /// How the model's matrices are stored.
    public var format: WeightFormat {
      switch self {
      case .bf16: .bf16
      case .fp32: .fp32
      case .int8: .int8
      }
    }
  }

  /// Default: bf16 where the processor multiplies it natively.
  public var precision: Precision = PrismTensor.Precision.best == .bf16 ? .bf16 : .fp32
  /// Threads of the matrix products; 0 takes every core. Range 0...1024.
  public var threads = 0
  /// Sequences in one batch. Range 1...1024.
  public var maximumBatch = 32
  /// Items in one unit of work: what an interruption can lose. Units are fixed so that batches
  /// are the same after a restart. Range 1...4096.
  public var unitItems = 64
  /// Seed of everything random. 0 is a seed; any value up to 2^63 - 1.
  public var seed: UInt64 = 0

  public init() {}

  var problems: [SettingProblem] {
    var check = SettingCheck()
    check.expect("threads", threads, in: 0...1024)
    check.expect("maximumBatch", maximumBatch, in: 1...1024)
    check.expect("unitItems", unitItems, in: 1...4096)
    check.expect("seed", seed, in: 0...UInt64(Int64.max))
    return check.problems
  }
}
