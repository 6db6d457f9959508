import PrismTensor

/// Tokens to be read onto the end of one cache.
struct PackedRead {
  let cache: KeyValueCache
  let tokens: ArraySlice<Int32>
  let route: Route
  /// Index of the sequence these tokens end, if its rows are wanted.
  var sequence = 0
  /// Number of last tokens whose rows are wanted.
  var wanted = 0
}

/// Reads whole token sequences in packed passes, and what they begin with in common only once.
///
/// Key-value memory follows from the limits, not from the number of sequences.
package final class PackedReader {
  package struct Sequence {
    package let tokens: [Int32]
    /// Number of last tokens whose rows are wanted, at least 1.
    package let wanted: Int
    package let route: Route

    package init(tokens: [Int32], wanted: Int = 1, route: Route = .base) {
      self.tokens = tokens
      self.wanted = wanted
      self.route = route
    }
  }

  /// Wanted rows of one sequence in the pass that has just run.
  package struct Rows {
    package let sequence: Int
    /// Number of the sequence's wanted rows before these; more than 0 only where a sequence is longer
    /// than a pass.
    package let offset: Int
    package let segment: Int
    /// Rows of the pass.
    package let range: Range<Int>
  }

  package let pass: ForwardPass
  private let pool: KeyValuePool
  private let maximumRows: Int
  private let cacheBlocks: Int
  /// Tokens read so far.
  package private(set) var tokenCount = 0

  /// - Parameters:
  ///   - maximumRows: rows of one pass; longer sequences are read in pieces.
  ///   - cacheTokens: positions of key-value memory, beyond one sequence, which always fits.
  package init(pass: ForwardPass, pool: KeyValuePool, maximumRows: Int, cacheTokens: Int) {
    self.pass = pass
    self.pool = pool
    self.maximumRows = maximumRows
    cacheBlocks = cacheTokens / KeyValuePool.blockPositions
  }

  /// Calls `body` after each pass with the wanted rows it computed; they are valid until it returns.
  /// Sequences come in an order of their own, the rows of each in theirs.
  ///
  /// - Parameters:
  ///   - sharing: whether common beginnings are read once. Without, a sequence's pieces begin at
  ///     multiples of `maximumRows`.
  ///   - onFinish: gets the number of sequences finished.
  package func read(
    _ sequences: [Sequence], layers: Range<Int>, sharing: Bool = true,
    onFinish: (Int) throws -> Void = { _ in }, body: ([Rows]) throws -> Void
  ) throws {
    defer {
      pass.end()
      pool.trim()
    }
    try readAll(sequences, layers: layers, sharing: sharing, onFinish: onFinish, body: body)
  }

  private func readAll(
    _ sequences: [Sequence], layers: Range<Int>, sharing: Bool, onFinish: (Int) throws -> Void,
    body: ([Rows]) throws -> Void
  ) throws {
    var prefixes = SharedPrefixes(
      sequences.map {
        .init(
          tokens: $0.tokens, sharable: sharing ? $0.tokens.count - $0.wanted : 0, route: $0.route)
      }, pool: pool)
    var rest = prefixes.tree.order[...]
    while !rest.isEmpty {
      let (chunk, nodes) = nextChunk(&rest, prefixes)
      try prefixes.prepare(nodes) { try read($0, layers: layers) { _ in } }
      var unread = chunk
      while !unread.isEmpty {
        let pack = nextPack(&unread, prefixes).map { index in
          let cache = prefixes.take(index)
          return PackedRead(
            cache: cache, tokens: sequences[index].tokens[cache.count...],
            route: sequences[index].route, sequence: index, wanted: sequences[index].wanted)
        }
        try read(pack, layers: layers, body: body)
        try onFinish(sequences.count - rest.count - unread.count)
      }
    }
  }

  /// Neighbours whose unread nodes fill about one pass and at most half of the memory.
  private func nextChunk(
    _ rest: inout ArraySlice<Int>, _ prefixes: SharedPrefixes
  ) -> (sequences: ArraySlice<Int>, nodes: Set<Int>) {
    var nodes: Set<Int> = []
    var end = rest.startIndex
    while end < rest.endIndex {
      let wanted = nodes.union(prefixes.tree.path(to: rest[end]))
      let fits =
        prefixes.unreadTokens(of: wanted) <= maximumRows
        && prefixes.blockCount(of: wanted) <= cacheBlocks / 2
      guard fits || end == rest.startIndex else { break }
      nodes = wanted
      end += 1
    }
    defer { rest = rest[end...] }
    return (rest[..<end], nodes)
  }

  /// Neighbours that fit into one pass and into the memory; a longer one comes alone.
  private func nextPack(_ unread: inout ArraySlice<Int>, _ prefixes: SharedPrefixes) -> ArraySlice<Int> {
    var rows = 0
    var blocks = prefixes.blockCount(of: prefixes.held)
    var end = unread.startIndex
    while end < unread.endIndex {
      let count = prefixes.tree.sequences[unread[end]].tokens.count
      rows += count - prefixes.tree.length(of: prefixes.tree.nodeOf[unread[end]])
      blocks += KeyValuePool.blocks(covering: count)
      guard end == unread.startIndex || (rows <= maximumRows && blocks <= cacheBlocks) else { break }
      end += 1
    }
    defer { unread = unread[end...] }
    return unread[..<end]
  }

  /// Reads everything, in as few passes as the order allows.
  func read(
    _ reads: [PackedRead], layers: Range<Int>, body: ([Rows]) throws -> Void
  ) throws {
    var batch: [BatchSegment] = []
    var rows: [Rows] = []
    var count = 0
    func run() throws {
      guard !batch.isEmpty else { return }
      pass.begin(batch)
      try pass.run(layers: layers)
      pass.commit()
      tokenCount += count
      if !rows.isEmpty { try body(rows) }
      batch.removeAll()
      rows.removeAll()
      count = 0
    }
    for read in reads {
      let tokens = Array(read.tokens)
      let firstWanted = tokens.count - read.wanted
      for start in stride(from: 0, to: tokens.count, by: maximumRows) {
        let end = min(start + maximumRows, tokens.count)
        // A piece that another follows fills a pass, so no pass holds two pieces of one cache.
        if count + end - start > maximumRows { try run() }
        let wanted = max(start, firstWanted)..<max(end, firstWanted)
        if !wanted.isEmpty {
          let first = count + wanted.lowerBound - start
          rows.append(
            Rows(
              sequence: read.sequence, offset: wanted.lowerBound - firstWanted, segment: batch.count,
              range: first..<first + wanted.count))
        }
        batch.append(
          BatchSegment(cache: read.cache, tokens: Array(tokens[start..<end]), route: read.route))
        count += end - start
      }
    }
    try run()
  }

  /// Calls `body` with the logits of rows of the pass that has just run, 64 rows at a time so that the
  /// logits' memory stays small: places in `rows`, and `[places, V]`.
  package func forEachLogits(
    of rows: [Int], _ body: (Range<Int>, UnsafePointer<Float>) throws -> Void
  ) throws {
    for start in stride(from: 0, to: rows.count, by: 64) {
      let part = start..<min(start + 64, rows.count)
      try body(part, pass.logits(ofRows: Array(rows[part])))
    }
  }
}
