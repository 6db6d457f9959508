import PrismModel
import PrismTensor
import PrismTesting
import PrismTraining
import Testing

/// The method's invariants on a tiny model.
@Suite struct AdapterTrainerTests {
  private func model() throws -> LanguageModel { try TestData.tinyModel("tiny-llama") }

  @Test func teacherAndStudentDifferAndComeCloser() throws {
    let model = try model()
    var configuration = AdapterToys.configuration()
    configuration.epochs = 12
    let report = try AdapterToys.trainer(model, configuration)
      .run(AdapterToys.examples(model, count: 60)) { _ in .more }.report
    let (before, after) = (
      try #require(report.heldOutKLBefore), try #require(report.heldOutKLAfter)
    )
    let first = try #require(report.stepZeroLoss)
    // The persona moves this model's answers by about a nat; rounding moves them by 1e-6.
    #expect(first > 0.1 && before > 0.1)
    #expect(try #require(report.lastLoss) < 0.7 * first)
    #expect(after < 0.8 * before)
    #expect(report.heldOutKLCurve.count == 12 && report.heldOutKLCurve.last == after)
  }

  // What the original program did: the teacher has lost its persona, so there is nothing to learn.
  @Test func withoutPersonaThereIsNothingToLearn() throws {
    let model = try model()
    let examples = try AdapterToys.examples(model, count: 10, persona: [])
    let report = try AdapterToys.trainer(model).run(examples) { _ in .more }.report
    // Two kernels' rounding: the cache's attention against the training form's.
    #expect(try #require(report.stepZeroLoss) < 1e-6)
    #expect(try #require(report.heldOutKLBefore) < 1e-6)
    #expect(report.heldOutTop1AgreementBefore == 1)
  }

  @Test func sameSeedSameBytes() throws {
    let model = try model()
    let examples = try AdapterToys.examples(model)
    let first = try AdapterToys.trainer(model).run(examples) { _ in .more }
    let second = try AdapterToys.trainer(model).run(examples.reversed()) { _ in .more }
    #expect(second.adapter == first.adapter && second.report == first.report)
    let other = try AdapterToys.trainer(model, seed: 2).run(examples) { _ in .more }
    #expect(other.adapter != first.adapter)
  }

  @Test func exactCounts() throws {
    let model = try model()
    let examples = try AdapterToys.examples(model)
    let output = try AdapterToys.trainer(model).run(examples) { _ in .more }
    let report = output.report
    // D 32, heads 32, keys 16, F 64: inputs and outputs of q, k, v, o, gate, up, down add up to
    // 64 + 48 + 48 + 64 + 96 + 96 + 96 = 512; rank 4, layers 1 and 2.
    #expect(report.trainableParameters == 4 * 512 * 2)
    #expect(output.adapter.values.count == 4 * 512 * 2)
    func answerTokens(_ split: GateExample.Split) -> Int {
      examples.filter { $0.split == split }.reduce(0) { $0 + $1.answer.count }
    }
    #expect(report.supervisedTokens == answerTokens(.train))
    #expect(report.heldOutTokens == answerTokens(.heldOut))
    #expect(report.trainCount == 24 && report.heldOutCount == 6 && report.cutAnswers == 0)
    #expect(report.steps == 18 && report.losses.count == 18 && report.epochs == 3)
    // Every adapted projection has learned something.
    let initial = AdapterToys.trainer(model).initialAdapter()
    for layer in output.adapter.layers {
      for projection in Projection.allCases {
        let range = output.adapter.rangeOfB(layer: layer, projection)
        #expect(initial.values[range].allSatisfy { $0 == 0 })
        #expect(!output.adapter.values[range].allSatisfy { $0 == 0 }, "\(projection) of \(layer)")
      }
    }
  }

  @Test(arguments: [0, 1]) func layersUpToTheGateStay(_ gateLayer: Int) throws {
    let model = try model()
    let output = try AdapterToys.trainer(model, gateLayer: gateLayer)
      .run(AdapterToys.examples(model, count: 10)) { _ in .more }
    #expect(output.adapter.layers == gateLayer + 1..<3)
    #expect(output.report.trainableParameters == 4 * 512 * (2 - gateLayer))
  }

  // Dropout draws by pack, so it is off: then packs change the order of summing only.
  @Test func packsChangeRoundingOnly() throws {
    let model = try model()
    let examples = try AdapterToys.examples(model)
    func losses(_ tokens: Int) throws -> [Float] {
      var configuration = AdapterToys.configuration()
      configuration.dropout = 0
      configuration.microBatchTokens = tokens
      return try AdapterToys.trainer(model, configuration).run(examples) { _ in .more }
        .report.losses.map { Float($0) }
    }
    // Adam turns the sign of a gradient near zero into a whole step, so rounding can grow with time.
    try expectClose(losses(16), losses(1024), tolerance: 1e-4)
  }

  @Test func longAnswersAreCut() throws {
    let model = try model()
    var configuration = AdapterToys.configuration()
    // The teacher's prompts have 28 to 32 tokens, so 8 to 4 of each answer are left.
    configuration.maxTokens = 36
    let examples = try AdapterToys.examples(model)
    let report = try AdapterToys.trainer(model, configuration).run(examples) { _ in .more }.report
    func kept(_ example: DistillExample) -> Int {
      min(example.answer.count, 36 - example.teacherPrompt.tokens.count)
    }
    #expect(
      report.supervisedTokens == examples.filter { $0.split == .train }.reduce(0) { $0 + kept($1) })
    #expect(report.cutAnswers == examples.count { kept($0) < $0.answer.count })
    #expect(report.cutAnswers > 0)
  }

  @Test func errors() throws {
    let model = try model()
    let examples = try AdapterToys.examples(model, count: 10)
    #expect(throws: TrainingError.noDistillExamples(heldOutCount: 2)) {
      try AdapterToys.trainer(model).run(examples.filter { $0.split == .heldOut }) { _ in .more }
    }
    #expect(throws: TrainingError.noDistillExamples(heldOutCount: 0)) {
      try AdapterToys.trainer(model).run([]) { _ in .more }
    }
    for layer in [-1, 2, 7] {
      #expect(
        throws: TrainingError.invalidSettings([
          "gate layer \(layer) leaves no layer to adapt; allowed: 0 to 1"
        ])
      ) { try AdapterToys.trainer(model, gateLayer: layer).run(examples) { _ in .more } }
    }
    var short = AdapterToys.configuration()
    short.maxTokens = 20
    #expect(throws: TrainingError.answersDoNotFit(count: 10, maxTokens: 20)) {
      try AdapterToys.trainer(model, short).run(examples) { _ in .more }
    }
    var wrong = AdapterToys.configuration()
    wrong.rank = 0
    wrong.dropout = 1
    wrong.learningRate = .nan
    let error = #expect(throws: TrainingError.self) {
      try AdapterToys.trainer(model, wrong).run(examples) { _ in .more }
    }
    guard case .invalidSettings(let problems) = error else {
      Issue.record("not a list of problems: \(String(describing: error))")
      return
    }
    #expect(problems.map { $0.split(separator: " ")[0] } == ["rank", "dropout", "learningRate"])
  }
}
