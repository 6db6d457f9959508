import CKernels
import PrismModel
import PrismTensor

/// The products that `body` asks for on this thread.
func counting(_ body: () throws -> Void) rethrows -> prism_counters {
  prism_counters_reset()
  try body()
  return prism_counters_read()
}

/// Different in every stream, small enough for every tiny model.
func tokens(_ count: Int, stream: UInt64) -> [Int32] {
  var random = SeededGenerator(seed: 7, stream)
  return (0..<count).map { _ in Int32.random(in: 3..<200, using: &random) }
}

func prompt(_ tokens: [Int32]) -> RenderedPrompt { RenderedPrompt(tokens: tokens, text: "") }
