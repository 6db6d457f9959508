import PrismModel
import PrismTesting
import Testing

/// Trees of common beginnings by hand: a capital letter stands for ten tokens, a small one for one.
@Suite struct PrefixTreeTests {
  private func sequence(_ word: String, sharable: Int? = nil, route: Route = .base) -> PrefixTree.Sequence {
    let tokens = word.utf8.flatMap { letter in
      [Int32](repeating: Int32(letter), count: letter < 0x60 ? 10 : 1)
    }
    return PrefixTree.Sequence(
      tokens: tokens, sharable: sharable ?? tokens.count - 1, route: route)
  }

  /// Length of each node a sequence begins with.
  private func lengths(_ tree: PrefixTree) -> [[Int]] {
    tree.sequences.indices.map { tree.path(to: $0).map { tree.nodes[$0].length } }
  }

  @Test func judgePrompts() {
    // Instructions A, queries B and C, answers in both orders.
    let tree = PrefixTree(
      ["ABxy", "ACyx", "ABzx", "ACxz"].map { sequence($0) }, minimumLength: 10)
    #expect(lengths(tree) == [[10, 20], [10, 20], [10, 20], [10, 20]])
    #expect(tree.nodes.map(\.sequenceCount) == [4, 2, 2])
    #expect(tree.order == [0, 2, 3, 1])
    for node in tree.nodes.indices {
      #expect(tree.nodes[node].parent.map { $0 < node } ?? true)
    }
  }

  @Test func depthsDiffer() {
    let tree = PrefixTree(
      ["Q", "ABCx", "ABCy", "ABz", "Ay", "R"].map { sequence($0) }, minimumLength: 10)
    #expect(lengths(tree) == [[], [10, 20, 30], [10, 20, 30], [10, 20], [10], []])
  }

  // Nine tokens beyond the parent are too few.
  @Test func shortBeginningsStayApart() {
    #expect(lengths(PrefixTree(["abcdefghix", "abcdefghiy"].map { sequence($0) }, minimumLength: 10)) == [[], []])
    let tree = PrefixTree(["AbcdefghijX", "AbcdefghijY", "AZ"].map { sequence($0) }, minimumLength: 10)
    #expect(lengths(tree) == [[10], [10], [10]])
  }

  // What is wanted of a sequence is never shared, not even with itself.
  @Test func wantedRowsStayOutside() {
    let same = ["AB", "AB", "ABx"].map { sequence($0) }
    #expect(lengths(PrefixTree(same, minimumLength: 10)) == [[19], [19], [19]])
    let answers = ["ABx", "ABy", "ABz"].map { sequence($0, sharable: 12) }
    #expect(lengths(PrefixTree(answers, minimumLength: 10)) == [[12], [12], [12]])
    let none = ["ABx", "ABy"].map { sequence($0, sharable: 0) }
    #expect(lengths(PrefixTree(none, minimumLength: 10)) == [[], []])
    #expect(PrefixTree(none, minimumLength: 10).order == [0, 1])
  }

  @Test func routesStayApart() {
    let tree = PrefixTree(
      [
        sequence("Ax"), sequence("Ay", route: .adapter), sequence("Az"), sequence("Aw", route: .adapter),
        sequence("Bw", route: .adapter),
      ], minimumLength: 10)
    #expect(lengths(tree) == [[10], [10], [10], [10], []])
    #expect(tree.nodes.map(\.sequenceCount) == [2, 2])
    #expect(tree.nodeOf[0] == tree.nodeOf[2] && tree.nodeOf[1] == tree.nodeOf[3])
    #expect(tree.nodeOf[0] != tree.nodeOf[1])
  }

  @Test func nothingAndOne() {
    #expect(PrefixTree([], minimumLength: 10).nodes.isEmpty)
    #expect(lengths(PrefixTree([sequence("ABC")], minimumLength: 10)) == [[]])
  }
}
