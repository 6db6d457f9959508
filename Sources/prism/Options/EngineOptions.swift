public import ArgumentParser
public import PrismTensor

extension Precision: ExpressibleByArgument {}

/// How the model runs.
struct EngineOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Matrix inputs: bf16 or fp32. (default: bf16 where the processor has it, else fp32)"))
  var precision: Precision?

  @Option(help: "Threads, 1 to 1024. (default: one a core)")
  var threads: Int?

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads is \(threads); allowed: 1 to 1024")
    }
  }

  /// Sets the team that all matrix products share.
  func apply() {
    if let threads { Threads.use(threads) }
  }
}
