package import Foundation

/// Open questions of two turns in eight categories, rated 1 to 10 a turn by a judge.
/// Source: Zheng et al., "Judging LLM-as-a-Judge with MT-Bench and Chatbot Arena", 2023.
package struct MTBench: Benchmark {
  package let name = "mt-bench"
  package let scale = ScoreScale(metric: .rating, minimum: 1, maximum: 10, higherIsBetter: true)

  /// The published limit of an answer.
  static let maximumTokens = 1024

  static let questionPath = "mt_bench/question.jsonl"
  static let referencePath = "mt_bench/reference_answer/gpt-4.jsonl"

  package init() {}

  /// References are those of the published judge (GPT-4's, for reasoning, math and coding); the short
  /// notes that some questions carry themselves are not answers and are left out.
  package func items(in data: URL) throws -> [BenchmarkItem] {
    let questions = try JSONLinesFile<Question>(Self.questionPath, in: data)
    var references = try references(in: data)
    var identifiers = BenchmarkIdentifiers(questions.file)
    let items = try questions.lines.map { line in
      let question = line.row
      try identifiers.claim(String(question.id), line: line.number)
      guard question.turns.count == 2, question.turns.allSatisfy({ !$0.isBlank }) else {
        throw questions.file.damaged(
          line: line.number,
          "the question has to have two turns with text (it lists \(question.turns.count))")
      }
      guard !question.category.isBlank else {
        throw questions.file.damaged(line: line.number, "the category is empty")
      }
      let reference = references.turns.removeValue(forKey: question.id)
      return BenchmarkItem(
        id: String(question.id), category: question.category,
        domain: question.category,
        task: .conversation(
          Conversation(
            turns: question.turns, maximumTokens: Self.maximumTokens,
            grading: .rating(references: reference?.texts))))
    }
    if let (id, left) = references.turns.min(by: { $0.value.line < $1.value.line }) {
      throw references.file.damaged(
        line: left.line, "there is no question \(id) in \(questions.file.path)")
    }
    return items
  }

  private func references(in data: URL) throws -> (
    file: BenchmarkFile, turns: [Int: (line: Int, texts: [String])]
  ) {
    let answers = try JSONLinesFile<Reference>(Self.referencePath, in: data)
    var identifiers = BenchmarkIdentifiers(answers.file)
    var turns: [Int: (line: Int, texts: [String])] = [:]
    for line in answers.lines {
      try identifiers.claim(String(line.row.id), line: line.number)
      guard let choice = line.row.choices.first, choice.turns.count == 2,
        choice.turns.allSatisfy({ !$0.isBlank })
      else {
        throw answers.file.damaged(
          line: line.number, "the first choice has to have two turns with text")
      }
      turns[line.row.id] = (line.number, choice.turns)
    }
    return (answers.file, turns)
  }

  private struct Question: Decodable {
    let id: Int
    let category: String
    let turns: [String]

    enum CodingKeys: String, CodingKey {
      case id = "question_id"
      case category, turns
    }
  }

  private struct Reference: Decodable {
    struct Choice: Decodable { let turns: [String] }
    let id: Int
    let choices: [Choice]

    enum CodingKeys: String, CodingKey {
      case id = "question_id"
      case choices
    }
  }
}
