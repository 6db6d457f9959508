import ArgumentParser
import PrismEvaluation
import PrismPipeline

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
        prism eval --run run --data DIR --strategies fine-tuned,prism --out eval
      """)

  @OptionGroup var source: SourceOptions

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp(
      "Folder of `prism distill`, for the strategy fine-tuned; its bundle is the default.",
      valueName: "folder"))
  var distilled: String?

  @Option(
    help: ArgumentHelp(
      """
      Strategies, separated by commas: base, expert, persona:NAME, average-persona, control-text, \
      fine-tuned, adapter, random-gate, prism, oracle. The persona ones may end in :short or :minimum and :user. \
      (default: \(EvaluationConfiguration().strategies.joined(separator: ",")))
      """, valueName: "a,b,c"))
  var strategies: String?

  @OptionGroup(title: "Evaluation") var options: EvaluationOptions
  @OptionGroup(title: "Judge") var judge: JudgeOptions

  @Flag(help: "Print results.json instead of a summary.")
  var json = false

  func validate() throws {
    if source.model == nil && source.bundle == nil && distilled == nil {
      throw ValidationError(
        "name a model with --model, a bundle with --bundle, or a run with --run")
    }
    _ = try configuration()
  }

  func run() async throws {
    let distilled = try distilled.map { try DistilledRun(path: $0) }
    let bundle = source.bundle ?? distilled?.bundle
    let job = EvaluationJob(
      session: try Session.open(
        model: source.model, bundle: bundle, weights: source.weights, engine: source.engine,
        settings: EvaluationJob.generation),
      configuration: try configuration(), options: options, judge: judge, bundlePath: bundle,
      distilled: distilled, isJSON: json)
    try await job.run { results, printer in try EvaluationSummary(results).show(on: printer) }
  }

  private func configuration() throws -> EvaluationConfiguration {
    try options.resolved(strategies: strategies.map(EvaluationOptions.names))
  }
}
