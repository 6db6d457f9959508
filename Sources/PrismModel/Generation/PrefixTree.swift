/// Beginnings that several token sequences have in common: a stage's instructions, a persona, the first
/// half of a judge's two prompts about one query.
///
/// The tree follows from the sequences alone, never from timing, so the same sequences always share the
/// same beginnings.
package struct PrefixTree {
  package struct Sequence {
    let tokens: [Int32]
    /// Leading tokens that may be shared; those behind them have rows of their own that are wanted.
    let sharable: Int
    /// What sequences share above the adapter's first layer differs between the routes.
    let route: Route

    package init(tokens: [Int32], sharable: Int, route: Route) {
      self.tokens = tokens
      self.sharable = sharable
      self.route = route
    }
  }

  package struct Node {
    /// A sequence that begins with the node's tokens.
    package let sequence: Int
    /// Tokens from the sequence's start.
    package let length: Int
    package let parent: Int?
    /// Sequences that begin with the node's tokens, at least two.
    package let sequenceCount: Int
  }

  package let sequences: [Sequence]
  /// Parents before their children.
  package private(set) var nodes: [Node] = []
  /// The longest node that each sequence begins with.
  package private(set) var nodeOf: [Int?]
  /// All sequences, those with a common beginning next to each other.
  package let order: [Int]

  /// - Parameter minimumLength: tokens that a node must hold beyond its parent to be worth a copy of
  ///   the parent's cache.
  package init(_ sequences: [Sequence], minimumLength: Int) {
    self.sequences = sequences
    nodeOf = Array(repeating: nil, count: sequences.count)
    order = sequences.indices.sorted { Self.precedes($0, $1, in: sequences) }
    var shared = [Int](repeating: 0, count: sequences.count)
    for index in order.indices.dropFirst() {
      shared[index] = Self.sharedLength(sequences[order[index - 1]], sequences[order[index]])
    }
    grow(order.indices, below: nil, shared: shared, minimumLength: minimumLength)
  }

  func length(of node: Int?) -> Int { node.map { nodes[$0].length } ?? 0 }

  /// Nodes that a sequence begins with, the shortest first.
  package func path(to sequence: Int) -> [Int] {
    var path: [Int] = []
    var next = nodeOf[sequence]
    while let node = next {
      path.append(node)
      next = nodes[node].parent
    }
    return path.reversed()
  }

  /// - Parameters:
  ///   - range: of `order`.
  ///   - shared: tokens that each sequence of `order` has in common with the one before it.
  private mutating func grow(
    _ range: Range<Int>, below parent: Int?, shared: [Int], minimumLength: Int
  ) {
    for index in range { nodeOf[order[index]] = parent }
    let known = length(of: parent)
    // Runs of neighbours that have enough in common beyond the parent.
    var start = range.lowerBound
    while start < range.upperBound {
      var end = start + 1
      var common = Int.max
      while end < range.upperBound, shared[end] >= known + minimumLength {
        common = min(common, shared[end])
        end += 1
      }
      if end - start > 1 {
        nodes.append(
          Node(sequence: order[start], length: common, parent: parent, sequenceCount: end - start))
        grow(start..<end, below: nodes.count - 1, shared: shared, minimumLength: minimumLength)
      }
      start = end
    }
  }

  private static func sharedLength(_ a: Sequence, _ b: Sequence) -> Int {
    guard a.route == b.route else { return 0 }
    let limit = min(a.sharable, b.sharable)
    return zip(a.tokens, b.tokens).prefix(limit).prefix { $0 == $1 }.count
  }

  /// Base before adapter, then token by token.
  private static func precedes(_ a: Int, _ b: Int, in sequences: [Sequence]) -> Bool {
    let (x, y) = (sequences[a], sequences[b])
    guard x.route == y.route else { return x.route == .base }
    let shared = sharedLength(x, y)
    if shared < min(x.sharable, y.sharable) { return x.tokens[shared] < y.tokens[shared] }
    return x.sharable != y.sharable ? x.sharable < y.sharable : a < b
  }
}
