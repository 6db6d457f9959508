import PrismModel
import PrismPipeline
import PrismTensor

/// The model of a run, loaded as its configuration says.
struct DistillModel {
  private let generator: Generator
  private let model: LanguageModel
  private let name: String
  private let configuration: PrismConfiguration

  init(_ files: ModelFiles, name: String, configuration: PrismConfiguration) throws {
    if configuration.engine.threads > 0 { Threads.use(configuration.engine.threads) }
    model = try LanguageModel(files: files, weights: configuration.engine.precision.format)
    generator = try Generator(
      model: model,
      settings: GeneratorSettings(maximumBatch: configuration.engine.maximumBatch))
    self.name = name
    self.configuration = configuration
  }

  /// Runs all stages and answers a query of each route. Throws `Interrupted` when `report` asks to stop.
  func distill(
    into directory: RunDirectory, sampleTokens: Int, report: @escaping Reporter
  ) throws -> (metrics: RunMetrics, samples: [RoutedSample]) {
    let run = try DistillRun(
      configuration: configuration, engine: generator, modelFingerprint: model.fingerprint,
      directory: directory)
    let judged = try run.judgedPairs(report: report)
    let outcome = try run.train(judged, model: model, modelName: name, report: report)
    guard sampleTokens > 0 else { return (outcome.metrics, []) }
    return (
      outcome.metrics, try run.samples(of: outcome, model: model, maxTokens: sampleTokens)
    )
  }
}
