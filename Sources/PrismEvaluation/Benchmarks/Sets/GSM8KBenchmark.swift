package import Foundation

/// Grade school word problems; the answer's last number is compared with the solution's.
/// Source: Cobbe et al., "Training Verifiers to Solve Math Word Problems", 2021.
package struct GSM8KBenchmark: Benchmark {
  package let name = "gsm8k"
  package let scale = ScoreScale.share(.accuracy)

  /// Room for a worked solution and its last line.
  static let maximumTokens = 512

  package init() {}

  /// Identifiers count the lines from 0; the file has none of its own.
  package func items(in data: URL) throws -> [BenchmarkItem] {
    let file = try JSONLinesFile<Row>("gsm8k/test.jsonl", in: data)
    return try file.lines.enumerated().map { index, line in
      guard !line.row.question.isBlank else {
        throw file.file.damaged(line: line.number, "the question is empty")
      }
      guard let number = FinalNumber.marked(in: line.row.answer) else {
        throw file.file.damaged(
          line: line.number, "the answer does not end in #### and a number")
      }
      return BenchmarkItem(
        id: String(index), category: "math", domain: "math",
        task: .conversation(
          Conversation(
            turns: [line.row.question], maximumTokens: Self.maximumTokens,
            grading: .number(number))))
    }
  }

  private struct Row: Decodable {
    let question: String
    let answer: String
  }
}
