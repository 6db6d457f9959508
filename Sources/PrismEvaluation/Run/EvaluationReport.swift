import Foundation
public import PrismPipeline

/// The report of an evaluation, from the files that it left.
public enum EvaluationReport {
  /// Reads `results.json` and `items.jsonl` of the run and writes `report.html`.
  /// Throws `EvaluationError.resultsFile` when they are missing, damaged or of another version.
  public static func write(in directory: RunDirectory) throws {
    let results = try results(directory.file(EvaluationRun.resultsName))
    let items = try items(directory.file(EvaluationRun.itemsName))
    try write(results, items: items, threshold: results.settings.threshold, in: directory)
  }

  static func write(
    _ results: EvaluationResults, items: [ItemResult], threshold: Double?,
    in directory: RunDirectory
  ) throws {
    let shown = StudyTables.withoutCrowd(results)
    let left = results.settings.strategies.count - shown.settings.strategies.count
    let subject = left > 0 ? "When personas help" : "Evaluation of"
    var content = ReportContent(title: "\(subject) \(results.settings.model)")
    content.evaluation = shown
    if left > 0 {
      content.facts = [
        .init(name: "Single personas", value: "\(left) strategies, shown in the study's section")
      ]
    }
    if let threshold { content.gate = try OracleGate.content(items, threshold: threshold) }
    content.study = try StudyTables.content(results, items: items)
    try directory.write(Data(try ReportWriter.html(content).utf8), to: EvaluationRun.reportName)
  }

  private static func results(_ path: String) throws -> EvaluationResults {
    struct Version: Decodable { let version: Int }
    let data = try read(path)
    do {
      let version = try JSONDecoder().decode(Version.self, from: data).version
      guard version == EvaluationResults.currentVersion else {
        throw EvaluationError.resultsFile(
          path: path,
          problem:
            "it has version \(version), and this prism reads \(EvaluationResults.currentVersion)")
      }
      return try CanonicalJSON.value(EvaluationResults.self, from: data)
    } catch is DecodingError {
      throw EvaluationError.resultsFile(path: path, problem: "it is not as prism writes it")
    }
  }

  private static func items(_ path: String) throws -> [ItemResult] {
    try read(path).split(separator: UInt8(ascii: "\n")).enumerated().map { index, line in
      do { return try CanonicalJSON.value(ItemResult.self, from: Data(line)) } catch {
        throw EvaluationError.resultsFile(
          path: path, problem: "line \(index + 1) is not as prism writes it")
      }
    }
  }

  private static func read(_ path: String) throws -> Data {
    do { return try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
      throw EvaluationError.resultsFile(path: path, problem: "it cannot be read")
    }
  }
}
