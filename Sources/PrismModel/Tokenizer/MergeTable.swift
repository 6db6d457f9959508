import HeapModule

/// Which adjacent pairs of tokens merge into which token, and which first.
struct MergeTable: Sendable {
  private struct Merge {
    let rank: UInt32
    let result: Int32
  }

  /// A pair that may merge. The lowest rank goes first; equal ranks go from left to right.
  private struct Candidate: Comparable {
    let order: UInt64
    let right: Int32
    let pair: UInt64
    let result: Int32

    var left: Int { Int(order & 0xFFFF_FFFF) }
    static func < (a: Candidate, b: Candidate) -> Bool { a.order < b.order }
    static func == (a: Candidate, b: Candidate) -> Bool { a.order == b.order }
  }

  private var merges: [UInt64: Merge] = [:]

  var count: Int { merges.count }

  init(minimumCapacity: Int) {
    merges.reserveCapacity(minimumCapacity)
  }

  /// False when the pair is there already.
  mutating func insert(left: Int32, right: Int32, rank: UInt32, result: Int32) -> Bool {
    let key = Self.key(left, right)
    guard merges[key] == nil else { return false }
    merges[key] = Merge(rank: rank, result: result)
    return true
  }

  /// `symbols` after every possible merge, in O(n log n): a linked list of symbols and a heap of
  /// candidates, where a candidate whose symbols have merged otherwise since is passed over.
  func merging(_ symbols: [Int32]) -> [Int32] {
    guard symbols.count > 1, symbols.count < Int(Int32.max) else { return symbols }
    var ids = symbols
    var next = (0..<Int32(symbols.count)).map { $0 + 1 }
    var previous = (0..<Int32(symbols.count)).map { $0 - 1 }
    let end = Int32(symbols.count)
    var heap = Heap<Candidate>()
    func push(_ left: Int32, _ right: Int32) {
      let pair = Self.key(ids[Int(left)], ids[Int(right)])
      guard let merge = merges[pair] else { return }
      heap.insert(
        Candidate(
          order: UInt64(merge.rank) << 32 | UInt64(left), right: right, pair: pair,
          result: merge.result))
    }
    for left in 0..<end - 1 { push(left, left + 1) }
    while let candidate = heap.popMin() {
      let left = candidate.left
      let right = Int(candidate.right)
      guard next[left] == candidate.right, ids[right] >= 0,
        Self.key(ids[left], ids[right]) == candidate.pair
      else { continue }
      ids[left] = candidate.result
      ids[right] = -1
      next[left] = next[right]
      next[right] = end
      if next[left] != end {
        previous[Int(next[left])] = Int32(left)
        push(Int32(left), next[left])
      }
      if previous[left] >= 0 { push(previous[left], Int32(left)) }
    }
    return ids.filter { $0 >= 0 }
  }

  private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }
}
