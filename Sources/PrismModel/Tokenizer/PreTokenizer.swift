/// Cuts text into the pieces within which byte pairs merge.
struct PreTokenizer: Hashable, Sendable {
  /// Every `\p{N}` is a piece of its own, before the pattern sees the rest (SmolLM).
  var splitsDigits = false
  /// Text that does not begin with a space gets one.
  var addsPrefixSpace = false
  /// Nil keeps the text whole.
  var pattern: SplitPattern?

  /// Stable text for the fingerprint.
  var summary: String {
    "digits \(splitsDigits) prefix \(addsPrefixSpace) pattern \(pattern?.rawValue ?? "none")"
  }

  /// Calls `body` with the UTF-8 bytes of each piece in order.
  func forEachPiece(of input: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>) -> Void) {
    guard let first = input.first else { return }
    let bytes = addsPrefixSpace && first != 0x20 ? ArraySlice([0x20] + input) : input
    guard splitsDigits || pattern != nil else { return body(bytes) }
    let text = ClassifiedText(bytes)
    var offset = bytes.startIndex
    func emit(_ start: Int, _ end: Int) {
      var next = offset
      for scalar in text.scalars[start..<end] { next += UTF8.width(scalar) }
      body(bytes[offset..<next])
      offset = next
    }
    var start = 0
    while start < text.scalars.count {
      var end = text.scalars.count
      if splitsDigits {
        if text.classes[start] == .number {
          emit(start, start + 1)
          start += 1
          continue
        }
        end = text.runEnd(from: start, to: end) { $0 != .number }
      }
      while start < end {
        let next = pattern?.matchEnd(in: text, from: start, to: end) ?? end
        emit(start, next)
        start = next
      }
    }
  }
}
