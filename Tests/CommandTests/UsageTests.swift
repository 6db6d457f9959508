import Foundation
import Testing

@Suite("Wrong flags and wrong files are one clear sentence")
struct UsageTests {
  @Test(
    "a usage error names the mistake and exits with 64",
    arguments: [
      (["distill"], "--model"),
      (["distill", "--model", "m", "--out", "r", "--preset", "huge"], "demo, default, paper"),
      (["distill", "--model", "m", "--out", "r", "--queries", "0"], "--queries is 0"),
      (["distill", "--model", "m", "--out", "r", "--seed", "-1"], "--seed"),
      (
        ["distill", "--model", "m", "--out", "r", "--domains", "a", "--personas", "p"],
        "not both"
      ),
      (["distill", "--model", "m", "--out", "r", "--domains", " , "], "names no domain"),
      (["generate", "--model", "m", "--wrong", "hello"], "--wrong"),
      (["generate", "hello"], "--model"),
      (["generate", "--model", "m", "--route", "adapter", "hello"], "--bundle"),
      (["generate", "--model", "m", "--route", "sideways", "hello"], "sideways"),
      (["generate", "--model", "m", "--temperature", "11", "hello"], "temperature is 11"),
      (["generate", "--model", "m", "--top-p", "0", "hello"], "topP is 0"),
      (["generate", "--model", "m", "--max-tokens", "0", "hello"], "maxTokens is 0"),
      (["generate", "--model", "m", "--stop", "", "hello"], "stop"),
      (["generate", "--model", "m", "--threads", "0", "hello"], "--threads is 0"),
      (["generate", "--model", "m", "--precision", "int3", "hello"], "int3"),
      (["generate", "--model", "m", "--file", "f", "hello"], "not both"),
      (["route", "--model", "m", "hello"], "--bundle"),
      (["chat"], "--model"),
      (["inspect"], "path"),
      (["sing"], "sing"),
    ])
  func usage(arguments: [String], expected: String) throws {
    let outcome = try PrismProcess.run(arguments)
    #expect(outcome.status == 64)
    #expect(outcome.output == "")
    #expect(outcome.firstErrorLine.hasPrefix("error: "))
    #expect(outcome.errors.contains(expected), "\(outcome.errors)")
  }

  /// One sentence on standard error, nothing on standard output, status 1.
  private func expectFailure(
    _ arguments: [String], input: String = "", _ expected: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let outcome = try PrismProcess.run(arguments, input: input)
    #expect(outcome.status == 1, "\(outcome.errors)", sourceLocation: sourceLocation)
    #expect(outcome.output == "", sourceLocation: sourceLocation)
    let lines = outcome.errors.split(separator: "\n")
    #expect(lines.count == 1, "\(outcome.errors)", sourceLocation: sourceLocation)
    #expect(outcome.errors.hasPrefix("error: "), sourceLocation: sourceLocation)
    #expect(outcome.errors.contains(expected), "\(outcome.errors)", sourceLocation: sourceLocation)
  }

  @Test("a missing model says what is known and how to get it")
  func missingModel() throws {
    try expectFailure(["inspect", "nowhere/model.gguf"], "no such file or folder")
    try expectFailure(["generate", "--model", "gpt", "hi"], "smollm2-135m-instruct")
    try expectFailure(
      ["generate", "--model", "smollm2-135m-instruct", "hi"],
      "prism models --fetch smollm2-135m-instruct")
    try expectFailure(["models", "--fetch", "gpt"], "smollm2-135m-instruct")
  }

  @Test("a damaged model is named with the place and what to do")
  func damagedModel() throws {
    let folder = try TemporaryFolder()
    let empty = try folder.write("", to: "empty.gguf")
    try expectFailure(["inspect", empty], "the file is empty")
    // Magic, version 3, one tensor and one value promised, and then nothing.
    let header: [UInt8] =
      Array("GGUF".utf8) + [3, 0, 0, 0] + [1, 0, 0, 0, 0, 0, 0, 0] + [1, 0, 0, 0, 0, 0, 0, 0]
    try Data(header).write(to: folder.url("cut.gguf"))
    for command in [["inspect"], ["generate", "hi", "--model"]] {
      try expectFailure(command + [folder.file("cut.gguf")], "cut.gguf")
    }
    let model = try TinyModel.make(in: folder)
    let weights = folder.url("tiny/model.safetensors")
    let bytes = try Data(contentsOf: weights)
    try bytes.prefix(bytes.count / 2).write(to: weights)
    try expectFailure(["generate", "--model", model, "hi"], "model.safetensors")
    try expectFailure(["inspect", folder.path], "config.json")
  }

  @Test("a configuration's problems come all at once, before the model loads")
  func configuration() throws {
    let folder = try TemporaryFolder()
    let config = try folder.write(
      "queries: {perPersonna: 3, temperature: 99}\nadaptor: {rank: 4}\n", to: "config.yaml")
    let arguments = ["distill", "--model", "none", "--out", folder.file("run"), "--config", config]
    try expectFailure(arguments, "queries.perPersonna")
    try expectFailure(arguments, "adaptor")
    try expectFailure(arguments, "queries.temperature")
    #expect(!FileManager.default.fileExists(atPath: folder.file("run")))
  }

  @Test("a folder that cannot be made or written in is named with what is in the way")
  func outFolder() throws {
    let folder = try TemporaryFolder()
    let model = try TinyModel.make(in: folder)
    let file = try folder.write("mine", to: "taken")
    let cases = [
      (file, "/taken is a file; choose another folder"),
      (file + "/a/b", "/taken is a file; choose another folder"),
      ("", "the name is empty; name a folder"),
    ]
    for (out, expected) in cases {
      try expectFailure(["distill", "--model", model, "--out", out], expected)
      try expectFailure(
        ["eval", "--model", model, "--data", "sample", "--strategies", "base", "--out", out],
        expected)
    }
    #if os(Linux)
      // Nobody, not even root, makes a folder here.
      try expectFailure(
        ["distill", "--model", model, "--out", "/proc/prism/run"],
        "cannot use \"/proc/prism/run\" as a run's folder: nothing can be written in /proc (")
    #endif
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "mine")
  }

  @Test("prompts that cannot be read are named with file and line")
  func prompts() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("{\"prompt\": \"a\"}\n{\"promt\": \"b\"}\n", to: "p.jsonl")
    try expectFailure(["generate", "--model", "m", "--file", file], "line 2 of")
    try expectFailure(["generate", "--model", "m", "--file", folder.file("none")], "cannot read")
    try expectFailure(["generate", "--model", "m"], input: " \n", "there is no prompt")
  }

  @Test("persona folders and bundles that hold nothing are refused")
  func folders() throws {
    let folder = try TemporaryFolder()
    let model = try TinyModel.make(in: folder)
    try FileManager.default.createDirectory(
      atPath: folder.file("none"), withIntermediateDirectories: true)
    let distill = try PrismProcess.run([
      "distill", "--model", model, "--out", folder.file("run"), "--personas", folder.file("none"),
    ])
    #expect(distill.status == 1)
    #expect(distill.errors.contains("cannot use the personas"))
    try expectFailure(
      ["route", "--model", model, "--bundle", folder.file("none"), "hi"], "prism.json")
  }
}
