import ArgumentParser
import PrismEvaluation

/// Does it help, does it hurt, and where.
struct EvalCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval",
    abstract: "Measure alignment, knowledge and safety of every strategy.",
    discussion: """
      Each item of each benchmark is answered as every strategy would: by the model as it is, with a \
      persona in the prompt, by the adapter, by gate and adapter together. OUT/results.json holds scores \
      with intervals and comparisons with base, OUT/items.jsonl every item, OUT/report.html all of it to \
      look at. Benchmarks are read in their own file formats; docs/benchmarks.md says where they come from.

      Answers are greedy. Refusals and ratings are read by the model itself, or by --judge. Stopped at \
      any moment, the same command goes on where it was.

      EXAMPLE
        prism eval --bundle run/bundle --data DIR --limit 200 --out eval
        prism eval --model my.gguf --data DIR --strategies base,expert --out eval
      """)

  @OptionGroup var source: BundleOptions

  @Option(
    help: ArgumentHelp(
      """
      Strategies, separated by commas: base, expert, persona:NAME, average-persona, control-text, \
      adapter, random-gate, prism, oracle. The persona ones may end in :short or :minimum and :user. \
      (default: \(EvaluationConfiguration().strategies.joined(separator: ",")))
      """, valueName: "a,b,c"))
  var strategies: String?

  @OptionGroup(title: "Evaluation") var options: EvaluationOptions
  @OptionGroup(title: "Judge") var judge: JudgeOptions

  @Flag(help: "Print results.json instead of a summary.")
  var json = false

  func validate() throws { _ = try configuration() }

  func run() async throws {
    let job = EvaluationJob(
      session: try Session.open(source, settings: EvaluationJob.generation),
      configuration: try configuration(), options: options,
      judge: judge, bundlePath: source.bundle, isJSON: json)
    try await job.run { results, printer in try EvaluationSummary(results).show(on: printer) }
  }

  private func configuration() throws -> EvaluationConfiguration {
    try options.resolved(strategies: strategies.map(EvaluationOptions.names))
  }
}
