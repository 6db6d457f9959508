/// What a row runs with. Keys and values above an adapter's first layer belong to it alone.
package enum RowWeights: Hashable, Sendable {
  case base
  /// The adapter at this place in the pass.
  case adapter(Int)

  package init(route: Route, adapter: Int) {
    self = route == .base ? .base : .adapter(adapter)
  }

  package var route: Route { self == .base ? .base : .adapter }
}

/// New tokens of one sequence inside a packed batch.
package struct BatchSegment {
  package let cache: KeyValueCache
  package let tokens: [Int32]
  package var route: Route
  /// Which of the pass's adapters it runs with where it is routed to one.
  package let adapter: Int

  package init(cache: KeyValueCache, tokens: [Int32], route: Route = .base, adapter: Int = 0) {
    self.cache = cache
    self.tokens = tokens
    self.route = route
    self.adapter = adapter
  }

  package var weights: RowWeights { RowWeights(route: route, adapter: adapter) }
}
