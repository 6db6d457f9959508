import PrismModel
import PrismTensor
import PrismTesting
import PrismTraining
import Testing

/// Examples share passes and their persona's prompt; each gets what it would get by itself.
@Suite struct TeacherTests {
  private func prompts(_ model: LanguageModel) throws -> [(prompt: RenderedPrompt, answer: [Int32])] {
    try AdapterToys.examples(model).map { ($0.teacherPrompt, $0.answer) }
  }

  // bf16: attention does not depend on where a sequence is cut, so nothing at all changes.
  @Test(arguments: TestData.precisions) func togetherIsAlone(_ precision: Precision) throws {
    let model = try TestData.tinyModel("tiny-llama", precision: precision)
    let prompts = try prompts(model)
    let teacher = Teacher(model: model, width: 7)
    let together = try teacher.signals(prompts)
    let backward = try Array(teacher.signals(prompts.reversed()).reversed())
    #expect(backward == together)
    for (index, example) in prompts.enumerated() {
      let alone = try teacher.signal(prompt: example.prompt, answer: example.answer)
      #expect(together[index].ids == alone.ids && alone.count == example.answer.count)
      let tolerance: Float = precision == .bf16 ? 0 : 1e-4
      try expectClose(together[index].logProbabilities, alone.logProbabilities, tolerance: tolerance)
      try expectClose(together[index].logRest, alone.logRest, tolerance: 2 * tolerance)
    }
  }

  @Test func thePersonaIsReadOnce() throws {
    let model = try TestData.tinyModel("tiny-llama")
    let prompts = try prompts(model)
    let teacher = Teacher(model: model, width: 4)
    var done: [Int] = []
    _ = try teacher.signals(prompts) {
      done.append($0)
      return .more
    }
    let persona = AdapterToys.persona.count
    // The last answer token predicts nothing that is asked for.
    #expect(
      teacher.tokenCount
        == persona + prompts.reduce(0) { $0 + $1.prompt.tokens.count - persona + $1.answer.count - 1 })
    #expect(done.last == prompts.count && done == done.sorted())
    #expect(throws: Interrupted.self) { try teacher.signals(prompts) { _ in .stop } }
  }

  @Test(arguments: TestData.precisions) func evaluation(_ precision: Precision) throws {
    let model = try TestData.tinyModel("tiny-llama", precision: precision)
    let examples = try AdapterToys.examples(model)
    let signals = try Teacher(model: model, width: 16).signals(
      examples.map { ($0.teacherPrompt, $0.answer) })
    let rows = Array(zip(examples, signals)).map { (example: $0, signal: $1) }
    let adapter = AdapterToys.trainer(model).initialAdapter()
    let pass = ForwardPass(model: model.transformer, adapter: ActiveAdapter(adapter))
    let pool = KeyValuePool(model.configuration, precision: model.precision)
    let loss = DistillationLoss(temperature: 2)
    for route in [Route.base, .adapter] {
      func measure(_ rows: [(example: DistillExample, signal: TeacherSignal)]) throws -> AdapterEvaluation {
        try #require(
          try AdapterEvaluation.measure(rows, pass: pass, pool: pool, route: route, loss: loss))
      }
      let together = try measure(rows)
      let backward = try measure(rows.reversed())
      #expect(backward.topAgreement == together.topAgreement)
      #expect(abs(backward.divergence - together.divergence) < 1e-12)
      var (total, agreements, count) = (0.0, 0.0, 0)
      for row in rows {
        let alone = try measure([row])
        #expect(alone.tokenCount == row.signal.count)
        total += alone.divergence * Double(alone.tokenCount)
        agreements += alone.topAgreement * Double(alone.tokenCount)
        count += alone.tokenCount
      }
      #expect(together.tokenCount == count)
      #expect(abs(together.divergence - total / Double(count)) < 1e-5)
      #expect(abs(together.topAgreement - agreements / Double(count)) < 1e-9)
      // The teacher has its persona, the student has not.
      #expect(together.divergence > 0.1 && together.topAgreement < 1)
    }
    #expect(
      try AdapterEvaluation.measure([], pass: pass, pool: pool, route: .base, loss: loss) == nil)
  }
}
