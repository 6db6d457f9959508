import PrismPipeline

/// The paper's study from an evaluation whose strategies are personas: by length and place, and what
/// each persona changes in each category.
package enum StudyTables {
  private struct Measured {
    let persona: String
    let placement: PersonaPlacement
    let strategy: String
  }

  /// More personas than this cannot be told apart in the charts of the whole evaluation; the study's
  /// own section shows them.
  private static let mostPersonas = 12

  /// Empty unless two personas were measured. Throws `EvaluationError.unknownStrategy`.
  package static func content(
    _ results: EvaluationResults, items: [ItemResult]
  ) throws -> [ReportContent.StudyBenchmark] {
    let strategies = try results.settings.strategies.map { try EvaluationStrategy(named: $0) }
    let averages = strategies.compactMap { strategy -> Measured? in
      guard case .averagePersona(let placement) = strategy else { return nil }
      return Measured(persona: "", placement: placement, strategy: strategy.name)
    }
    let personas = strategies.compactMap { strategy -> Measured? in
      guard case .persona(let name, let placement) = strategy else { return nil }
      return Measured(persona: name, placement: placement, strategy: strategy.name)
    }
    guard !averages.isEmpty || personas.count > 1 else { return [] }
    let comparisons = Dictionary(grouping: results.comparisons) { [$0.benchmark, $0.strategy] }
    return results.settings.benchmarks.compactMap { benchmark in
      guard let scale = results.scales[benchmark],
        let cells = results.results[benchmark]?[EvaluationResults.allCategories]
      else { return nil }
      let isOnePlace = isOnePlace(benchmark, items)
      let shown = { (all: [Measured]) in isOnePlace ? withoutRepeats(all) : all }
      let found = { (entry: Measured) in comparisons[[benchmark, entry.strategy]] ?? [] }
      let whole = { (entry: Measured) in
        found(entry).first { $0.category == EvaluationResults.allCategories }
      }
      let domains = domains(of: benchmark, results)
      return ReportContent.StudyBenchmark(
        benchmark: benchmark, scale: scale, base: cells["base"],
        lengths: shown(averages).compactMap { entry in
          cells[entry.strategy].map {
            .init(
              length: entry.placement.length.rawValue, placement: entry.placement.place.rawValue,
              score: $0, comparison: whole(entry))
          }
        },
        personas: shown(personas).compactMap { entry in
          cells[entry.strategy].map {
            .init(
              persona: entry.persona, length: entry.placement.length.rawValue,
              placement: entry.placement.place.rawValue, score: $0, comparison: whole(entry))
          }
        },
        effects: shown(personas).flatMap { entry in
          found(entry).filter { domains.contains($0.category) }.map {
            .init(
              persona: entry.persona, length: entry.placement.length.rawValue,
              placement: entry.placement.place.rawValue, category: $0.category,
              difference: $0.difference, low: $0.low, high: $0.high,
              isSupported: $0.isSupported)
          }
        }, placesAreOne: isOnePlace)
    }
  }

  /// The evaluation without single personas where they are so many that only the study shows them.
  package static func withoutCrowd(_ results: EvaluationResults) -> EvaluationResults {
    let crowd = Set(results.settings.strategies.filter { $0.hasPrefix("persona:") })
    guard crowd.count > mostPersonas else { return results }
    var rest = results
    rest.settings.strategies.removeAll(where: crowd.contains)
    rest.results = results.results.mapValues { categories in
      categories.mapValues { $0.filter { !crowd.contains($0.key) } }
    }
    rest.overall = results.overall.filter { !crowd.contains($0.key) }
    rest.comparisons.removeAll { crowd.contains($0.strategy) }
    rest.costs = results.costs.filter { !crowd.contains($0.key) }
    return rest
  }

  /// Whether both places gave the same prompts, and so took the same answers.
  private static func isOnePlace(_ benchmark: String, _ items: [ItemResult]) -> Bool {
    items.contains { item in
      item.benchmark == benchmark && item.strategy.hasSuffix(userSuffix)
        && !item.conditions.contains { $0.hasSuffix(userSuffix) }
    }
  }

  private static let userSuffix = ":" + PersonaPlacement.Place.user.rawValue

  /// Without user places whose system place is there as well.
  private static func withoutRepeats(_ all: [Measured]) -> [Measured] {
    all.filter { entry in
      entry.placement.place == .system
        || !all.contains {
          $0.persona == entry.persona && $0.placement.length == entry.placement.length
            && $0.placement.place == .system
        }
    }
  }

  /// MMLU by its four domains, the others by category: 57 columns could not be read.
  private static func domains(of benchmark: String, _ results: EvaluationResults) -> Set<String> {
    if benchmark == "mmlu" { return ["stem", "humanities", "social_sciences", "other"] }
    return Set((results.results[benchmark] ?? [:]).keys)
      .subtracting([EvaluationResults.allCategories])
  }
}
