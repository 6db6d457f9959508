import Foundation
import PrismModel
import Testing

@Suite("Models by path")
struct FormatsModelFilesTests {
  @Test func shardedFolder() throws {
    let folder = try FormatsFixtures.path("sharded")
    let configuration = try ConfigurationJSON.read(path: folder + "/config.json")
    let source = try SafetensorsSource(folder: folder, configuration: configuration)
    let expected = try SafetensorsFile(path: FormatsFixtures.path("sharded.expected.safetensors"))
    #expect(source.tensorNames == expected.tensorNames)
    for name in source.tensorNames {
      #expect(try FormatsFixtures.values(name, of: source).bits == expected.values(of: name).bits)
    }
  }

  /// A tied model ignores a stored copy of the embedding; an untied one needs the output.
  @Test func outputMatrix() throws {
    try Self.withShardedCopy { folder in
      try Self.edit(folder, "config.json") {
        $0.replacing("\"tie_word_embeddings\": false", with: "\"tie_word_embeddings\": true")
      }
      let configuration = try ConfigurationJSON.read(path: folder.path + "/config.json")
      let source = try SafetensorsSource(folder: folder.path, configuration: configuration)
      #expect(!source.tensorNames.contains("lm_head.weight"))
    }
  }

  static let indexEdits = [
    (
      "model-00002-of-00002.safetensors", "../model-00002-of-00002.safetensors",
      "a file in the same folder"
    ),
    (
      "model-00002-of-00002.safetensors", "model-00003-of-00002.safetensors",
      "missing file model-00003"
    ),
    ("\"lm_head.weight\"", "\"lm_tail.weight\"", "missing tensor lm_tail.weight"),
    ("\"weight_map\"", "\"map\"", "weight_map"),
  ]

  @Test(arguments: indexEdits)
  func brokenIndex(_ old: String, _ new: String, _ message: String) throws {
    try Self.withShardedCopy { folder in
      let configuration = try ConfigurationJSON.read(path: folder.path + "/config.json")
      try Self.edit(folder, "model.safetensors.index.json") { $0.replacing(old, with: new) }
      let error = #expect(throws: ModelError.self) {
        try SafetensorsSource(folder: folder.path, configuration: configuration)
      }
      #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }
  }

  @Test func noModel() throws {
    try FormatsFixtures.withFolder { folder in
      #expect(Self.message(folder.path + "/missing").contains("no such file or folder"))
      #expect(Self.message(folder.path).contains("the folder is empty"))
      try Data().write(to: folder.appendingPathComponent("a.gguf"))
      #expect(Self.message(folder.path).contains("did you mean the file a.gguf"))
      #expect(Self.message(folder.path + "/a.gguf").contains("the file is empty"))
      for (name, part) in [
        ("b.txt", "neither a GGUF file nor a folder"), ("b.gguf.part", "unfinished download"),
        ("b.safetensors", "give its folder"),
      ] {
        try Data("text".utf8).write(to: folder.appendingPathComponent(name))
        #expect(Self.message(folder.path + "/" + name).contains(part))
      }
    }
  }

  @Test func truncatedGGUF() throws {
    let bytes = try FormatsFixtures.bytes("llama.gguf")
    try FormatsFixtures.withFile(Array(bytes.dropLast(1))) { path in
      #expect(Self.message(path).contains("download is incomplete"))
    }
  }

  static let templates: [(files: [String: String], expected: String?)] = [
    ([:], nil),
    (["tokenizer_config.json": "{}"], nil),
    (["tokenizer_config.json": "{\"chat_template\": \"A\"}"], "A"),
    (["tokenizer_config.json": "{\"chat_template\": \"A\"}", "chat_template.jinja": "B\n"], "B\n"),
    (
      [
        "tokenizer_config.json":
          "{\"chat_template\": [{\"name\": \"tool_use\", \"template\": \"T\"}, {\"name\": \"default\", \"template\": \"D\"}]}"
      ], "D"
    ),
  ]

  @Test(arguments: templates)
  func chatTemplates(_ files: [String: String], _ expected: String?) throws {
    try FormatsFixtures.withFolder { folder in
      for (name, text) in files {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
      }
      #expect(try ChatTemplateFile.read(folder: folder) == expected)
    }
  }

  @Test(.enabled(if: FormatsRealModel.path != nil))
  func realModel() throws {
    let model = try ModelFiles.open(#require(FormatsRealModel.path))
    #expect(model.summary.parameterCount == 134_515_008)
    #expect(model.summary.tensorTypes == ["F32": 61, "Q4_1": 210, "Q8_0": 1])
    #expect(
      model.summary.architecture
        == "Llama decoder, 9 heads sharing 3 key-value heads, output tied to the embedding")
    #expect(model.summary.hasChatTemplate && model.chatTemplate?.contains("<|im_start|>") == true)
    #expect(model.fingerprint.count == 64)
    #expect(try ModelFiles.open(model.path).fingerprint == model.fingerprint)
  }

  private static func message(_ path: String) -> String {
    do {
      _ = try ModelFiles.open(path)
      return "opens"
    } catch { return "\(error)" }
  }

  private static func withShardedCopy(_ body: (URL) throws -> Void) throws {
    try FormatsFixtures.withFolder { parent in
      let folder = parent.appendingPathComponent("model")
      try FileManager.default.copyItem(at: FormatsFixtures.url("sharded"), to: folder)
      try body(folder)
    }
  }

  private static func edit(_ folder: URL, _ name: String, _ change: (String) -> String) throws {
    let url = folder.appendingPathComponent(name)
    let text = String(decoding: try Data(contentsOf: url), as: UTF8.self)
    let changed = change(text)
    #expect(changed != text)
    try Data(changed.utf8).write(to: url)
  }
}
