import PrismModel
import PrismTensor
import PrismTesting
import Testing

/// Text as it arrives, and where it ends.
@Suite struct StreamingTests {
  private static func request(
    seed: UInt64, maxTokens: Int = 80, stop: [String] = []
  ) -> GenerationRequest {
    GenerationRequest(
      prompt: EngineToys.prompt(6, seed: 1),
      sampling: SamplingParameters(temperature: 1, maxTokens: maxTokens, stop: stop, seed: seed))
  }

  /// The answer, and the pieces it was streamed in.
  private func stream(
    _ engine: Generator, _ request: GenerationRequest
  ) throws -> (result: GenerationResult, pieces: [String]) {
    var pieces: [String] = []
    var tokens: [Int32] = []
    let result = try engine.stream(request) { token, text in
      tokens.append(token)
      pieces.append(text)
      return .more
    }
    #expect(tokens == result.tokenIDs)
    return (result, pieces)
  }

  private func prefix(of text: String, before stop: String) -> String? {
    let (text, stop) = (Array(text.utf8), Array(stop.utf8))
    guard text.count >= stop.count else { return nil }
    let start = (0...text.count - stop.count).first {
      text[$0..<$0 + stop.count].elementsEqual(stop)
    }
    return start.map { String(decoding: text[..<$0], as: UTF8.self) }
  }

  /// An answer of more than 30 characters, and the seed it has.
  private func longAnswer(_ engine: Generator) throws -> (seed: UInt64, result: GenerationResult) {
    for seed in 0..<50 as Range<UInt64> {
      let result = try stream(engine, Self.request(seed: seed)).result
      if result.text.unicodeScalars.count > 30 { return (seed, result) }
    }
    throw NoLongAnswer()
  }

  private struct NoLongAnswer: Error {}

  @Test func piecesAreTheText() throws {
    let engine = try Generator(model: TestData.tinyModel("tiny-llama"))
    for seed in 0..<10 as Range<UInt64> {
      let (result, pieces) = try stream(engine, Self.request(seed: seed))
      #expect(pieces.joined() == result.text)
      #expect(result.text == engine.model.tokenizer.decode(result.tokenIDs))
      #expect(try engine.generate([Self.request(seed: seed)]) { _ in .more }[0] == result)
    }
  }

  // Every stretch of one to four characters of an answer as its stop string: inside one token, or
  // split over several, as most of these are.
  @Test func stopStrings() throws {
    let engine = try Generator(model: TestData.tinyModel("tiny-llama"))
    let (seed, free) = try longAnswer(engine)
    let scalars = Array(free.text.unicodeScalars)
    for length in 1...4 {
      for start in 0..<scalars.count - length {
        var scalarView = String.UnicodeScalarView()
        scalarView.append(contentsOf: scalars[start..<start + length])
        let stop = String(scalarView)
        let (result, pieces) = try stream(
          engine, Self.request(seed: seed, stop: ["never in it", stop]))
        let expected = prefix(of: free.text, before: stop)
        #expect(result.text == expected, "stop \(stop.debugDescription)")
        #expect(result.finishReason == .stop)
        #expect(free.tokenIDs.starts(with: result.tokenIDs))
        // Nothing of a stop string is ever handed out.
        #expect(pieces.joined() == expected)
      }
    }
  }

  // A token that completes two stop strings ends the text before the one that begins first, in
  // whichever order they are listed.
  @Test func theFirstOfTwoStopStrings() throws {
    let engine = try Generator(model: TestData.tinyModel("tiny-llama"))
    let (seed, free) = try longAnswer(engine)
    let characters = Array(free.text)
    let index = try #require(
      (1..<characters.count).first { !characters[..<$0].contains(characters[$0]) })
    let short = String(characters[index])
    let long = String(characters[index - 1]) + short
    let expected = String(characters[..<(index - 1)])
    for stops in [[short, long], [long, short]] {
      let (result, pieces) = try stream(engine, Self.request(seed: seed, stop: stops))
      #expect(result.text == expected && pieces.joined() == expected)
    }
  }

  @Test func stopTokens() throws {
    let engine = try Generator(model: TestData.tinyModel("tiny-llama"))
    let stops = engine.model.tokenizer.stopTokens
    let results = try engine.generate((0..<40).map { Self.request(seed: $0, maxTokens: 120) }) {
      _ in .more
    }
    let stopped = results.filter { $0.finishReason == .stop }
    // About one in 272 tokens ends a turn: 1 - (271/272)^4800 is all but certain.
    #expect(!stopped.isEmpty)
    for result in stopped {
      #expect(stops.contains(result.tokenIDs[result.tokenIDs.count - 1]))
      #expect(!result.tokenIDs.dropLast().contains { stops.contains($0) })
      #expect(!result.text.contains("<|im_end|>"))
      #expect(result.logProbabilities.count == result.tokenIDs.count)
    }
    for result in results where result.finishReason == .length {
      #expect(result.tokenIDs.count == 120)
    }
  }

  @Test func stoppingTheStream() throws {
    let engine = try Generator(model: TestData.tinyModel("tiny-llama"))
    var count = 0
    #expect(throws: Interrupted.self) {
      try engine.stream(Self.request(seed: 2)) { _, _ in
        count += 1
        return count == 5 ? .stop : .more
      }
    }
    #expect(count == 5)
  }
}
