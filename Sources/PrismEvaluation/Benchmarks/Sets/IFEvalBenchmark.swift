package import Foundation

/// Prompts with instructions that a rule can check, such as "at least 300 words".
/// Source: Zhou et al., "Instruction-Following Evaluation for Large Language Models", 2023.
package struct IFEvalBenchmark: Benchmark {
  package let name = "ifeval"
  package let scale = ScoreScale.share(.strictAccuracy)

  /// Enough for the longest text that the prompts ask for.
  static let maximumTokens = 1024

  package init() {}

  /// Category is the kind of the prompt's first instruction: what stands before its colon.
  package func items(in data: URL) throws -> [BenchmarkItem] {
    let file = try JSONLinesFile<Row>("ifeval/input_data.jsonl", in: data)
    var identifiers = BenchmarkIdentifiers(file.file)
    return try file.lines.map { line in
      let row = line.row
      try identifiers.claim(String(row.key), line: line.number)
      guard !row.prompt.isBlank else {
        throw file.file.damaged(line: line.number, "the prompt is empty")
      }
      guard row.identifiers.count == row.arguments.count else {
        throw file.file.damaged(
          line: line.number,
          "there are \(row.identifiers.count) instructions but arguments for "
            + "\(row.arguments.count)")
      }
      let kinds = row.identifiers.map { $0.split(separator: ":", omittingEmptySubsequences: false) }
      guard let first = kinds.first?.first,
        kinds.allSatisfy({ $0.count == 2 && $0.allSatisfy { !$0.isEmpty } })
      else {
        throw file.file.damaged(
          line: line.number, "an instruction is missing or not of the form kind:name")
      }
      let instructions = try zip(row.identifiers, row.arguments).map {
        InstructionReference(identifier: $0, arguments: try InstructionArgument.text(of: $1))
      }
      return BenchmarkItem(
        id: String(row.key), category: String(first), domain: String(first),
        task: .conversation(
          Conversation(
            turns: [row.prompt], maximumTokens: Self.maximumTokens,
            grading: .instructions(instructions))))
    }
  }

  private struct Row: Decodable {
    let key: Int
    let prompt: String
    let identifiers: [String]
    let arguments: [[String: InstructionArgument]]

    enum CodingKeys: String, CodingKey {
      case key, prompt
      case identifiers = "instruction_id_list"
      case arguments = "kwargs"
    }
  }
}
