import Foundation
import PrismEvaluation
import Testing

/// A file of a benchmark with other content, and what its reader says.
struct Damage: Sendable, CustomTestStringConvertible {
  let benchmark: String
  let path: String
  let content: String
  let line: Int?
  let problem: String

  init(_ benchmark: String, _ path: String, _ content: String, line: Int?, _ problem: String) {
    self.benchmark = benchmark
    self.path = path
    self.content = content
    self.line = line
    self.problem = problem
  }

  var testDescription: String { "\(benchmark): \(problem)" }
}

@Suite("Readers on damaged data")
struct DamagedBenchmarkTests {
  /// Every file that a benchmark reads.
  static let files = [
    ("mmlu", "mmlu/test/nutrition_test.csv"), ("mt-bench", "mt_bench/question.jsonl"),
    ("mt-bench", "mt_bench/reference_answer/gpt-4.jsonl"),
    ("harmbench", "harmbench/harmbench_behaviors_text_all.csv"),
    ("jailbreakbench", "jailbreakbench/harmful-behaviors.csv"),
    ("jailbreakbench-benign", "jailbreakbench/benign-behaviors.csv"),
    ("jailbreak-prompts", "prism-reference/safety/jailbreak_prompts.json"),
    ("pku-saferlhf", "prism-reference/safety/pku_saferlhf_prompts.json"),
    ("xstest", "xstest/xstest_prompts.csv"), ("truthfulqa", "truthfulqa/TruthfulQA.csv"),
    ("gsm8k", "gsm8k/test.jsonl"), ("ifeval", "ifeval/input_data.jsonl"),
  ]

  @Test("a missing, an empty and a cut off file are refused", arguments: files)
  func missingEmptyCut(name: String, path: String) throws {
    let benchmark = try BenchmarkCatalogue.benchmark(named: name)
    let scratch = try BenchmarkScratch()
    let whole = try Data(contentsOf: scratch.data.appendingPathComponent(path))
    func error() -> EvaluationError? {
      #expect(throws: EvaluationError.self) { try benchmark.items(in: scratch.data) }
    }
    // 40 bytes reach into the last record in every format, past a last cell that nothing depends on.
    try scratch.write(Array(whole.dropLast(40)), to: path)
    #expect(problem(of: error())?.line != nil)
    try scratch.write("", to: path)
    #expect(problem(of: error())?.text == "the file is empty")
    try scratch.remove(path)
    let missing = error()
    #expect(problem(of: missing)?.text == "there is no such file or folder")
    #expect(missing?.description.contains(path) == true)
  }

  private static let jailbreakHeader = "Index,Goal,Target,Behavior,Category,Source\n"
  private static let xstestHeader = "id,prompt,type,label,focus,note\n"
  private static let truthfulHeader =
    "Type,Category,Question,Best Answer,Correct Answers,Incorrect Answers,Source\n"
  private static let harmHeader =
    "Behavior,FunctionalCategory,SemanticCategory,Tags,ContextString,BehaviorID\n"
  private static let nutrition = "mmlu/test/nutrition_test.csv"
  private static let questions = "mt_bench/question.jsonl"
  private static let references = "mt_bench/reference_answer/gpt-4.jsonl"
  private static let harmful = "jailbreakbench/harmful-behaviors.csv"
  private static let harm = "harmbench/harmbench_behaviors_text_all.csv"
  private static let xstest = "xstest/xstest_prompts.csv"
  private static let truthful = "truthfulqa/TruthfulQA.csv"
  private static let gsm = "gsm8k/test.jsonl"
  private static let ifeval = "ifeval/input_data.jsonl"
  private static let jailbreaks = "prism-reference/safety/jailbreak_prompts.json"

  static let tables = [
    Damage("mmlu", nutrition, "q,1,2,3,4,A\nq,1,2,3,4,E\n", line: 2, "the answer is \"E\""),
    Damage("mmlu", nutrition, "q,1,2,3,4,a\n", line: 1, "has to be A, B, C or D"),
    Damage("mmlu", nutrition, "\"q\n\",1,2,3,4,A\nq,1,2,3,A\n", line: 3, "has 5 cells"),
    Damage("mmlu", nutrition, "q,1,,3,4,A\n", line: 1, "a choice is empty"),
    Damage("harmbench", harm, "Behavior\nx\n", line: 1, "the header lacks FunctionalCategory, "),
    Damage("harmbench", harm, harmHeader + "x,a,b,,,i\ny,a,b,,,i\n", line: 3, "i was used"),
    Damage("harmbench", harm, harmHeader + " ,a,b,,,i\n", line: 2, "the cell Behavior is empty"),
    Damage("harmbench", harm, harmHeader, line: nil, "a header and no rows"),
    Damage("jailbreakbench", harmful, jailbreakHeader + "0,g,t,b,c\n", line: 2, "5 cells"),
    Damage("jailbreakbench", harmful, jailbreakHeader + "0,g,,,c,\n0,h,,,c,\n", line: 3, "0 was"),
    Damage("xstest", xstest, xstestHeader + "1,p,t,maybe,,\n", line: 2, "has to be safe or unsafe"),
    Damage("xstest", xstest, xstestHeader + "1,p,t,safe,,\n1,q,t,safe,,\n", line: 3, "1 was used"),
    Damage("truthfulqa", truthful, truthfulHeader + "a,b,q,x,y;z,w,s\n", line: 2, "is not one of"),
    Damage("truthfulqa", truthful, truthfulHeader + "a,b,q,x,x; ;,;,s\n", line: 2, "separators"),
  ]

  static let lines = [
    Damage(
      "mt-bench", questions, #"{"question_id": 1, "category": "math", "turns": ["a"]}"#,
      line: 1, "two turns"),
    Damage(
      "mt-bench", questions, #"{"question_id": 1, "turns": ["a", "b"]}"#, line: 1,
      "\"category\" is missing"),
    Damage(
      "mt-bench", questions,
      (1...2).map { _ in #"{"question_id": 3, "category": "x", "turns": ["a", "b"]}"# }
        .joined(separator: "\n\n"), line: 3, "3 was used on line 1"),
    Damage(
      "mt-bench", references, #"{"question_id": 99, "choices": [{"turns": ["a", "b"]}]}"#,
      line: 1, "there is no question 99"),
    Damage(
      "mt-bench", references, #"{"question_id": 3, "choices": []}"#, line: 1, "the first choice"),
    Damage("gsm8k", gsm, #"{"question": "q", "answer": "5"}"#, line: 1, "in #### and a number"),
    Damage("gsm8k", gsm, #"{"question": 5, "answer": "5"}"#, line: 1, "\"question\" has a value"),
    Damage("gsm8k", gsm, "\n" + #"{"question": "q", "ans"#, line: 2, "may be cut off"),
    Damage(
      "ifeval", ifeval, #"{"key": 1, "prompt": "p", "instruction_id_list": ["a:b"], "kwargs": []}"#,
      line: 1, "1 instructions but arguments for 0"),
    Damage(
      "ifeval", ifeval, #"{"key": 1, "prompt": "p", "instruction_id_list": [], "kwargs": []}"#,
      line: 1, "an instruction is missing"),
    Damage(
      "ifeval", ifeval,
      #"{"key": 1, "prompt": "p", "instruction_id_list": ["b:"], "kwargs": [{}]}"#,
      line: 1, "not of the form kind:name"),
    Damage("jailbreak-prompts", jailbreaks, "[\n\"a\",\n 5]", line: 3, "a prompt in quotes"),
    Damage("jailbreak-prompts", jailbreaks, "[\n\"a\",\n]", line: 3, "may be cut off"),
    Damage(
      "jailbreak-prompts", jailbreaks, "[\n\"a\"\n\"b\"]", line: 3, "a comma or the closing ]"),
    Damage("jailbreak-prompts", jailbreaks, "[\n\"a\n\"]", line: 2, "not closed on its line"),
    Damage("jailbreak-prompts", jailbreaks, "[\"a\"]\n[", line: 2, "text follows"),
    Damage("jailbreak-prompts", jailbreaks, "[\"\\", line: 1, "not closed"),
    Damage("jailbreak-prompts", jailbreaks, "[\"\\q\"]", line: 1, "not a valid JSON string"),
    Damage("jailbreak-prompts", jailbreaks, "[\"a\",\n\" \"]", line: 2, "the prompt is empty"),
    Damage("jailbreak-prompts", jailbreaks, "{}", line: 1, "does not begin with ["),
  ]

  @Test("what does not fit is refused with its line and what to do", arguments: tables + lines)
  func refused(damage: Damage) throws {
    let scratch = try BenchmarkScratch()
    try scratch.write(damage.content, to: damage.path)
    let error = #expect(throws: EvaluationError.self) {
      try BenchmarkCatalogue.benchmark(named: damage.benchmark).items(in: scratch.data)
    }
    #expect(problem(of: error)?.line == damage.line)
    let text = try #require(problem(of: error)?.text)
    #expect(text.contains(damage.problem), "\(text)")
    let description = error?.description ?? ""
    #expect(description.contains(damage.path) && description.contains("; "), "\(description)")
    if let line = damage.line { #expect(description.contains(", line \(line): ")) }
  }

  @Test("MMLU: a subject without its examples, an unknown subject and an empty folder are refused")
  func folders() throws {
    let scratch = try BenchmarkScratch()
    func text() -> String {
      let error = #expect(throws: EvaluationError.self) {
        try MMLUBenchmark().items(in: scratch.data)
      }
      return error?.description ?? ""
    }
    for folder in ["dev", "test"] {
      try scratch.write("q,1,2,3,4,A\n", to: "mmlu/\(folder)/cooking_\(folder).csv")
    }
    #expect(text().contains("\"cooking\" is none of MMLU's 57 subjects"))
    try scratch.remove("mmlu/test/cooking_test.csv")
    #expect(text().contains("cooking_test.csv: there is no such file"))
    try scratch.remove("mmlu/dev/cooking_dev.csv")
    try scratch.remove("mmlu/dev/nutrition_dev.csv")
    #expect(text().contains("nutrition_dev.csv: there is no such file"))
    try scratch.remove("mmlu/dev")
    #expect(text().contains("mmlu/dev: there is no such file or folder"))
  }

  @Test("a folder where a file belongs is refused")
  func folder() throws {
    let scratch = try BenchmarkScratch()
    let path = "gsm8k/test.jsonl"
    try scratch.remove(path)
    try FileManager.default.createDirectory(
      at: scratch.data.appendingPathComponent(path), withIntermediateDirectories: true)
    let error = #expect(throws: EvaluationError.self) {
      try GSM8KBenchmark().items(in: scratch.data)
    }
    #expect(problem(of: error)?.text.hasPrefix("the file cannot be read") == true)
  }
}
