/// Linear warm-up to a peak, then linear decay to zero at the end of the run.
package struct LearningRateSchedule: Codable, Hashable, Sendable {
  /// Learning rate at the end of the warm-up.
  package let peak: Float
  /// Steps of the warm-up; 0 starts at the peak.
  package let warmupSteps: Int
  /// Steps of the whole run.
  package let totalSteps: Int

  package init(peak: Float, warmupSteps: Int, totalSteps: Int) {
    precondition(
      warmupSteps >= 0 && totalSteps >= warmupSteps,
      "a warm-up of \(warmupSteps) steps does not fit into \(totalSteps) steps")
    self.peak = peak
    self.warmupSteps = warmupSteps
    self.totalSteps = totalSteps
  }

  /// Learning rate of a step, counted from 0. Zero at and after `totalSteps`.
  package func rate(at step: Int) -> Float {
    if step < warmupSteps { return peak * Float(step + 1) / Float(warmupSteps) }
    if step >= totalSteps { return 0 }
    return peak * Float(totalSteps - step) / Float(totalSteps - warmupSteps)
  }
}
