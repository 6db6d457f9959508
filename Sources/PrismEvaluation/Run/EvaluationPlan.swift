package import Foundation
import PrismPipeline

/// Which items are answered under which conditions.
package struct EvaluationPlan: Sendable {
  package let strategies: [EvaluationStrategy]
  /// By benchmark, in the order of the configuration.
  package let items: [(benchmark: any Benchmark, items: [BenchmarkItem])]
  /// In the order they are answered: benchmark by benchmark, condition by condition, so that prompts
  /// with a common beginning stand together.
  package let tasks: [EvaluationTask]
  private let texts: ConditionTexts

  /// Reads the benchmarks under `data`. Throws `EvaluationError` for settings, names and files.
  package init(_ configuration: EvaluationConfiguration, data: URL) throws {
    strategies = try configuration.resolvedStrategies()
    texts = try ConditionTexts(promptStyle: configuration.promptStyle)
    items = try configuration.benchmarks.map { name in
      let benchmark = try BenchmarkCatalogue.benchmark(named: name)
      let all = try benchmark.items(in: data)
      let chosen = StratifiedSelection.stratified(
        all, limit: configuration.limit ?? all.count, seed: configuration.seed)
      return (benchmark, chosen)
    }
    let examples =
      configuration.shots == 0 || !configuration.benchmarks.contains("mmlu")
      ? [:] : try MMLUBenchmark().examples(in: data)
    tasks = items.flatMap { [texts, strategies] benchmark, items in
      Self.tasks(benchmark.name, items, strategies, texts, examples)
    }
  }

  private static func tasks(
    _ benchmark: String, _ items: [BenchmarkItem], _ strategies: [EvaluationStrategy],
    _ texts: ConditionTexts, _ examples: [String: [LetterQuestion]]
  ) -> [EvaluationTask] {
    var order: [String] = []
    var byCondition: [String: [EvaluationTask]] = [:]
    for item in items {
      let all = strategies.flatMap { texts.conditions(of: $0, for: item, in: benchmark) }
      // Base always: every comparison is with it.
      for condition in Set(all + [.base]).sorted(by: { $0.name < $1.name }) {
        if byCondition[condition.name] == nil { order.append(condition.name) }
        byCondition[condition.name, default: []].append(
          EvaluationTask(
            benchmark: benchmark, item: item, condition: condition,
            examples: examples[item.category] ?? []))
      }
    }
    return order.flatMap { byCondition[$0] ?? [] }
  }

  /// Names of the conditions whose answers a strategy takes for an item.
  package func conditionNames(
    of strategy: EvaluationStrategy, for item: BenchmarkItem, in benchmark: String
  ) -> [String] {
    texts.conditions(of: strategy, for: item, in: benchmark).map(\.name)
  }
}
