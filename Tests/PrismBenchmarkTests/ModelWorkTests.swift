import PrismBenchmark
import PrismModel
import Testing

/// D 4, H 2, K 1, E 2, F 8, V 10, L 3.
@Suite("Arithmetic by hand")
struct ModelWorkTests {
  static let shape = ModelConfiguration(
    architecture: .llama, vocabularySize: 10, hiddenSize: 4, layerCount: 3, headCount: 2,
    keyValueHeadCount: 1, headSize: 2, feedForwardSize: 8, contextLength: 64, normEpsilon: 1e-5,
    ropeBase: 10_000, tiedOutput: true, attentionBias: false)
  private let work = ModelWork(shape)

  @Test("one row's products: 4 x 8 and 4 x 4 and three of 4 x 8 a layer; 4 x 10 for logits")
  func products() {
    #expect(work.layer == 32 + 16 + 96)
    #expect(work.layers == 432)
    #expect(work.head == 40)
  }

  @Test("attention meets each position's own and all earlier ones")
  func attention() {
    // 1 + 2 + 3 pairs, two products of 4 multiply-adds each.
    #expect(work.attention(rows: 3) == 6 * 8)
    // One new position after 5.
    #expect(work.attention(past: 5, rows: 1) == 6 * 8)
    // Reading on costs what reading at once does.
    #expect(work.attention(rows: 3) + work.attention(past: 3, rows: 4) == work.attention(rows: 7))
  }

  @Test("a low-rank product has rank times inputs and outputs of q, k, v, o, gate, up, down")
  func adapter() {
    #expect(work.adapter(rank: 2) == 2 * (8 + 6 + 6 + 8 + 12 + 12 + 12))
  }

  @Test("a prompt has one row of logits, decoding one a token")
  func passes() {
    #expect(work.prefill(3) == 3 * 432 + 3 * 48 + 40)
    // Two streams, two tokens each behind 3: 4 + 5 pairs a stream and layer.
    #expect(work.decode(streams: 2, past: 3, steps: 2) == 2 * (2 * 472 + 3 * 9 * 8))
  }

  @Test("a training step, layer 0 frozen")
  func training() {
    let step = TrainingWork(
      Self.shape, lengths: [3, 2], answerTokens: 4, width: 5, rank: 2, adapted: 1..<3)
    // 5 rows; 3 layers forward, 2 backward without the lowest q, k, v (4 x 8).
    #expect(step.frozen == 5 * (432 + 2 * 144 - 32))
    // Forward, parameters, inputs; without the inputs of the lowest q, k, v (3 x rank 2, 4 wide).
    #expect(step.adapter == 5 * (3 * 2 * 128 - 3 * 2 * 4))
    // 6 + 3 pairs of 8 a layer: 3 layers forward and 2.5 times as much in 2 layers backward.
    #expect(step.attention == 9 * 8 * 3 + 9 * 8 * 5)
    #expect(step.loss == 2 * 4 * 5 * 4)
    #expect(step.total == step.frozen + step.adapter + step.attention + step.loss)
  }
}
