/// What keeps a benchmark from running.
package enum BenchmarkError: Error, Equatable, CustomStringConvertible {
  case unknownKey(String)
  case invalidRounds(Int)
  /// A model of one layer leaves none for the adapter.
  case noLayerToAdapt

  package var description: String {
    switch self {
    case .unknownKey(let name):
      "there is no measurement \"\(name)\"; known: "
        + BenchmarkKey.standard.map(\.name).joined(separator: ", ")
        + ", ceiling, and prefill and decode with other numbers (to \(BenchmarkKey.promptLimit) tokens "
        + "and \(BenchmarkKey.streamLimit) streams)"
    case .invalidRounds(let count):
      "--rounds is \(count); allowed: 1 to 100"
    case .noLayerToAdapt:
      "the model has one layer; the adapter of the measurements needs a second"
    }
  }
}
