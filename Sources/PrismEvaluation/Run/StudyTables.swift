import PrismPipeline

/// The paper's study from an evaluation whose strategies are personas: by length and place, and what
/// each persona changes in each category.
enum StudyTables {
  /// Empty unless two personas were measured. Throws `EvaluationError.unknownStrategy`.
  static func content(_ results: EvaluationResults) throws -> [ReportContent.StudyBenchmark] {
    let strategies = try results.settings.strategies.map { try EvaluationStrategy(named: $0) }
    let averages = strategies.compactMap { strategy -> (PersonaPlacement, String)? in
      if case .averagePersona(let placement) = strategy { return (placement, strategy.name) }
      return nil
    }
    let personas = strategies.compactMap { strategy -> (String, String)? in
      if case .persona(let name, let placement) = strategy, placement == PersonaPlacement() {
        return (name, strategy.name)
      }
      return nil
    }
    guard !averages.isEmpty || personas.count > 1 else { return [] }
    return results.settings.benchmarks.compactMap { benchmark in
      guard let scale = results.scales[benchmark],
        let cells = results.results[benchmark]?[EvaluationResults.allCategories]
      else { return nil }
      return ReportContent.StudyBenchmark(
        benchmark: benchmark, scale: scale, base: cells["base"],
        lengths: averages.compactMap { placement, name in
          cells[name].map {
            .init(
              length: placement.length.rawValue, placement: placement.place.rawValue, score: $0)
          }
        },
        effects: personas.flatMap { effects(of: $0, on: benchmark, results) })
    }
  }

  private static func effects(
    of persona: (name: String, strategy: String), on benchmark: String, _ results: EvaluationResults
  ) -> [ReportContent.PersonaEffect] {
    let domains = domains(of: benchmark, results)
    return results.comparisons
      .filter {
        $0.benchmark == benchmark && $0.strategy == persona.strategy
          && $0.category != EvaluationResults.allCategories && domains.contains($0.category)
      }
      .map {
        .init(
          persona: persona.name, category: $0.category, difference: $0.difference, low: $0.low,
          high: $0.high)
      }
  }

  /// MMLU by its four domains, the others by category: 57 columns could not be read.
  private static func domains(of benchmark: String, _ results: EvaluationResults) -> Set<String> {
    if benchmark == "mmlu" { return ["stem", "humanities", "social_sciences", "other"] }
    return Set((results.results[benchmark] ?? [:]).keys)
  }
}
