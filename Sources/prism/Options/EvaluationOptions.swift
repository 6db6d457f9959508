public import ArgumentParser
import Foundation
public import PrismEvaluation

extension EvaluationConfiguration.PromptStyle: ExpressibleByArgument {}

/// Which items are answered and how, and where the results go.
struct EvaluationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Folder of benchmarks, or \"sample\" for the few questions that ship with prism.",
      valueName: "folder"))
  var data: String

  @Option(
    help: ArgumentHelp(
      "Benchmarks, separated by commas: \(BenchmarkCatalogue.names.joined(separator: ", ")).",
      valueName: "a,b,c"))
  var benchmarks = "mmlu,mt-bench,harmbench"

  @Option(
    help: ArgumentHelp("Items a benchmark at most, by category. (default: all)", valueName: "count")
  )
  var limit: Int?

  @Option(
    help: ArgumentHelp("Folder of the results; made if it is not there.", valueName: "folder"))
  var out: String

  @Option(
    help: ArgumentHelp("Worked examples before an MMLU question: 0 or 5.", valueName: "count"))
  var shots = 0

  @Option(help: "Multiple choice as raw text or through the chat template.")
  var promptStyle = EvaluationConfiguration.PromptStyle.raw

  @Option(help: ArgumentHelp("Tokens of an answer at most.", valueName: "count"))
  var maxTokens = 1024

  @Option(help: "Seed of the choice of items, the random gate and the intervals; 0 is a seed.")
  var seed: UInt64 = 0

  @Flag(help: "Discard what an earlier run left in the folder.")
  var fresh = false

  func validate() throws { _ = try resolved() }

  func folder() throws -> URL {
    data == "sample" ? try SampleBenchmarks.folder() : URL(fileURLWithPath: data)
  }

  /// - Parameter strategies: names; the configuration's own by default.
  /// - Throws: `ValidationError` for what is out of range.
  func resolved(strategies: [String]? = nil) throws -> EvaluationConfiguration {
    var configuration = EvaluationConfiguration()
    configuration.benchmarks = Self.names(in: benchmarks)
    // Every comparison is with base, so it is always one of them.
    if let strategies {
      configuration.strategies = strategies.contains("base") ? strategies : ["base"] + strategies
    }
    configuration.limit = limit
    configuration.shots = shots
    configuration.promptStyle = promptStyle
    configuration.maximumTokens = maxTokens
    configuration.seed = seed
    do { try configuration.validate() } catch let error as EvaluationError {
      throw ValidationError(error.description)
    }
    return configuration
  }

  static func names(in list: String) -> [String] {
    list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter {
      !$0.isEmpty
    }
  }
}
