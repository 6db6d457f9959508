/// One question of a benchmark.
public struct BenchmarkItem: Codable, Hashable, Sendable {
  /// Unique within its benchmark and stable across runs.
  public let id: String
  /// What scores are grouped by: a subject, a category, a type of prompt.
  public let category: String
  /// A coarser or crossing group, such as MMLU's four domains; equal to `category` where there is none.
  public let domain: String
  public let task: BenchmarkTask

  public init(id: String, category: String, domain: String, task: BenchmarkTask) {
    self.id = id
    self.category = category
    self.domain = domain
    self.task = task
  }
}
