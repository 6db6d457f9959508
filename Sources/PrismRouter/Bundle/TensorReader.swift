package import PrismModel

/// Reads named tensors of expected shapes and gathers everything that is wrong with them.
package struct TensorReader {
  private let source: SafetensorsFile
  private let path: String
  private var unread: Set<String>
  private var problems: [String] = []

  package init(_ source: SafetensorsFile, path: String) {
    self.source = source
    self.path = path
    self.unread = Set(source.tensorNames)
  }

  package mutating func complain(_ problem: String) { problems.append(problem) }

  /// The shape a tensor has in the file; `nil` when it is not there.
  package func shape(of name: String) -> [Int]? {
    guard unread.contains(name) else { return nil }
    return source.tensors[name]?.shape
  }

  /// The values of a tensor, row-major; none when it is missing, has another shape or holds
  /// something that is not a finite number, which is remembered for `finish`.
  package mutating func tensor(_ name: String, shape expected: [Int]) -> [Float] {
    guard check(name, shape: expected) else { return [] }
    do {
      let values = try source.values(of: name)
      if let index = values.firstIndex(where: { !$0.isFinite }) {
        complain("\(name) holds \(values[index]) at \(index), expected finite numbers")
        return []
      }
      return values
    } catch {
      complain("\(name) cannot be read: \(error)")
      return []
    }
  }

  /// Whether a tensor is there with this shape; each is asked for once.
  private mutating func check(_ name: String, shape expected: [Int]) -> Bool {
    guard let found = source.tensors[name]?.shape else {
      complain("\(name) \(expected) is missing")
      return false
    }
    unread.remove(name)
    guard found == expected else {
      complain("\(name) has the shape \(found), expected \(expected)")
      return false
    }
    return true
  }

  /// Throws `RouterError.problems` with everything gathered, and with every tensor never asked for.
  package func finish() throws {
    let all = problems + unread.sorted().map { "\($0) is not known here" }
    if !all.isEmpty { throw RouterError.problems(path: path, all) }
  }
}
