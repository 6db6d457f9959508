extension ChatRenderer {
  /// A prompt without the chat template: the text to go on from, behind the begin token where the
  /// model's plain texts have one. Control tokens in `text` stay ordinary characters.
  package func plainPrompt(_ text: String) -> RenderedPrompt {
    let begin = tokenizer.addsBeginToken ? tokenizer.beginToken : nil
    let tokens = (begin.map { [$0] } ?? []) + tokenizer.encode(text, parsingControlTokens: false)
    return RenderedPrompt(tokens: tokens, text: text)
  }
}
