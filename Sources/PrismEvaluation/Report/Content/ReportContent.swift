/// Everything a report shows. Sections without data are left out.
///
/// Texts may hold anything a model or a file can hold: they are escaped where they are written.
/// Numbers must be finite; a number that is not defined is absent.
public struct ReportContent: Codable, Hashable, Sendable {
  public var title: String
  /// Settings of the run beyond `evaluation.settings`, in the order they are to be shown.
  public var facts: [Fact]
  /// Every setting, shown when asked for.
  public var settings: [Fact]
  /// By stage, in the order of the run.
  public var efforts: [StageEffort]
  /// A few queries, not the whole run.
  public var samples: [Sample]
  /// How the samples were chosen.
  public var sampleChoice: String?
  /// What the judge decided, by persona.
  public var verdicts: [PersonaVerdicts]
  public var judge: JudgeBias?
  /// One chart each: the adapter's and the gate's.
  public var losses: [LossCurve]
  public var gate: Gate?
  public var evaluation: EvaluationResults?
  /// When do personas help: one entry a benchmark.
  public var study: [StudyBenchmark]
  /// Of the program that writes the report, where `evaluation` does not say.
  public var prismVersion: String?

  public init(
    title: String, facts: [Fact] = [], settings: [Fact] = [], efforts: [StageEffort] = [],
    samples: [Sample] = [], sampleChoice: String? = nil, verdicts: [PersonaVerdicts] = [],
    judge: JudgeBias? = nil, losses: [LossCurve] = [], gate: Gate? = nil,
    evaluation: EvaluationResults? = nil, study: [StudyBenchmark] = [], prismVersion: String? = nil
  ) {
    self.title = title
    self.facts = facts
    self.settings = settings
    self.efforts = efforts
    self.samples = samples
    self.sampleChoice = sampleChoice
    self.verdicts = verdicts
    self.judge = judge
    self.losses = losses
    self.gate = gate
    self.evaluation = evaluation
    self.study = study
    self.prismVersion = prismVersion
  }
}

extension ReportContent {
  /// One setting of the run.
  public struct Fact: Codable, Hashable, Sendable {
    public var name: String
    public var value: String

    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }
}
