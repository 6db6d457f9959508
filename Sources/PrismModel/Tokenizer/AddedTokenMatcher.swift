/// Finds added tokens in text: from left to right, the longest where several begin.
struct AddedTokenMatcher: Sendable {
  enum Section: Equatable {
    /// Ordinary text, as a range of the bytes searched.
    case text(Range<Int>)
    case token(Int32)
  }

  private let tokens: [AddedToken]
  /// A trie: the node reached from (node << 8 | byte). Node 0 is the root.
  private var edges: [UInt64: UInt64] = [:]
  /// Index of the token that ends at a node.
  private var ends: [UInt64: Int] = [:]

  /// `contents` are the texts searched for, one for each token.
  init(_ tokens: [AddedToken], contents: [[UInt8]]) {
    self.tokens = tokens
    var nodeCount: UInt64 = 1
    for (index, content) in contents.enumerated() where !content.isEmpty {
      var node: UInt64 = 0
      for byte in content {
        let key = node << 8 | UInt64(byte)
        if let known = edges[key] {
          node = known
        } else {
          edges[key] = nodeCount
          node = nodeCount
          nodeCount += 1
        }
      }
      ends[node] = index
    }
  }

  func sections(of bytes: [UInt8], parsingControlTokens: Bool) -> [Section] {
    guard !ends.isEmpty else { return bytes.isEmpty ? [] : [.text(0..<bytes.count)] }
    var sections: [Section] = []
    var textStart = 0
    var index = 0
    while index < bytes.count {
      guard let (token, matchEnd) = longestMatch(at: index, in: bytes) else {
        index += 1
        continue
      }
      var start = index
      index = matchEnd
      if token.isControl, !parsingControlTokens { continue }
      if token.isSingleWord, !Self.standsAlone(start..<matchEnd, in: bytes) { continue }
      var end = matchEnd
      if token.stripsLeft {
        while start > textStart, let scalar = Self.scalar(before: start, in: bytes),
          scalar.properties.isWhitespace
        {
          start -= UTF8.width(scalar)
        }
      }
      if token.stripsRight {
        while let scalar = Self.scalar(at: end, in: bytes), scalar.properties.isWhitespace {
          end += UTF8.width(scalar)
        }
      }
      if start > textStart { sections.append(.text(textStart..<start)) }
      sections.append(.token(token.id))
      textStart = end
    }
    if textStart < bytes.count { sections.append(.text(textStart..<bytes.count)) }
    return sections
  }

  private func longestMatch(at start: Int, in bytes: [UInt8]) -> (AddedToken, end: Int)? {
    var node: UInt64 = 0
    var best: (AddedToken, end: Int)?
    var index = start
    while index < bytes.count, let child = edges[node << 8 | UInt64(bytes[index])] {
      node = child
      index += 1
      if let token = ends[node] { best = (tokens[token], index) }
    }
    return best
  }

  private static func standsAlone(_ range: Range<Int>, in bytes: [UInt8]) -> Bool {
    if let scalar = scalar(before: range.lowerBound, in: bytes), isWord(scalar) { return false }
    if let scalar = scalar(at: range.upperBound, in: bytes), isWord(scalar) { return false }
    return true
  }

  /// `\w` (Unicode Technical Standard 18, annex C).
  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    let properties = scalar.properties
    if properties.isAlphabetic || properties.isJoinControl { return true }
    switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation:
      return true
    default: return false
    }
  }

  private static func scalar(at start: Int, in bytes: [UInt8]) -> Unicode.Scalar? {
    guard start < bytes.count else { return nil }
    let end = min(bytes.count, start + max(1, UTF8Sequence(at: start, in: bytes).present))
    return String(decoding: bytes[start..<end], as: UTF8.self).unicodeScalars.first
  }

  private static func scalar(before end: Int, in bytes: [UInt8]) -> Unicode.Scalar? {
    guard end > 0 else { return nil }
    var start = end - 1
    while start > 0, end - start < 4, bytes[start] & 0xC0 == 0x80 { start -= 1 }
    return String(decoding: bytes[start..<end], as: UTF8.self).unicodeScalars.last
  }
}
