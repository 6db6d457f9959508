/// Where texts and turns begin and end.
struct TokenizerEnds: Hashable, Sendable {
  var beginToken: Int32?
  var addsBeginToken = false
  var endToken: Int32
  var stopTokens: Set<Int32>

  /// Texts that end a turn or a text in the model families we read; they count where they are
  /// control tokens of the vocabulary.
  private static let knownEnds: Set<String> = [
    "<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<|end_of_text|>", "<|endoftext|>", "</s>",
    "<｜end▁of▁sentence｜>",
  ]

  /// `others` are ids that the file itself names as ends.
  init(
    beginToken: Int32?, addsBeginToken: Bool, endToken: Int32, others: [Int32],
    controlTokens: [Int32: String]
  ) {
    self.beginToken = beginToken
    self.addsBeginToken = addsBeginToken && beginToken != nil
    self.endToken = endToken
    stopTokens = Set(others + [endToken])
    for (id, text) in controlTokens where Self.knownEnds.contains(text) { stopTokens.insert(id) }
  }
}
