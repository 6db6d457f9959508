/// How the adapter is distilled. Defaults are the paper's (section 4; arXiv 2603.18507).
public struct AdapterTrainingConfiguration: Codable, Hashable, Sendable {
  /// Columns of each low-rank factor. Range 1...256; paper 16.
  public var rank = 16
  /// The update is scaled by alpha / rank. Range above 0, at most 1024; paper 32.
  public var alpha = 32.0
  /// Share of the adapter's inputs zeroed while training. Range 0..<1; paper 0.05.
  public var dropout = 0.05
  /// Peak learning rate of AdamW. Range above 0, at most 1; paper 2e-4.
  public var learningRate = 2e-4
  /// Decoupled weight decay of AdamW. Range 0...1; paper 0.01.
  public var weightDecay = 0.01
  /// Share of all steps in which the learning rate rises linearly from 0; then it falls linearly
  /// to 0. Range 0...1; the paper says only "linear warm-up".
  public var warmupShare = 0.1
  /// Global gradient norm above which gradients are scaled down. Range above 0; paper 1.
  public var gradientClip = 1.0
  /// Examples to one optimizer step. Range 1...1024; paper 16.
  public var effectiveBatch = 16
  /// Passes over the training part of the distill set. Range 1...1000; paper 10.
  public var epochs = 10
  /// Tokens of prompt and answer together; longer answers are cut. Range 16...131072; paper 1,024.
  public var maxTokens = 1024
  /// Temperature T of both distributions; the loss is scaled by T². Range above 0, at most 100;
  /// paper 2.
  public var temperature = 2.0
  /// Teacher tokens kept per position. Range 1...1024; paper 64.
  public var topTokens = 64
  /// Tokens packed into one forward and backward pass, a matter of speed and memory only.
  /// Range 16...1048576.
  public var microBatchTokens = 512

  public init() {}

  /// Every setting outside its range, as key and what is wrong with it; empty when all is well.
  package var problems: [(key: String, problem: String)] {
    var found: [(key: String, problem: String)] = []
    func check(_ holds: Bool, _ key: CodingKeys, _ value: Any, _ allowed: String) {
      if !holds { found.append((key.rawValue, "is \(value); allowed: \(allowed)")) }
    }
    check((1...256).contains(rank), .rank, rank, "1 to 256")
    check(alpha > 0 && alpha <= 1024, .alpha, alpha, "above 0, at most 1024")
    check((0..<1).contains(dropout), .dropout, dropout, "0 or more, below 1")
    check(learningRate > 0 && learningRate <= 1, .learningRate, learningRate, "above 0, at most 1")
    check((0...1).contains(weightDecay), .weightDecay, weightDecay, "0 to 1")
    check((0...1).contains(warmupShare), .warmupShare, warmupShare, "0 to 1")
    check(gradientClip > 0 && gradientClip.isFinite, .gradientClip, gradientClip, "above 0")
    check((1...1024).contains(effectiveBatch), .effectiveBatch, effectiveBatch, "1 to 1024")
    check((1...1000).contains(epochs), .epochs, epochs, "1 to 1000")
    check((16...131_072).contains(maxTokens), .maxTokens, maxTokens, "16 to 131072")
    check(temperature > 0 && temperature <= 100, .temperature, temperature, "above 0, at most 100")
    check((1...1024).contains(topTokens), .topTokens, topTokens, "1 to 1024")
    check(
      (16...1_048_576).contains(microBatchTokens), .microBatchTokens, microBatchTokens,
      "16 to 1048576")
    return found
  }

  private enum CodingKeys: String, CodingKey {
    case rank, alpha, dropout, learningRate, weightDecay, warmupShare, gradientClip
    case effectiveBatch, epochs, maxTokens, temperature, topTokens, microBatchTokens
  }
}
