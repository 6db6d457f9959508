import Foundation
import PrismPipeline
import Testing

@Suite("The report of a run", .serialized)
struct ReportTests {
  private let folder: TemporaryFolder

  /// One run of the tiny model for all tests here.
  init() throws {
    folder = try TemporaryFolder()
    let model = try TinyModel.make(in: folder)
    let config = try folder.write(TinyModel.settings, to: "tiny.yaml")
    let outcome = try PrismProcess.run([
      "distill", "--model", model, "--out", folder.file("run"), "--config", config,
    ])
    try #require(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("The report is \(folder.file("run"))/report.html."))
  }

  private func page() throws -> String {
    try String(contentsOf: folder.url("run/report.html"), encoding: .utf8)
  }

  private func object(_ name: String) throws -> [String: Any] {
    let data = try Data(contentsOf: folder.url("run/" + name))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  private func write(_ object: [String: Any], _ name: String) throws {
    try JSONSerialization.data(withJSONObject: object).write(to: folder.url("run/" + name))
  }

  /// Writes a file of a stage and its new hash into the stage's manifest.
  private func replace(_ name: String, _ data: Data, manifest: String) throws {
    try data.write(to: folder.url("run/" + name))
    var stage = try object(manifest)
    var files = try #require(stage["files"] as? [String: String])
    files[name] = CanonicalJSON.hash(data)
    stage["files"] = files
    try write(stage, manifest)
  }

  private func replaceGateReport(_ change: (inout [String: Any]) -> Void) throws {
    var report = try object("05-gate.report.json")
    change(&report)
    try replace(
      "05-gate.report.json", JSONSerialization.data(withJSONObject: report),
      manifest: "05-gate.manifest.json")
  }

  @Test("distill writes every section with the run's numbers; prism report writes the same again")
  func main() throws {
    let page = try page()
    for section in ["settings", "samples", "judging", "training", "gate"] {
      #expect(page.contains("<h2 id=\"\(section)\">"), "\(section)")
    }
    let metrics = try object("metrics.json")
    let queries = try #require(metrics["queries"] as? Int)
    #expect(page.contains("\(queries): \(metrics["distill"] ?? "") to distill"))
    #expect(page.contains("were not picked by hand"))
    #expect(
      page.components(separatedBy: "<article class=\"sample\">").count - 1 == min(12, queries))
    #expect(page.contains("Written by PRISM <bdi>0.1.0</bdi>."))
    // The names and values of all settings, and what each stage took.
    #expect(page.contains("queries.perPersona") && page.contains("Tokens a second"))
    let identity = try object("05-gate.manifest.json")["identity"] as? [String: Any]
    let fingerprint = try #require((identity?["inputs"] as? [String: String])?["model"])
    #expect(page.contains(fingerprint))
    // Every readable query has its probability, and a sample shows it with its route.
    let gate = try #require(try object("05-gate.report.json")["queries"] as? [[String: Any]])
    #expect(gate.count == queries)
    let probability = try #require(gate[0]["probability"] as? Double)
    #expect(page.contains(String(format: "<dt>Gate</dt><dd>%.2f</dd>", probability)))
    #expect(page.contains("<dt>Route</dt><dd><bdi>"))

    try FileManager.default.removeItem(at: folder.url("run/report.html"))
    let again = try PrismProcess.run(["report", folder.file("run")])
    try #require(again.status == 0, "\(again.errors)")
    #expect(again.output == "\(folder.file("run"))/report.html\n")
    #expect(try self.page() == page)
  }

  /// Gate reports did not always keep the probability of each query.
  @Test("a run of an older version has a report that says what it lacks")
  func olderRun() throws {
    try replaceGateReport { $0["queries"] = nil }
    let outcome = try PrismProcess.run(["report", folder.file("run")])
    try #require(outcome.status == 0, "\(outcome.errors)")
    #expect(try page().contains("did not keep the gate&#39;s probability of each query"))
    #expect(try !page().contains("<dt>Gate</dt><dd>0"))
  }

  @Test("a run that is damaged, unfinished or of another version is one clear sentence")
  func damage() throws {
    let files = FileManager.default
    let verdicts = try Data(contentsOf: folder.url("run/04-verdicts.jsonl"))
    let cases: [(expected: String, change: () throws -> Void)] = [
      (
        "its bytes are not those its manifest names",
        { try verdicts.dropLast(100).write(to: folder.url("run/04-verdicts.jsonl")) }
      ),
      (
        "line 1 cannot be read",
        {
          try replace(
            "04-verdicts.jsonl", Data("{}\n".utf8) + verdicts, manifest: "04-verdicts.manifest.json"
          )
        }
      ),
      (
        "04-verdicts.jsonl holds 0",
        { try replace("04-verdicts.jsonl", Data(), manifest: "04-verdicts.manifest.json") }
      ),
      (
        "has format 2, and this prism reads format 1",
        {
          var manifest = try object("05-gate.manifest.json")
          var identity = try #require(manifest["identity"] as? [String: Any])
          identity["formatVersion"] = 2
          identity["settings"] = nil
          manifest["identity"] = identity
          try write(manifest, "05-gate.manifest.json")
        }
      ),
      (
        "is not finished (06-adapter.manifest.json is missing)",
        { try files.removeItem(at: folder.url("run/06-adapter.manifest.json")) }
      ),
      (
        "07-bundle.manifest.json is damaged (it is not as written)",
        { try Data("{".utf8).write(to: folder.url("run/07-bundle.manifest.json")) }
      ),
      (
        "metrics.json is missing", { try files.removeItem(at: folder.url("run/metrics.json")) }
      ),
      (
        "the report cannot show a count of the gate's report",
        {
          try replaceGateReport { report in
            var strata = report["strata"] as? [[String: Any]] ?? []
            strata[0]["routedCount"] = Int.max
            report["strata"] = strata
          }
        }
      ),
      (
        "unknown key nonsense",
        { try Data("nonsense: 1\n".utf8).write(to: folder.url("run/configuration.yaml")) }
      ),
      (
        "holds neither results.json nor configuration.yaml",
        { try files.removeItem(at: folder.url("run/configuration.yaml")) }
      ),
    ]
    try files.moveItem(at: folder.url("run"), to: folder.url("whole"))
    for (expected, change) in cases {
      try files.copyItem(at: folder.url("whole"), to: folder.url("run"))
      try files.removeItem(at: folder.url("run/report.html"))
      try change()
      let outcome = try PrismProcess.run(["report", folder.file("run")])
      #expect(outcome.status == 1 && outcome.output == "", "\(expected)")
      #expect(outcome.errors.contains(expected), "\(outcome.errors)")
      #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
      #expect(!files.fileExists(atPath: folder.file("run/report.html")))
      try files.removeItem(at: folder.url("run"))
    }
    // What is no folder is not made into one.
    let nowhere = try PrismProcess.run(["report", folder.file("nowhere")])
    #expect(nowhere.status == 1 && nowhere.errors.contains("holds neither"))
    #expect(!files.fileExists(atPath: folder.file("nowhere")))
  }
}
