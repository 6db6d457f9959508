import ArgumentParser
import PrismBenchmark
import PrismModel
import PrismTensor

/// Measures a model on this machine.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure how fast this machine runs and trains a model.",
    discussion: """
      Reading prompts of 512 and 4,096 tokens; decoding 1, 8, 32 and 64 streams (prompt 128, 64 new \
      tokens each); judge prompts; questions with four letters, by one prefill each and by five passes as \
      the paper's public code reads them; a training step on 512 tokens at rank 16; what the gate costs, \
      and a batch of which half is routed. Everything is measured in several rounds, in turns with what \
      the machine can do at best: a matrix product that stays in the caches, and a read of memory that no \
      cache holds. Figures are medians.

      With --json one object: \(BenchmarkKey.standard.map(\.name).joined(separator: ", ")), ceiling, \
      loadSeconds, timeToFirstToken, peakResidentBytes, model, weights, threads, rounds, cpu, date, \
      details. Rates are tokens a second unless named otherwise.

      EXAMPLE
        prism bench --model smollm2-135m-instruct
        prism bench --model my.gguf --only decode1,decode32 --rounds 5 --json
      """)

  @Option(
    help: ArgumentHelp(
      "GGUF file, Hugging Face folder, or a name that `prism models` lists.",
      valueName: "path-or-name"))
  var model: String

  @Option(
    help: ArgumentHelp(
      "Measure only these, separated by commas; prefill and decode take any number, ceiling alone measures just the machine.",
      valueName: "key,key"))
  var only: String?

  @Option(help: "Times everything is measured, 1 to 100.")
  var rounds: Int = 3

  @OptionGroup(title: "Engine") var weights: WeightOptions

  @OptionGroup(title: "Engine") var engine: EngineOptions

  @Flag(help: "Print one JSON object on one line.")
  var json = false

  func validate() throws {
    _ = try weights.format(precision: engine.precision)
    do { _ = try benchmark(path: "") } catch { throw ValidationError("\(error)") }
  }

  func run() throws {
    engine.apply()
    let benchmark = try benchmark(path: try ModelCache().resolve(model))
    let progress = ProgressPrinter()
    defer { progress.finishLine() }
    let report = try benchmark.run(report: progress.report)
    progress.finishLine()
    let printer = Printer()
    try json ? printer.json(report) : BenchText(report).show(on: printer)
  }

  private func benchmark(path: String) throws -> Benchmark {
    let keys = try only.map(BenchmarkSettings.keys(named:)) ?? BenchmarkKey.standard
    return try Benchmark(
      path: path,
      settings: BenchmarkSettings(
        weights: try weights.format(precision: engine.precision), rounds: rounds, keys: keys))
  }
}
