import PrismEvaluation
import Testing

@Suite("Stratified selection")
struct StratifiedSelectionTests {
  /// Items of categories with the given sizes, dealt in turn so that categories mix.
  private func items(_ sizes: [String: Int]) -> [BenchmarkItem] {
    (0..<(sizes.values.max() ?? 0)).flatMap { row in
      sizes.keys.sorted().filter { row < sizes[$0, default: 0] }.map { category in
        BenchmarkItem(
          id: "\(category)\(row)", category: category, domain: category,
          task: .answers(AnswerSet(question: "", correct: [], incorrect: [], best: "")))
      }
    }
  }

  private func counts(_ items: [BenchmarkItem]) -> [String: Int] {
    Dictionary(grouping: items, by: \.category).mapValues(\.count)
  }

  @Test(
    "shares are kept by largest remainder, and no category vanishes",
    arguments: [
      // Exact shares.
      (["a": 50, "b": 30, "c": 20], 10, ["a": 5, "b": 3, "c": 2]),
      // 4.5, 3.6, 0.9: the remainders .6 and .9 get the two places left.
      (["a": 50, "b": 40, "c": 10], 9, ["a": 4, "b": 4, "c": 1]),
      // 9.7 and three times 0.1: each small one keeps a place.
      (["a": 97, "b": 1, "c": 1, "d": 1], 10, ["a": 7, "b": 1, "c": 1, "d": 1]),
      // Fewer places than categories: the largest.
      (["a": 5, "b": 1, "c": 9], 2, ["a": 1, "c": 1]),
      (["a": 5, "b": 3], 8, ["a": 5, "b": 3]), (["a": 5, "b": 3], 100, ["a": 5, "b": 3]),
      (["a": 5], 0, [:]), (["a": 5], -1, [:]), ([:], 3, [:]),
    ] as [([String: Int], Int, [String: Int])])
  func shares(sizes: [String: Int], limit: Int, expected: [String: Int]) {
    #expect(
      counts(StratifiedSelection.stratified(items(sizes), limit: limit, seed: 7)) == expected)
  }

  @Test("every limit keeps order, number, presence and all that a smaller limit picked")
  func everyLimit() {
    let all = items(["a": 41, "b": 17, "c": 17, "d": 6, "e": 2, "f": 1])
    let position = Dictionary(uniqueKeysWithValues: zip(all.map(\.id), all.indices))
    var smaller: Set<String> = []
    for limit in 1...all.count {
      let chosen = StratifiedSelection.stratified(all, limit: limit, seed: 3)
      let ids = Set(chosen.map(\.id))
      #expect(chosen.count == limit && ids.count == limit)
      let places = chosen.compactMap { position[$0.id] }
      #expect(places == places.sorted())
      #expect(ids.isSuperset(of: smaller), "limit \(limit)")
      if limit >= 6 { #expect(counts(chosen).count == 6, "limit \(limit)") }
      smaller = ids
    }
  }

  @Test("a category's share is off by less than one place once it has its first")
  func closeShares() {
    let sizes = ["a": 41, "b": 17, "c": 17, "d": 15, "e": 10]
    for limit in 20...99 {
      let chosen = counts(StratifiedSelection.stratified(items(sizes), limit: limit, seed: 3))
      for (category, size) in sizes {
        let share = Double(size * limit) / 100
        #expect(abs(Double(chosen[category, default: 0]) - share) < 1, "\(category) of \(limit)")
      }
    }
  }

  @Test("the seed decides, the order of the items does not")
  func seeded() {
    let all = items(["a": 30, "b": 30])
    let ids = { (items: [BenchmarkItem], seed: UInt64) in
      Set(StratifiedSelection.stratified(items, limit: 20, seed: seed).map(\.id))
    }
    #expect(ids(all, 1) == ids(all.reversed(), 1))
    // Two choices of 10 of 30, twice, are equal once in 9e14.
    #expect(ids(all, 0) != ids(all, 1))
  }

  @Test("hashes are those of the published function, and stay what they are")
  func hashes() {
    #expect(StratifiedSelection.fnv1a("") == 0xCBF2_9CE4_8422_2325)
    #expect(StratifiedSelection.fnv1a("a") == 0xAF63_DC4C_8601_EC8C)
    #expect(StratifiedSelection.fnv1a("foobar") == 0x8594_4171_F739_67E8)
    let chosen = StratifiedSelection.stratified(items(["a": 6, "b": 3]), limit: 3, seed: 0)
    #expect(chosen.map(\.id) == ["b0", "a1", "a4"])
  }
}
