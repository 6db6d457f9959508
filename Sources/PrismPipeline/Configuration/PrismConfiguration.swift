public import PrismTraining

/// Everything a run depends on besides the model. Missing keys take these defaults; unknown keys
/// are errors; `problems` names everything out of range before a model loads.
public struct PrismConfiguration: Codable, Hashable, Sendable {
  public var personas = PersonaConfiguration()
  public var queries = QueryConfiguration()
  public var answers = AnswerConfiguration()
  public var judge = JudgeConfiguration()
  public var split = SplitConfiguration()
  public var gate = GateTrainingConfiguration(seed: 0)
  public var route = RouteConfiguration()
  public var adapter = AdapterTrainingConfiguration()
  public var engine = EngineConfiguration()

  public init() {}

  /// Every setting outside its range, as `section.key` and what is wrong; empty when all is well.
  public var problems: [String] {
    let sections: [(String, [SettingProblem])] = [
      ("personas", personas.problems), ("queries", queries.problems),
      ("answers", answers.problems), ("judge", judge.problems), ("split", split.problems),
      ("route", route.problems), ("adapter", adapter.problems), ("engine", engine.problems),
    ]
    let own = sections.flatMap { section, problems in
      problems.map { "\(section).\($0.key) \($0.problem)" }
    }
    return own + gate.problems
  }

  /// Throws `PipelineError.configuration` with every problem at once.
  public func validate(source: String = "the configuration") throws {
    let problems = problems
    guard problems.isEmpty else {
      throw PipelineError.configuration(source: source, problems: problems)
    }
  }
}
