import ArgumentParser
import PrismModel

/// How tokens are drawn.
struct SamplingOptions: ParsableArguments {
  @Option(help: "Randomness, 0 to 10; 0 always takes the likeliest token.")
  var temperature: Float = 0.7

  @Option(help: "Keep the likeliest tokens whose probabilities sum to this, above 0 to 1.")
  var topP: Float = 1

  @Option(help: "Keep this many of the likeliest tokens; 0 keeps all.")
  var topK: Int = 0

  @Option(help: "Drop tokens below this share of the likeliest one's probability, 0 to below 1.")
  var minP: Float = 0

  @Option(help: "Tokens of an answer at most.")
  var maxTokens: Int = 512

  @Option(
    help: ArgumentHelp(
      "End the answer before this text; may be given several times.", valueName: "text"))
  var stop: [String] = []

  @Option(help: "Seed of the first prompt; the next prompt takes the next number.")
  var seed: UInt64 = 0

  func validate() throws {
    do { try parameters(index: 0).validate() } catch { throw ValidationError("\(error)") }
  }

  /// Settings of the prompt at `index`.
  func parameters(index: Int) -> SamplingParameters {
    SamplingParameters(
      temperature: temperature, topP: topP, topK: topK, minP: minP, maxTokens: maxTokens,
      stop: stop, seed: seed &+ UInt64(index))
  }
}
