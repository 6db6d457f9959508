import Foundation
import PrismModel
import PrismRouter
import Testing

@Suite("Adapters for other programs")
struct ExportTests {
  /// A GGUF adapter, read back with the reader for models.
  private func export(
    _ weights: LoRAWeights, _ body: (GGUFFile, (String) throws -> [Float]) throws -> Void
  ) throws {
    try BundleToys.withFolder { folder in
      let path = folder + "/adapter.gguf"
      try AdapterGGUF.write(weights, name: "tiny", to: path)
      let file = try GGUFFile(path: path)
      try body(file) { name in
        let tensor = try #require(file.tensors.first { $0.name == name })
        var values = [Float](repeating: 0, count: tensor.count)
        values.withUnsafeMutableBufferPointer { file.read(tensor, into: $0) }
        return values
      }
    }
  }

  @Test("the GGUF file says what llama.cpp asks for and has two tensors a projection")
  func metadata() throws {
    try export(BundleToys.adapter()) { file, _ in
      #expect(file.version == 3)
      #expect(file.metadata["general.type"]?.text == "adapter")
      #expect(file.metadata["general.architecture"]?.text == "llama")
      #expect(file.metadata["adapter.type"]?.text == "lora")
      #expect(file.metadata["adapter.lora.alpha"]?.number == 4)
      // Layers 1 and 2, seven projections, A and B.
      #expect(file.tensors.count == 28)
      #expect(!file.tensors.contains { $0.name.hasPrefix("blk.0.") })
      let shapes = Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, $0.shape) })
      #expect(shapes["blk.1.ffn_down.weight.lora_a"] == [2, 64])
      #expect(shapes["blk.2.attn_k.weight.lora_b"] == [16, 2])
      #expect(shapes["blk.2.attn_output.weight.lora_b"] == [32, 2])
    }
  }

  @Test("rows of B of queries and keys are interleaved, everything else is in order")
  func order() throws {
    let weights = BundleToys.adapter()
    try export(weights) { _, values in
      for projection in Projection.allCases {
        let name = try #require(GGUFTensorNames.ggmlName(layer: 1, projection))
        let a = Array(weights.values[weights.rangeOfA(layer: 1, projection)])
        #expect(try values(name + ".lora_a") == a)
      }
      let up = Array(weights.values[weights.rangeOfB(layer: 1, .up)])
      #expect(try values("blk.1.ffn_up.weight.lora_b") == up)
      // Heads of 8 rows: ggml's rows 0, 1, 2, 3 are Hugging Face's 0, 4, 1, 5; the next head's
      // begin at 8. Two values a row.
      let b = Array(weights.values[weights.rangeOfB(layer: 1, .query)])
      let found = try values("blk.1.attn_q.weight.lora_b")
      for (row, source) in [(0, 0), (1, 4), (2, 1), (3, 5), (7, 7), (8, 8), (9, 12)] {
        #expect(found[2 * row] == b[2 * source] && found[2 * row + 1] == b[2 * source + 1])
      }
    }
  }

  @Test("Qwen2's rows stay as they are")
  func qwen() throws {
    var model = BundleToys.model
    model.architecture = .qwen2
    var weights = LoRAWeights(rank: 2, alpha: 4, layers: 1..<3, model: model)
    for index in weights.values.indices { weights.values[index] = Float(index) }
    try export(weights) { file, values in
      #expect(file.metadata["general.architecture"]?.text == "qwen2")
      let b = Array(weights.values[weights.rangeOfB(layer: 2, .key)])
      let found = try values("blk.2.attn_k.weight.lora_b")
      #expect(found == b)
    }
  }

  @Test("the peft folder reads back to the same adapter and names its layers")
  func peft() throws {
    let bundle = try BundleToys.bundle()
    try BundleToys.withFolder { folder in
      let path = folder + "/peft"
      try AdapterFolder.write(bundle, baseModelName: "tiny", to: path)
      #expect(try AdapterFiles.read(path, model: BundleToys.model) == bundle.adapter)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: path).sorted() == [
          "adapter_config.json", "adapter_model.safetensors",
        ])
      let data = try Data(contentsOf: URL(filePath: path + "/adapter_config.json"))
      let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
      #expect(object["layers_to_transform"] as? [Int] == [1, 2])
      #expect(object["base_model_name_or_path"] as? String == "tiny")
      // A second export must not mix with the first.
      #expect {
        try AdapterFolder.write(bundle, baseModelName: "tiny", to: path)
      } throws: { "\($0)".contains("there is something already") }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["peft"])
    }
  }

  @Test("a writer's mistake is refused before a file stands there")
  func mistakes() throws {
    try BundleToys.withFolder { folder in
      let path = folder + "/x.gguf"
      let tensor = GGUFWriter.Tensor(name: "a", shape: [2, 2], values: [1])
      #expect(throws: ModelError.self) {
        try GGUFWriter.write(metadata: [], tensors: [tensor, tensor], to: path)
      }
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }
}
