/// Sees to it that no two items of a file have the same identifier.
struct BenchmarkIdentifiers {
  private let file: BenchmarkFile
  private var lines: [String: Int] = [:]

  init(_ file: BenchmarkFile) { self.file = file }

  /// Throws where an earlier line has `id` already.
  mutating func claim(_ id: String, line: Int) throws {
    if let earlier = lines.updateValue(line, forKey: id) {
      throw file.damaged(line: line, "the identifier \(id) was used on line \(earlier) already")
    }
  }
}
