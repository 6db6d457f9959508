import CKernels
import PrismBenchmark
import PrismModel
import PrismTesting
import Testing

/// The guard against slower code: counts of arithmetic and of weight bytes, the same on every machine.
@Suite("What inference asks of matrix products, exactly")
struct InferenceCountTests {
  private let model: LanguageModel
  private let work: ModelWork
  private let weights: WeightTraffic

  init() throws {
    model = try TestData.tinyModel("tiny-llama")
    work = ModelWork(model.configuration)
    weights = WeightTraffic(model.transformer)
  }

  private func generator() throws -> Generator {
    try Generator(model: model, settings: GeneratorSettings(maximumBatch: 8, maximumRows: 64))
  }

  private func request(_ tokens: [Int32], new: Int) -> GenerationRequest {
    GenerationRequest(
      prompt: prompt(tokens), sampling: SamplingParameters(temperature: 1, maxTokens: new, seed: 1))
  }

  @Test("a prompt: its rows once, its weights once a piece, one row of logits")
  func prefill() throws {
    let generator = try generator()
    let counts = try counting {
      _ = try generator.generate([request(tokens(100, stream: 1), new: 1)]) { _ in .more }
    }
    #expect(counts.multiply_adds == UInt64(100 * work.layers + work.head))
    // 100 rows are two pieces of at most 64.
    #expect(counts.weight_bytes == UInt64(2 * weights.layers + weights.head))
    #expect(counts.products == UInt64(2 * 4 * model.configuration.layerCount + 1))
  }

  @Test(
    "streams: one row a new token, and the weights once a step for all streams", arguments: [1, 3])
  func decode(streams: Int) throws {
    let generator = try generator()
    let requests = (0..<streams).map { request(tokens(12, stream: UInt64(20 + $0)), new: 5) }
    var results: [GenerationResult] = []
    let counts = try counting { results = try generator.generate(requests) { _ in .more } }
    try #require(results.allSatisfy { $0.tokenIDs.count == 5 }, "no stream may end early here")
    // The first new token comes from the prompt's own pass.
    let rows = streams * (12 + 4)
    #expect(counts.multiply_adds == UInt64(rows * work.layers + streams * 5 * work.head))
    #expect(counts.weight_bytes == UInt64(5 * weights.step))
  }

  @Test("judge prompts: what they begin with in common is read once")
  func judge() throws {
    let generator = try Generator(model: model)
    let beginning = tokens(70, stream: 40)
    let prompts = (0..<2).flatMap { pair in
      let query = beginning + tokens(66, stream: UInt64(50 + pair))
      return (0..<2).map { prompt(query + tokens(9, stream: UInt64(60 + 2 * pair + $0))) }
    }
    let counts = try counting {
      _ = try generator.nextTokenLogProbabilities(prompts, of: [5, 6]) { _ in .more }
    }
    let rows = 70 + 2 * 66 + 4 * 9
    #expect(counts.multiply_adds == UInt64(rows * work.layers + 4 * work.head))
    // The beginning, the two queries, the four ends: three passes and one row block of logits.
    #expect(counts.weight_bytes <= UInt64(3 * weights.layers + weights.head))
  }

  @Test(
    "questions: one prefill reads every token once, five passes read it five times, to one answer")
  func letters() throws {
    let questions = MultipleChoiceMeasurement.questions(model.configuration)
    let letters = MultipleChoiceMeasurement.letters
    let tokens = questions.reduce(0) { $0 + $1.tokens.count }
    func read(_ reading: LetterReading) throws -> (values: [[Float]], tokens: Int, rows: UInt64) {
      let generator = try Generator(model: model)
      var values: [[Float]] = []
      let counts = try counting {
        values = try reading.read(questions, letters: letters, with: generator)
      }
      return (values, generator.processedTokenCount, counts.multiply_adds)
    }
    let one = try read(.onePrefill)
    #expect(one.tokens == tokens)
    #expect(one.rows == UInt64(tokens * work.layers + questions.count * work.head))
    let five = try read(.fivePasses)
    // The prompt alone, and four times with a letter, whose row has logits too.
    let passTokens = 5 * tokens + 4 * questions.count
    #expect(five.tokens == passTokens)
    #expect(five.rows == UInt64(passTokens * work.layers + 9 * questions.count * work.head))
    // Packed with others or alone, a prompt's numbers differ by rounding at most.
    for (a, b) in zip(one.values.joined(), five.values.joined()) { #expect(abs(a - b) < 1e-4) }
    #expect(Set(one.values.joined()).count == 4 * questions.count, "no two letters alike")
  }

  @Test("gate features stop at the gate's layer")
  func features() throws {
    let generator = try generator()
    let counts = try counting {
      _ = try generator.features([prompt(tokens(30, stream: 70))], afterLayer: 0)
    }
    #expect(counts.multiply_adds == UInt64(30 * work.layer))
  }
}
