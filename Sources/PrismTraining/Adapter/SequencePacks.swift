/// Sequences that share a pass.
package enum SequencePacks {
  /// Indices of `lengths` in packs of at most `capacity` rows: longest first, each into the first pack
  /// with room. A sequence longer than that has a pack of its own.
  ///
  /// Full packs are few passes, and a pass that starts with its longest sequence ends on short ones,
  /// which threads share evenly.
  package static func firstFit(lengths: [Int], capacity: Int) -> [[Int]] {
    let order = lengths.indices.sorted { a, b in
      lengths[a] != lengths[b] ? lengths[a] > lengths[b] : a < b
    }
    var packs: [(room: Int, members: [Int])] = []
    for index in order {
      if let pack = packs.firstIndex(where: { $0.room >= lengths[index] }) {
        packs[pack].room -= lengths[index]
        packs[pack].members.append(index)
      } else {
        packs.append((capacity - lengths[index], [index]))
      }
    }
    return packs.map(\.members)
  }
}
