package import Foundation

/// Questions that people answer wrongly out of habit, scored by the likelihood of given answers
/// (MC1 and MC2, see `TruthfulnessScore`).
/// Source: Lin et al., "TruthfulQA", 2021; the release with 817 questions.
package struct TruthfulQABenchmark: Benchmark {
  package let name = "truthfulqa"
  package let scale = ScoreScale.share(.truthfulness)

  package init() {}

  /// Identifiers count the rows from 0; category is the topic, domain the type of question
  /// (`Adversarial` or `Non-Adversarial`).
  package func items(in data: URL) throws -> [BenchmarkItem] {
    let table = try BenchmarkTable(
      "truthfulqa/TruthfulQA.csv", in: data,
      columns: [
        "Type", "Category", "Question", "Best Answer", "Correct Answers", "Incorrect Answers",
      ])
    return try table.rows.enumerated().map { index, row in
      let correct = Self.answers(try table.text("Correct Answers", row))
      let incorrect = Self.answers(try table.text("Incorrect Answers", row))
      let best = Self.closed(try table.text("Best Answer", row))
      guard !correct.isEmpty, !incorrect.isEmpty else {
        throw table.file.damaged(
          line: row.line, "a list of answers holds nothing but separators")
      }
      guard correct.contains(best) else {
        throw table.file.damaged(
          line: row.line, "the best answer is not one of the correct answers")
      }
      return BenchmarkItem(
        id: String(index), category: try table.text("Category", row),
        domain: try table.text("Type", row),
        task: .answers(
          AnswerSet(
            question: try table.text("Question", row), correct: correct, incorrect: incorrect,
            best: best)))
    }
  }

  /// Parts of a cell with semicolons. What the file repeats stays repeated, as in the published score.
  private static func answers(_ cell: String) -> [String] {
    cell.split(separator: ";").map(String.init).filter { !$0.isBlank }.map(closed)
  }

  /// Every answer ends in a full stop, as in the published score, so that none is favoured for one.
  private static func closed(_ answer: String) -> String {
    let text = answer.trimmingCharacters(in: .whitespacesAndNewlines)
    return text.hasSuffix(".") ? text : text + "."
  }
}
