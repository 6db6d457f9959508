import PrismTraining
import Testing

@Suite("AdamW, schedule and clipping")
struct OptimizerTests {
  /// One parameter p = 1, gradient 0.5, rate 0.1, decay 0.1, betas 0.9 and 0.999, epsilon 0.
  /// Step 1: p' = 1 * (1 - 0.1*0.1) = 0.99. m = 0.05, v = 0.00025. m/(1-0.9) = 0.5,
  /// sqrt(v)/sqrt(1-0.999) = 0.5, so p = 0.99 - 0.1 * 1 = 0.89.
  /// Step 2, gradient -1: p' = 0.89 * 0.99 = 0.8811. m = 0.045 - 0.1 = -0.055, v = 0.00024975 + 0.001
  /// = 0.00124975. m/(1-0.81) = -0.2894737; sqrt(v/(1-0.998001)) = sqrt(0.6251876) = 0.7906881;
  /// p = 0.8811 + 0.1 * 0.3661035 = 0.9177104.
  @Test func twoStepsByHand() {
    var optimizer = AdamW(parameterCount: 1, epsilon: 1e-30, weightDecay: 0.1)
    var parameters: [Float] = [1]
    optimizer.step(parameters: &parameters, gradients: [0.5], learningRate: 0.1)
    #expect(abs(parameters[0] - 0.89) < 1e-6)
    #expect(abs(optimizer.moments.first[0] - 0.05) < 1e-8)
    #expect(abs(optimizer.moments.second[0] - 0.00025) < 1e-9)
    optimizer.step(parameters: &parameters, gradients: [-1], learningRate: 0.1)
    #expect(abs(parameters[0] - 0.917_710_4) < 1e-6)
    #expect(optimizer.moments.stepCount == 2)
  }

  /// Epsilon is added to the corrected root, not under it: gradient 1e-3, epsilon 1e-3 halves the
  /// first step (1e-3 / (1e-3 + 1e-3)), and weight decay acts on the old value.
  @Test func epsilonOutsideTheRoot() {
    var optimizer = AdamW(parameterCount: 1, epsilon: 1e-3, weightDecay: 0)
    var parameters: [Float] = [0]
    optimizer.step(parameters: &parameters, gradients: [1e-3], learningRate: 1)
    #expect(abs(parameters[0] + 0.5) < 1e-5)
  }

  @Test func aCheckpointGoesOnBitForBit() {
    let gradients: [[Float]] = (0..<6).map { step in
      (0..<5).map { Float(($0 * 7 + step * 3) % 11) - 5 }
    }
    var whole = AdamW(parameterCount: 5)
    var parameters: [Float] = [1, 2, 3, 4, 5]
    for gradient in gradients {
      whole.step(parameters: &parameters, gradients: gradient, learningRate: 0.01)
    }
    var first = AdamW(parameterCount: 5)
    var resumed: [Float] = [1, 2, 3, 4, 5]
    for gradient in gradients[..<3] {
      first.step(parameters: &resumed, gradients: gradient, learningRate: 0.01)
    }
    var second = AdamW(moments: first.moments)
    for gradient in gradients[3...] {
      second.step(parameters: &resumed, gradients: gradient, learningRate: 0.01)
    }
    #expect(resumed == parameters)
    #expect(second == whole)
  }

  @Test(
    arguments: [
      (0, 0.5), (1, 1.0), (2, 1.0), (3, 0.75), (4, 0.5), (5, 0.25), (6, 0.0), (9, 0.0),
    ] as [(Int, Float)])
  func warmupOfTwoInSix(step: Int, rate: Float) {
    let schedule = LearningRateSchedule(peak: 1, warmupSteps: 2, totalSteps: 6)
    #expect(schedule.rate(at: step) == rate)
  }

  @Test func schedulesWithoutWarmupOrDecay() {
    let decay = LearningRateSchedule(peak: 2, warmupSteps: 0, totalSteps: 4)
    #expect((0...4).map { decay.rate(at: $0) } == [2, 1.5, 1, 0.5, 0])
    let warmup = LearningRateSchedule(peak: 2, warmupSteps: 2, totalSteps: 2)
    #expect((0...2).map { warmup.rate(at: $0) } == [1, 2, 0])
  }

  /// Norm of (3, 4) is 5; clipping to 1 divides by 5 + 1e-6. Below the limit nothing changes.
  @Test func clipping() {
    var long: [Float] = [3, 4]
    #expect(clipGradient(&long, maximumNorm: 1) == 5)
    #expect(abs(long[0] - 0.6) < 1e-6 && abs(long[1] - 0.8) < 1e-6)
    var short: [Float] = [0.3, 0.4]
    #expect(abs(clipGradient(&short, maximumNorm: 1) - 0.5) < 1e-6)
    #expect(short == [0.3, 0.4])
    // 8 lanes and a tail: 17 ones have the norm sqrt(17).
    var many = [Float](repeating: 1, count: 17)
    #expect(abs(clipGradient(&many, maximumNorm: 2) - 4.123_105_6) < 1e-5)
    #expect(abs(many[16] - 2 / 4.123_105_6) < 1e-5)
    var broken: [Float] = [.infinity, 1]
    #expect(clipGradient(&broken, maximumNorm: 1) == .infinity)
    #expect(broken == [.infinity, 1])
  }
}
