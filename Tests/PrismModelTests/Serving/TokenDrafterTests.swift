import PrismModel
import Testing

/// What is guessed, and how much of it.
@Suite struct TokenDrafterTests {
  private func drafter(_ text: [Int32], right: Int = 0, limit: Int = 8) -> TokenDrafter {
    var drafter = TokenDrafter(after: text, limit: limit)
    // Guesses that were right make the next ones longer.
    for guessed in [1, 2, 4, 8].prefix(right) { drafter.note(right: guessed, of: guessed) }
    return drafter
  }

  @Test func guessesWhatCameNext() {
    let text: [Int32] = [1, 2, 3, 4, 5, 60, 61, 62, 63, 9, 1, 2, 3, 4, 5]
    #expect(drafter(text).guess(8) == [60])
    #expect(drafter(text, right: 2).guess(8) == [60, 61, 62, 63])
    #expect(drafter(text, right: 2).guess(3) == [60, 61, 62])
    #expect(drafter(text, right: 4, limit: 2).guess(8) == [60, 61])
    #expect(drafter(text).guess(0) == [] && drafter(text).guess(-1) == [])
  }

  @Test func theLastTimeCounts() {
    let run: [Int32] = [1, 2, 3, 4, 5]
    var drafter = drafter(run + [60] + run + [70] + run)
    #expect(drafter.guess(1) == [70])
    for token in [80] + run { drafter.append(token) }
    #expect(drafter.guess(1) == [80])
  }

  @Test func nothingLikeItMeansNoGuess() {
    #expect(drafter([]).guess(4) == [])
    #expect(drafter([1, 2, 3, 4]).guess(4) == [])
    // The text's own end is not found, nor one that differs in its first token.
    #expect(drafter([1, 2, 3, 4, 5]).guess(4) == [])
    #expect(drafter([1, 2, 3, 4, 5, 60, 9, 2, 3, 4, 5]).guess(4) == [])
  }

  @Test func aRepetitionGoesOn() {
    #expect(drafter([7, 7, 7, 7, 7, 7], right: 3).guess(8) == [7, 7, 7, 7, 7, 7, 7, 7])
    #expect(drafter([1, 2, 3, 1, 2, 3, 1, 2], right: 2).guess(4) == [3, 1, 2, 3])
  }

  @Test func wrongGuessesMakeItShort() {
    let text: [Int32] = [1, 2, 3, 4, 5, 60, 61, 62, 63, 9, 1, 2, 3, 4, 5]
    var drafter = drafter(text, right: 2)
    drafter.note(right: 3, of: 4)
    #expect(drafter.guess(8).count == 3)
    drafter.note(right: 0, of: 3)
    #expect(drafter.guess(8).count == 1)
    // Where nothing was guessed, nothing is learnt.
    drafter.note(right: 0, of: 0)
    #expect(drafter.guess(8).count == 1)
  }
}
