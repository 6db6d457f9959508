/// Picks some items of a benchmark so that every category keeps its share.
package enum StratifiedSelection {
  /// At most `limit` of `items`, in their order; all of them if `limit` is not below their number.
  ///
  /// Places are given one at a time, each to the category that is furthest below its share, after one
  /// place for every category, the largest first. That is the largest remainder rule applied place by
  /// place: counts differ from it by rounding only, no category vanishes while there is a place for
  /// each, and a larger limit always picks everything that a smaller one does, so results of a short
  /// run carry over. Within a category the items with the smallest hash of seed and identifier are
  /// picked; order and number of the other items do not matter to it.
  package static func stratified(
    _ items: [BenchmarkItem], limit: Int, seed: UInt64
  ) -> [BenchmarkItem] {
    guard limit < items.count else { return items }
    guard limit > 0 else { return [] }
    let places = items.indices.map { Place(index: $0, key: hash(items[$0].id, seed: seed)) }
    let groups = Dictionary(grouping: places) { items[$0.index].category }
    let sizes = groups.mapValues(\.count).sorted {
      ($1.value, hash($0.key, seed: seed), $0.key) < ($0.value, hash($1.key, seed: seed), $1.key)
    }
    let counts = allocation(of: limit, to: sizes.map(\.value))
    var chosen: [Int] = []
    for (category, count) in zip(sizes.map(\.key), counts) {
      let ranked = groups[category, default: []].sorted {
        ($0.key, items[$0.index].id) < ($1.key, items[$1.index].id)
      }
      chosen += ranked.prefix(count).map(\.index)
    }
    return chosen.sorted().map { items[$0] }
  }

  /// Places by category. `sizes` are in falling order; `limit` is below their sum.
  static func allocation(of limit: Int, to sizes: [Int]) -> [Int] {
    let total = sizes.reduce(0, +)
    var counts = sizes.indices.map { $0 < limit ? 1 : 0 }
    guard limit > sizes.count else { return counts }
    for given in (sizes.count + 1)...limit {
      // Shortfall of category c after `given` places, times `total`. The shortfalls of all sum to one
      // place, so the largest is above 0 and a full category is never chosen.
      var (best, largest) = (0, Int.min)
      for index in sizes.indices {
        let shortfall = sizes[index] * given - counts[index] * total
        if shortfall > largest { (best, largest) = (index, shortfall) }
      }
      counts[best] += 1
    }
    return counts
  }

  /// FNV-1a of the text's bytes, 64 bits, mixed with the seed by SplitMix64's last step: the same on
  /// every platform and in every run, unlike `Hasher`.
  static func hash(_ text: String, seed: UInt64) -> UInt64 {
    var mixed = fnv1a(text) ^ ((seed &+ 1) &* 0x9E37_79B9_7F4A_7C15)
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  package static func fnv1a(_ text: String) -> UInt64 {
    text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
  }

  private struct Place {
    let index: Int
    let key: UInt64
  }
}
