import Foundation
import Testing

@Suite("A run from the command line", .serialized)
struct RunTests {
  let folder: TemporaryFolder
  let model: String
  let config: String

  init() throws {
    folder = try TemporaryFolder()
    model = try TinyModel.make(in: folder)
    config = try folder.write(TinyModel.settings, to: "tiny.yaml")
  }

  private func distill(
    _ run: String, _ more: [String] = [], interruptWhen: (() -> Bool)? = nil
  ) throws -> PrismProcess.Outcome {
    try PrismProcess.run(
      ["distill", "--model", model, "--out", folder.file(run), "--config", config] + more,
      interruptWhen: interruptWhen)
  }

  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test("distill, inspect, route and generate work together")
  func main() throws {
    let outcome = try distill("run")
    try #require(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("distill"))
    #expect(outcome.output.contains("run/bundle"))
    #expect(outcome.errors.contains("perPersona 6"))
    let run = folder.file("run")

    let inspected = try object(PrismProcess.run(["inspect", "--json", run]).output)
    #expect(inspected["kind"] as? String == "run")
    #expect(
      (inspected["stages"] as? [String: String])?.values.allSatisfy { $0 == "complete" } == true)
    let metrics = try #require(inspected["metrics"] as? [String: Any])
    let queries = try #require(metrics["queries"] as? Int)
    #expect(metrics["distill"] as? Int == queries - (metrics["retain"] as? Int ?? 0))
    #expect((8...12).contains(queries))
    #expect(metrics["distillation"] is [String: Any])
    let policies = try #require(inspected["policies"] as? [[String: Any]])
    #expect(policies.map { $0["policy"] as? String } == ["debiased", "strict"])
    #expect(policies[0]["distill"] as? Int == metrics["distill"] as? Int)
    let heldOut = try #require((metrics["gate"] as? [String: Any])?["heldOutCount"] as? Int)
    #expect(outcome.output.contains("A held-out query for the ") == (heldOut > 0))

    let again = try distill("run", ["--json"])
    #expect(again.status == 0)
    #expect(try object(again.output)["queries"] as? Int == queries)

    let bundle = run + "/bundle"
    let described = try PrismProcess.run(["inspect", bundle])
    #expect(described.output.contains("a bundle") && described.output.contains("reads layer 0"))

    let routed = try PrismProcess.run(["route", "--json", "--bundle", bundle, "Hello", "World"])
    try #require(routed.status == 0, "\(routed.errors)")
    #expect(routed.outputLines.count == 2)
    let decision = try object(routed.outputLines[0])
    #expect(
      decision.keys.sorted() == ["gateLayer", "probability", "prompt", "route", "threshold"])

    let answer = try PrismProcess.run([
      "generate", "--json", "--bundle", bundle, "--max-tokens", "4", "Hello",
    ])
    try #require(answer.status == 0, "\(answer.errors)")
    #expect(try object(answer.output)["route"] as? String == decision["route"] as? String)
    let forced = try PrismProcess.run([
      "generate", "--json", "--bundle", bundle, "--route", "adapter", "--max-tokens", "4", "Hello",
    ])
    #expect(try object(forced.output)["route"] as? String == "adapter")
  }

  @Test("Ctrl-C half way, then the same command: the bytes of an uninterrupted run")
  func interruption() throws {
    let whole = try distill("whole")
    try #require(whole.status == 0, "\(whole.errors)")
    let partial = folder.file("cut/02-queries.partial.jsonl")
    let cut = try distill("cut", interruptWhen: { FileManager.default.fileExists(atPath: partial) })
    #expect(cut.status == 130, "\(cut.errors)")
    #expect(cut.errors.contains("the same command goes on from there"))
    #expect(!FileManager.default.fileExists(atPath: folder.file("cut/report.html")))
    let rest = try distill("cut")
    try #require(rest.status == 0, "\(rest.errors)")
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.file("whole")) {
      guard name.hasSuffix(".jsonl"), name != "events.jsonl" else { continue }
      #expect(
        try Data(contentsOf: folder.url("cut/" + name))
          == Data(contentsOf: folder.url("whole/" + name)), "\(name) differs")
    }
    for name in ["adapter_model.safetensors", "gate.safetensors", "adapter_config.json"] {
      #expect(
        try Data(contentsOf: folder.url("cut/bundle/" + name))
          == Data(contentsOf: folder.url("whole/bundle/" + name)), "\(name) differs")
    }
  }

  @Test("a changed setting is refused, --fresh starts anew")
  func changedSetting() throws {
    try #require(try distill("run").status == 0)
    let changed = try distill("run", ["--queries", "5"])
    #expect(changed.status == 1)
    #expect(changed.errors.contains("--fresh"), "\(changed.errors)")
    #expect(changed.errors.contains("queries.perPersona"))
    #expect(try distill("run", ["--queries", "5", "--fresh"]).status == 0)
  }

  @Test("a run on 8-bit weights is another run; what contradicts itself is refused")
  func roundedWeights() throws {
    let rounded = try distill("run", ["--weights", "int8"])
    try #require(rounded.status == 0, "\(rounded.errors)")
    #expect(rounded.errors.contains("precision int8"))
    let other = try distill("run", ["--weights", "fp32"])
    #expect(other.status == 1 && other.errors.contains("engine.precision"), "\(other.errors)")
    let both = try distill("both", ["--weights", "int8", "--precision", "fp32"])
    #expect(both.status == 64 && both.errors.contains("--weights int8 goes with --precision bf16"))
    let four = try distill("four", ["--weights", "int4"])
    #expect(four.status == 64 && four.errors.contains("bf16"), "\(four.errors)")
    for name in ["both", "four"] {
      #expect(
        !FileManager.default.fileExists(atPath: folder.file(name)), "no folder is left behind")
    }
  }

  @Test("a bundle of another model is refused by its fingerprint")
  func otherModel() throws {
    try #require(try distill("run").status == 0)
    let other = TinyModel.repository.appendingPathComponent(
      "Tests/PrismModelTests/Fixtures/models/tiny-mistral"
    ).path
    let outcome = try PrismProcess.run([
      "route", "--model", other, "--bundle", folder.file("run/bundle"), "Hello",
    ])
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("was made for the model"), "\(outcome.errors)")
  }
}
