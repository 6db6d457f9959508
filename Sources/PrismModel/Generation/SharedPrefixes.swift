import PrismTensor

/// Keys and values of a prefix tree's nodes: each node is read when a sequence first needs it, every
/// sequence goes on from a copy, and the node goes with the last of them.
struct SharedPrefixes {
  /// Copying a cache costs about as much as reading three tokens; the rest is room for a pass that the
  /// node may have to itself.
  static let minimumLength = 24

  let tree: PrefixTree
  private let pool: KeyValuePool
  private var caches: [KeyValueCache?]
  /// Sequences that have yet to take each node or one below it.
  private var waiting: [Int]

  init(_ sequences: [PrefixTree.Sequence], pool: KeyValuePool) {
    tree = PrefixTree(sequences, minimumLength: Self.minimumLength)
    self.pool = pool
    caches = tree.nodes.map { _ in nil }
    waiting = tree.nodes.map(\.sequenceCount)
  }

  /// Nodes held now.
  var held: Set<Int> { Set(caches.indices.filter { caches[$0] != nil }) }

  /// Blocks of key-value memory for `nodes`, at most: nodes share blocks with their parents.
  func blockCount(of nodes: Set<Int>) -> Int {
    nodes.reduce(0) { $0 + KeyValuePool.blocks(covering: tree.nodes[$1].length) }
  }

  /// Tokens to be read for those of `nodes` that are not held.
  func unreadTokens(of nodes: Set<Int>) -> Int {
    nodes.reduce(0) {
      $0 + (caches[$1] == nil ? tree.nodes[$1].length - tree.length(of: tree.nodes[$1].parent) : 0)
    }
  }

  /// Gives up nodes to make room; they are read again when they are needed again.
  mutating func drop(keeping nodes: Set<Int>) {
    for node in caches.indices where !nodes.contains(node) { caches[node] = nil }
  }

  /// Reads the nodes that are not held, those of one depth together.
  ///
  /// - Parameter nodes: with every node its ancestors.
  mutating func prepare(_ nodes: Set<Int>, read: ([PackedRead]) throws -> Void) rethrows {
    var missing = nodes.filter { caches[$0] == nil }
    while !missing.isEmpty {
      let level = missing.filter { node in
        tree.nodes[node].parent.map { !missing.contains($0) } ?? true
      }.sorted()
      let reads = level.map { node in
        let (entry, known) = (tree.nodes[node], tree.length(of: tree.nodes[node].parent))
        let cache = entry.parent.flatMap { caches[$0] }?.fork(length: known)
        let sequence = tree.sequences[entry.sequence]
        return PackedRead(
          cache: cache ?? KeyValueCache(pool: pool), tokens: sequence.tokens[known..<entry.length],
          route: sequence.route)
      }
      try read(reads)
      for (node, entry) in zip(level, reads) { caches[node] = entry.cache }
      missing.subtract(level)
    }
  }

  /// A cache for one sequence, filled as far as its nodes reach. Each sequence takes one.
  mutating func take(_ sequence: Int) -> KeyValueCache {
    let shared = tree.nodeOf[sequence].flatMap { node in caches[node]?.fork(length: tree.nodes[node].length) }
    for node in tree.path(to: sequence) {
      waiting[node] -= 1
      if waiting[node] == 0 { caches[node] = nil }
    }
    return shared ?? KeyValueCache(pool: pool)
  }
}

extension KeyValuePool {
  /// Blocks that hold `positions`.
  static func blocks(covering positions: Int) -> Int {
    (positions + blockPositions - 1) / blockPositions
  }
}
