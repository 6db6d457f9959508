import ArgumentParser
import PrismEvaluation

/// The paper's study, on any model.
struct StudyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "study",
    abstract: "Measure when personas help this model, by length, place and category.",
    discussion: """
      Every item is answered by the model as it is, and with each of the twelve personas in three \
      lengths, in the system text and before the user's first turn: 73 answers an item, or 37 where a \
      raw question has no places. OUT/report.html shows scores by length, each persona by category, \
      and what the numbers do not support; OUT/results.json and OUT/items.jsonl are those of \
      `prism eval`.

      Answers are greedy. Refusals and ratings are read by the model itself, or by --judge. Stopped at \
      any moment, the same command goes on where it was.

      EXAMPLE
        prism study --model my.gguf --data DIR --limit 200 --out study
        prism study --model my.gguf --data DIR --benchmarks mmlu --out study
      """)

  @Option(
    help: ArgumentHelp(
      "GGUF file, Hugging Face folder, or a name that `prism models` lists.",
      valueName: "path-or-name"))
  var model: String

  @OptionGroup(title: "Evaluation") var options: EvaluationOptions
  @OptionGroup(title: "Judge") var judge: JudgeOptions
  @OptionGroup(title: "Engine") var weights: WeightOptions
  @OptionGroup(title: "Engine") var engine: EngineOptions

  @Flag(help: "Print results.json instead of a summary.")
  var json = false

  func validate() throws { _ = try weights.format(precision: engine.precision) }

  func run() async throws {
    let job = EvaluationJob(
      session: try Session.open(
        model: model, weights: weights, engine: engine, settings: EvaluationJob.generation),
      configuration: try options.resolved(strategies: PersonaStudy.strategies), options: options,
      judge: judge, bundlePath: nil, isJSON: json)
    try await job.run { results, printer in try StudySummary(results).show(on: printer) }
  }
}
