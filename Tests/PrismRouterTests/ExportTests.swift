import Foundation
import PrismModel
import PrismRouter
import Testing

@Suite("Adapters for other programs")
struct ExportTests {
  /// What the GGUF adapter holds, read back with the reader for models.
  private struct Exported {
    let metadata: [String: MetadataValue]
    let shapes: [String: [Int]]
    let values: [String: [Float]]

    init(_ weights: LoRAWeights) throws {
      let bundle = try BundleToys.bundle(adapter: weights)
      var opened: GGUFFile?
      try BundleToys.withFolder { folder in
        try AdapterGGUF.write(bundle, to: folder + "/adapter.gguf")
        opened = try GGUFFile(path: folder + "/adapter.gguf")
      }
      let file = try #require(opened)
      metadata = file.metadata
      shapes = Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, $0.shape) })
      values = Dictionary(
        uniqueKeysWithValues: file.tensors.map { tensor in
          var values = [Float](repeating: 0, count: tensor.count)
          values.withUnsafeMutableBufferPointer { file.read(tensor, into: $0) }
          return (tensor.name, values)
        })
    }
  }

  /// Calls of llama.cpp's loader: llama_adapter_lora_init_impl in src/llama-adapter.cpp.
  @Test("the GGUF file says what llama.cpp asks for and has two tensors a projection")
  func metadata() throws {
    let file = try Exported(BundleToys.adapter())
    #expect(file.metadata["general.type"]?.text == "adapter")
    #expect(file.metadata["general.architecture"]?.text == "llama")
    #expect(file.metadata["general.name"]?.text == "tiny-llama")
    #expect(file.metadata["adapter.type"]?.text == "lora")
    #expect(file.metadata["adapter.lora.alpha"]?.number == 4)
    #expect(file.metadata.count == 5)
    // Layers 1 and 2, seven projections, A `[rank, in]` and B `[out, rank]`.
    let sizes = [
      "attn_q": (32, 32), "attn_k": (32, 16), "attn_v": (32, 16), "attn_output": (32, 32),
      "ffn_gate": (32, 64), "ffn_up": (32, 64), "ffn_down": (64, 32),
    ]
    var expected: [String: [Int]] = [:]
    for layer in 1...2 {
      for (name, size) in sizes {
        expected["blk.\(layer).\(name).weight.lora_a"] = [2, size.0]
        expected["blk.\(layer).\(name).weight.lora_b"] = [size.1, 2]
      }
    }
    #expect(file.shapes == expected)
  }

  @Test("rows of B of queries and keys are interleaved, everything else is in order")
  func order() throws {
    let weights = BundleToys.adapter()
    let file = try Exported(weights)
    for layer in 1...2 {
      for projection in Projection.allCases {
        let name = GGUFTensorNames.ggmlName(layer: layer, projection)
        let a = Array(weights.values[weights.rangeOfA(layer: layer, projection)])
        #expect(file.values[name + ".lora_a"] == a, "\(name)")
        let b = Array(weights.values[weights.rangeOfB(layer: layer, projection)])
        let found = try #require(file.values[name + ".lora_b"])
        guard projection == .query || projection == .key else {
          #expect(found == b, "\(name)")
          continue
        }
        // Heads of 8 rows: of ggml's rows 0, 1, 2, ... the sources are Hugging Face's 0, 4, 1, 5, 2,
        // 6, 3, 7, and so on from 8. Two values a row.
        let source = [0, 4, 1, 5, 2, 6, 3, 7]
        let rows = (0..<b.count / 2).map { $0 / 8 * 8 + source[$0 % 8] }
        #expect(found == rows.flatMap { [b[2 * $0], b[2 * $0 + 1]] }, "\(name)")
      }
    }
  }

  @Test("Qwen2's rows stay as they are")
  func qwen() throws {
    var model = BundleToys.model
    model.architecture = .qwen2
    var weights = LoRAWeights(rank: 2, alpha: 4, layers: 1..<3, model: model)
    for index in weights.values.indices { weights.values[index] = Float(index) }
    let file = try Exported(weights)
    #expect(file.metadata["general.architecture"]?.text == "qwen2")
    let b = Array(weights.values[weights.rangeOfB(layer: 2, .key)])
    #expect(file.values["blk.2.attn_k.weight.lora_b"] == b)
  }

  @Test("the peft folder reads back to the same adapter and names its layers")
  func peft() throws {
    let bundle = try BundleToys.bundle()
    try BundleToys.withFolder { folder in
      let path = folder + "/peft"
      try AdapterFolder.write(bundle, to: path)
      let read = try AdapterFiles.read(path, model: BundleToys.model)
      #expect(read == bundle.adapter)
      let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
      #expect(names == ["adapter_config.json", "adapter_model.safetensors"])
      let data = try Data(contentsOf: URL(filePath: path + "/adapter_config.json"))
      let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
      #expect(object["layers_to_transform"] as? [Int] == [1, 2])
      #expect(object["base_model_name_or_path"] as? String == "tiny-llama")
    }
  }

  @Test("what stands there already is left alone and the sentence says so")
  func occupied() throws {
    let bundle = try BundleToys.bundle()
    try BundleToys.withFolder { folder in
      let path = folder + "/mine"
      try Data("mine".utf8).write(to: URL(filePath: path))
      for write in [AdapterGGUF.write, AdapterFolder.write] {
        #expect {
          try write(bundle, path)
        } throws: {
          "\($0)"
            == "will not replace \(path): something is there already; give another name or move it away"
        }
      }
      let kept = try Data(contentsOf: URL(filePath: path))
      #expect(kept == Data("mine".utf8))
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(names == ["mine"])
    }
  }

  @Test("a folder that is not there is named as the user named it")
  func noFolder() throws {
    let bundle = try BundleToys.bundle()
    try BundleToys.withFolder { folder in
      let path = folder + "/none/adapter"
      for write in [AdapterGGUF.write, AdapterFolder.write] {
        #expect(
          throws: ModelError.unwritable(path: path, reason: "No such file or directory")
        ) { try write(bundle, path) }
      }
    }
  }

  @Test("a writer's mistakes are refused before a file stands there")
  func mistakes() throws {
    try BundleToys.withFolder { folder in
      let path = folder + "/x.gguf"
      let tensor = GGUFWriter.Tensor(name: "a", shape: [2, 2], values: [1])
      #expect {
        try GGUFWriter.write(metadata: [], tensors: [tensor, tensor], to: path)
      } throws: {
        "\($0)".contains("a has shape [2, 2] but 1 values; tensor a occurs twice; a has shape")
      }
      let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(names.isEmpty)
    }
  }
}
