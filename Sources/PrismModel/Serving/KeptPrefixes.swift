/// Keys and values of prompts and answers that have been read, for prompts that begin the same way: the
/// next turn of a conversation, a system message in common.
///
/// An entry belongs to its tokens and to the weights that read them. What is longest unused goes first.
struct KeptPrefixes {
  private struct Entry {
    let tokens: ArraySlice<Int32>
    let weights: RowWeights
    let cache: KeyValueCache
    var lastUse: Int
    var blockCount: Int { KeyValuePool.blocks(covering: tokens.count) }
  }

  /// Length of reused beginnings; they are multiples of it.
  let unit: Int
  private var entries: [Entry] = []
  private var uses = 0
  /// Blocks of all entries; entries may share blocks with each other and with running sequences.
  private(set) var blockCount = 0

  init(unit: Int) { self.unit = unit }

  /// Keeps a cache that holds `tokens`. Nobody else may go on with it.
  mutating func keep(_ cache: KeyValueCache, of tokens: ArraySlice<Int32>) {
    guard let weights = cache.weights, tokens.count >= SharedPrefixes.minimumLength else { return }
    uses += 1
    var isKnown = false
    for index in entries.indices where entries[index].weights == weights {
      if entries[index].tokens.starts(with: tokens) {
        entries[index].lastUse = uses
        isKnown = true
      }
    }
    if isKnown { return }
    // What the new one begins with is of no further use.
    entries.removeAll { $0.weights == weights && tokens.starts(with: $0.tokens) }
    entries.append(Entry(tokens: tokens, weights: weights, cache: cache, lastUse: uses))
    count()
  }

  /// A cache that holds the longest known beginning of `tokens`, to go on with; `nil` where none is
  /// worth a copy.
  ///
  /// - Parameters:
  ///   - limit: tokens of the beginning at most.
  ///   - accepts: whether what these weights have made may be used.
  mutating func fork(
    beginning tokens: ArraySlice<Int32>, limit: Int, where accepts: (RowWeights) -> Bool
  ) -> KeyValueCache? {
    var best: (index: Int, length: Int)?
    for (index, entry) in entries.enumerated() where accepts(entry.weights) {
      let common = Self.common(entry.tokens, tokens, limit: limit) / unit * unit
      if common > best?.length ?? SharedPrefixes.minimumLength - 1 { best = (index, common) }
    }
    guard let best else { return nil }
    uses += 1
    entries[best.index].lastUse = uses
    return entries[best.index].cache.fork(length: best.length)
  }

  /// Gives up entries until the rest has at most `blocks`.
  mutating func shrink(to blocks: Int) {
    while blockCount > max(0, blocks),
      let oldest = entries.indices.min(by: { entries[$0].lastUse < entries[$1].lastUse })
    {
      entries.remove(at: oldest)
      count()
    }
  }

  /// Number of first tokens that both have, at most `limit`.
  static func common(_ a: ArraySlice<Int32>, _ b: ArraySlice<Int32>, limit: Int) -> Int {
    var length = 0
    for (x, y) in zip(a, b) {
      guard x == y, length < limit else { break }
      length += 1
    }
    return length
  }

  private mutating func count() { blockCount = entries.reduce(0) { $0 + $1.blockCount } }
}
