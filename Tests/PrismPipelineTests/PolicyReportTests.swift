import Foundation
import PrismModel
import PrismPipeline
import Testing

@Suite("Both policies on one run")
struct PolicyReportTests {
  /// Answer B leads by 2 nats in both orders; the persona's letter gains 1 where it wins.
  private func judged(_ index: Int, personaWins: Bool) -> JudgedPair {
    let answer = AnswerPair.Answer(text: "text", tokenIDs: [1], finishReason: .stop)
    let gain: Float = personaWins ? 1 : -1
    return JudgedPair(
      pair: AnswerPair(
        query: Query(persona: "math", text: "What is number \(index)?", heldOutShare: 0.2),
        base: answer, persona: answer),
      reading: JudgeReading(
        personaFirst: LetterReading(logA: -3 + gain, logB: -1),
        baseFirst: LetterReading(logA: -3, logB: -1 + gain)),
      configuration: JudgeConfiguration())
  }

  @Test("strict on a debiased run says in words why it found nothing")
  func strictExplains() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try PolicyReport.read(run: folder.path).isEmpty)
    let rows = try (0..<5).map { try JSONEncoder().encode(judged($0, personaWins: $0 < 3)) }
    let file = folder.appendingPathComponent("04-verdicts.jsonl")
    try Data(rows.joined(separator: Data("\n".utf8))).write(to: file)

    let reports = try PolicyReport.read(run: folder.path)
    #expect(reports.map(\.policy) == [.debiased, .strict])
    #expect(reports.map(\.distill) == [3, 0])
    #expect(reports.map(\.retain) == [2, 5])
    #expect(reports[0].explanation == nil)
    let words = try #require(reports[1].explanation)
    #expect(words.contains("preferred answer B in 100 % of prompts"))
    #expect(words.contains("3 to distill and 2 to retain"))

    try Data("{}\n".utf8).write(to: file)
    #expect(throws: PipelineError.damagedRun(path: file.path, problem: "a row is not as written")) {
      _ = try PolicyReport.read(run: folder.path)
    }
  }
}
