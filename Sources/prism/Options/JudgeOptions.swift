import ArgumentParser
import Foundation
import PrismEvaluation
import PrismModel

/// Who reads refusals and rates answers.
struct JudgeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Who judges: a local model, as --model takes it, or the URL of an OpenAI-compatible endpoint. \
      (default: the model judges itself)
      """, valueName: "model-or-url"))
  var judge: String?

  @Option(help: ArgumentHelp("Model name at the endpoint.", valueName: "name"))
  var judgeModel: String?

  @Option(
    help: ArgumentHelp("Environment variable that holds the endpoint's key.", valueName: "variable")
  )
  var judgeKey = "OPENAI_API_KEY"

  private var isEndpoint: Bool { judge?.contains("://") ?? false }

  func validate() throws {
    if isEndpoint != (judgeModel != nil) {
      throw ValidationError(
        "--judge URL and --judge-model go together: where to ask, and which model there")
    }
  }

  /// - Parameter folder: where an endpoint's verdicts are kept.
  /// Throws for a judge that is not there, before anything is done for it.
  func check() throws {
    if let judge, judgeModel == nil { _ = try ModelCache().resolve(judge) }
  }

  func judge(_ session: Session, folder: String) throws -> EvaluationRun.Judge {
    guard let judge else {
      return .local(
        session.generator, fingerprint: session.model.fingerprint, name: "\(session.name), itself")
    }
    guard let judgeModel else {
      let model = try LanguageModel(
        path: try ModelCache().resolve(judge), weights: session.model.weights)
      return .local(
        try Generator(model: model, settings: EvaluationJob.generation),
        fingerprint: model.fingerprint, name: judge)
    }
    let value = ProcessInfo.processInfo.environment[judgeKey] ?? ""
    let key = value.isEmpty ? nil : try EndpointKey(value, variable: judgeKey)
    let endpoint = try EndpointJudge(
      url: judge, settings: EndpointJudgeSettings(model: judgeModel), key: key,
      cache: try JudgeCache(path: folder + "/judge-cache.jsonl"))
    return .remote(endpoint, name: endpoint.name)
  }
}
