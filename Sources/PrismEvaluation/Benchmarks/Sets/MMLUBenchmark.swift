package import Foundation

/// Exam questions with four choices in 57 subjects, scored by the most likely letter.
/// Source: Hendrycks et al., "Measuring Massive Multitask Language Understanding", 2021.
package struct MMLUBenchmark: Benchmark {
  package let name = "mmlu"
  package let scale = ScoreScale.share(.accuracy)

  package init() {}

  /// Questions of all subjects under `mmlu/test`, subjects in alphabetic order; a folder may hold only
  /// some of them. Category is the subject, and identifiers are "subject/row" with rows from 0.
  package func items(in data: URL) throws -> [BenchmarkItem] {
    try subjects(in: data).flatMap { subject in
      try questions("test", of: subject.name, in: data).enumerated().map { row, question in
        BenchmarkItem(
          id: "\(subject.name)/\(row)", category: subject.name, domain: subject.domain,
          task: .letters(question))
      }
    }
  }

  /// The worked examples of each subject (`mmlu/dev`, five in the published files), by subject.
  package func examples(in data: URL) throws -> [String: [LetterQuestion]] {
    let subjects = try subjects(in: data)
    return try Dictionary(
      uniqueKeysWithValues: subjects.map {
        ($0.name, try questions("dev", of: $0.name, in: data))
      })
  }

  /// Subjects that both folders hold. A file in one without its counterpart in the other is an error:
  /// that is how half a download looks.
  private func subjects(in data: URL) throws -> [(name: String, domain: String)] {
    let test = try names("test", in: data)
    let dev = try names("dev", in: data)
    for (folder, lone) in [("dev", test.subtracting(dev)), ("test", dev.subtracting(test))] {
      guard let subject = lone.min() else { continue }
      throw BenchmarkFile.missing(
        data.appendingPathComponent(Self.path(folder, of: subject)).path)
    }
    return try test.sorted().map { name in
      guard let domain = MMLUSubject.domain[name] else {
        throw EvaluationError.benchmarkData(
          path: data.appendingPathComponent(Self.path("test", of: name)).path, line: nil,
          problem: "\"\(name)\" is none of MMLU's 57 subjects",
          advice: "rename the file to subject_test.csv, or move it elsewhere")
      }
      return (name, domain)
    }
  }

  private func names(_ folder: String, in data: URL) throws -> Set<String> {
    let url = data.appendingPathComponent("mmlu/\(folder)")
    // Missing or unreadable: either way the error names the folder and says what belongs there.
    guard let files = try? FileManager.default.contentsOfDirectory(atPath: url.path) else {
      throw BenchmarkFile.missing(url.path)
    }
    let ending = "_\(folder).csv"
    let names = files.filter { $0.hasSuffix(ending) && !$0.hasPrefix(".") }
    guard !names.isEmpty else {
      throw EvaluationError.benchmarkData(
        path: url.path, line: nil, problem: "the folder holds no file that ends in \(ending)",
        advice: "copy the benchmark's \(folder) folder there")
    }
    return Set(names.map { String($0.dropLast(ending.count)) })
  }

  private static func path(_ folder: String, of subject: String) -> String {
    "mmlu/\(folder)/\(subject)_\(folder).csv"
  }

  private func questions(
    _ folder: String, of subject: String, in data: URL
  ) throws -> [LetterQuestion] {
    let file = try BenchmarkFile(Self.path(folder, of: subject), in: data)
    return try CSVRecords.read(file).map { record in
      guard record.fields.count == 6 else {
        throw file.damaged(
          line: record.line,
          "the row has \(record.fields.count) cells but needs 6: a question, four choices and a letter"
        )
      }
      guard let answer = ["A", "B", "C", "D"].firstIndex(of: record.fields[5]) else {
        throw file.damaged(
          line: record.line, "the answer is \"\(record.fields[5])\" but has to be A, B, C or D")
      }
      guard !record.fields.contains(where: \.isBlank) else {
        throw file.damaged(line: record.line, "the question or a choice is empty")
      }
      return LetterQuestion(
        question: record.fields[0], choices: Array(record.fields[1...4]), answer: answer,
        subject: subject)
    }
  }
}
