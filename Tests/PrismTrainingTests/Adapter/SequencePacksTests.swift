import PrismTraining
import Testing

@Suite struct SequencePacksTests {
  // 9 alone; 6 with 4; 5 with 3 and 2; a tie keeps its order.
  @Test func longestFirstIntoTheFirstWithRoom() {
    #expect(
      SequencePacks.firstFit(lengths: [3, 6, 9, 2, 5, 4], capacity: 10) == [[2], [1, 5], [4, 0, 3]])
    #expect(SequencePacks.firstFit(lengths: [4, 4, 4], capacity: 8) == [[0, 1], [2]])
  }

  @Test func tooLongIsAlone() {
    #expect(SequencePacks.firstFit(lengths: [1, 30, 2], capacity: 10) == [[1], [2, 0]])
    #expect(SequencePacks.firstFit(lengths: [], capacity: 10).isEmpty)
  }
}
