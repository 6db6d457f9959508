import Foundation
import PrismModel
import Testing

@Suite("GGUF files")
struct FormatsGGUFTests {
  @Test(arguments: [("llama", 3), ("qwen2", 3), ("llama-biases", 3), ("qwen2-v2", 2)])
  func everyTensorInHuggingFaceOrder(_ name: String, _ version: Int) throws {
    let file = try GGUFFile(path: FormatsFixtures.path("\(name).gguf"))
    #expect(file.version == version)
    let source = try GGUFTensorSource(file, configuration: file.configuration())
    let reference = name.replacingOccurrences(of: "-v2", with: "")
    let expected = try SafetensorsFile(
      path: FormatsFixtures.path("\(reference).expected.safetensors"))
    #expect(source.tensorNames == expected.tensorNames)
    for name in source.tensorNames {
      #expect(try source.shape(of: name) == expected.tensor(name).shape, "\(name)")
      #expect(
        try FormatsFixtures.values(name, of: source).bits == expected.values(of: name).bits,
        "\(name)")
    }
  }

  @Test func configurations() throws {
    let llama = try GGUFFile(path: FormatsFixtures.path("llama.gguf")).configuration()
    #expect(
      llama
        == ModelConfiguration(
          architecture: .llama, vocabularySize: 40, hiddenSize: 32, layerCount: 2, headCount: 2,
          keyValueHeadCount: 1, headSize: 16, feedForwardSize: 64, contextLength: 128,
          normEpsilon: 1e-5, ropeBase: 50_000, ropeScaling: .divisors([1, 2, 3, 4, 5, 6, 7, 8]),
          tiedOutput: true, attentionBias: false))
    let qwen = try GGUFFile(path: FormatsFixtures.path("qwen2.gguf")).configuration()
    #expect(qwen.architecture == .qwen2 && qwen.attentionBias && !qwen.tiedOutput)
    #expect(qwen.ropeScaling == .none && qwen.vocabularySize == 16 && qwen.layerCount == 1)
  }

  @Test func everyKindOfMetadata() throws {
    let values = try GGUFFile(path: FormatsFixtures.path("llama.gguf")).metadata
    let expected: [String: MetadataValue] = [
      "uint8": .uint(200), "int8": .int(-100), "uint16": .uint(60000), "int16": .int(-30000),
      "uint32": .uint(4_000_000_000), "int32": .int(-2_000_000_000), "uint64": .uint(.max),
      "int64": .int(.min), "float32": .float(Double(Float(0.1))), "float64": .float(0.1),
      "bool": .bool(true), "string": .string("grüße 🎈"), "ints": .ints([-1, 2, 3]),
      "floats": .floats([0.5, -0.25]), "bools": .array([.bool(true), .bool(false)]),
      "strings": .strings([[97], [], [0xC3, 0xA9]]),
      "nested": .array([.ints([1, 2]), .ints([3])]),
    ]
    for (key, value) in expected { #expect(values["test.\(key)"] == value, "\(key)") }
    #expect(values["tokenizer.ggml.tokens"]?.entryCount == 40)
  }

  struct Broken: CustomTestStringConvertible, Sendable {
    let name: String
    let bytes: [UInt8]
    let message: String
    var testDescription: String { name }

    init(
      _ name: String, _ message: String, tensors: UInt64 = 0, values: UInt64 = 0,
      _ build: (inout GGUFBytes) -> Void
    ) {
      var file = GGUFBytes(tensors: tensors, values: values)
      build(&file)
      self.name = name
      bytes = file.bytes
      self.message = message
    }
  }

  static let broken = [
    Broken("empty", "an empty file") { $0.bytes = [] },
    Broken("other magic", "begins with \"GGUF\"") { $0.bytes[0] = 0x67 },
    Broken("magic only", "4 more bytes") { $0.bytes = Array("GGUF".utf8) },
    Broken("version 1", "GGUF version 1") { $0.bytes[4] = 1 },
    Broken("big-endian", "big-endian") { $0.bytes.replaceSubrange(4..<8, with: [0, 0, 0, 3]) },
    Broken("2^60 tensors", "number of tensors", tensors: 1 << 60) { $0.add(dataBytes: 4096) },
    Broken("2^60 values", "number of metadata values", values: 1 << 60) { $0.add(dataBytes: 4096) },
    Broken("long key", "length of metadata key 0", values: 1) {
      $0.add(UInt64(1) << 60)
      $0.add(dataBytes: 64)
    },
    Broken("key is no text", "UTF-8", values: 1) {
      $0.add(UInt64(1))
      $0.bytes.append(0xFF)
      $0.add(dataBytes: 64)
    },
    Broken("2^60 entries", "number of entries of k", values: 1) {
      $0.add("k")
      $0.add(UInt32(9))
      $0.add(UInt32(4))
      $0.add(UInt64(1) << 60)
      $0.add(dataBytes: 64)
    },
    Broken("entries whose bytes overflow", "number of entries of k", values: 1) {
      $0.add("k")
      $0.add(UInt32(9))
      $0.add(UInt32(10))
      $0.add(UInt64.max / 8 + 1)
      $0.add(dataBytes: 64)
    },
    Broken("unknown value type", "type from 0 to 12, found 13", values: 1) {
      $0.add("k")
      $0.add(UInt32(13))
      $0.add(dataBytes: 64)
    },
    Broken("deep arrays", "nested at most", values: 1) {
      $0.add("k")
      $0.add(UInt32(9))
      for _ in 0..<1000 {
        $0.add(UInt32(9))
        $0.add(UInt64(1))
      }
    },
    Broken("key twice", "k twice", values: 2) {
      for _ in 0..<2 {
        $0.add("k")
        $0.add(UInt32(0))
        $0.bytes.append(1)
      }
      $0.add(dataBytes: 32)
    },
    Broken("boolean 2", "0 or 1, found 2", values: 1) {
      $0.add("k")
      $0.add(UInt32(7))
      $0.bytes.append(2)
      $0.add(dataBytes: 32)
    },
    Broken("alignment 24", "power of two", values: 1) {
      $0.add("general.alignment")
      $0.add(UInt32(4))
      $0.add(UInt32(24))
    },
    Broken("no dimensions", "dimensions of a", tensors: 1) {
      $0.add(tensor: "a", [])
      $0.add(dataBytes: 64)
    },
    Broken("five dimensions", "1 to 4, found 5", tensors: 1) {
      $0.add(tensor: "a", [1, 1, 1, 1, 1])
      $0.add(dataBytes: 64)
    },
    Broken("size 0", "positive sizes", tensors: 1) {
      $0.add(tensor: "a", [4, 0])
      $0.add(dataBytes: 64)
    },
    Broken("product beyond 64 bits", "positive sizes", tensors: 1) {
      $0.add(tensor: "a", [1 << 32, 1 << 32])
      $0.add(dataBytes: 64)
    },
    Broken("bytes beyond 63 bits", "positive sizes", tensors: 1) {
      $0.add(tensor: "a", [1 << 61, 2])
      $0.add(dataBytes: 64)
    },
    Broken("half a block", "multiple of 32 values, the block of Q4_0", tensors: 1) {
      $0.add(tensor: "a", [16, 2], type: 2)
      $0.add(dataBytes: 64)
    },
    Broken("unsupported type", "tensor type IQ2_XS (of a)", tensors: 1) {
      $0.add(tensor: "a", [32], type: 17)
      $0.add(dataBytes: 64)
    },
    Broken("unknown type", "tensor type number 999", tensors: 1) {
      $0.add(tensor: "a", [32], type: 999)
      $0.add(dataBytes: 64)
    },
    Broken("unaligned", "multiple of the alignment 32, found 4", tensors: 1) {
      $0.add(tensor: "a", [4], offset: 4)
      $0.add(dataBytes: 64)
    },
    Broken("past the end", "download is incomplete", tensors: 1) {
      $0.add(tensor: "a", [17])
      $0.add(dataBytes: 64)
    },
    Broken("offset near 2^64", "data of a", tensors: 1) {
      $0.add(tensor: "a", [4], offset: .max - 31)
      $0.add(dataBytes: 64)
    },
    Broken("same bytes", "bytes that a also uses", tensors: 2) {
      $0.add(tensor: "a", [16])
      $0.add(tensor: "b", [4], offset: 32)
      $0.add(dataBytes: 64)
    },
    Broken("same name", "a twice", tensors: 2) {
      $0.add(tensor: "a", [8])
      $0.add(tensor: "a", [8], offset: 32)
      $0.add(dataBytes: 64)
    },
  ]

  @Test(arguments: broken)
  func brokenHeaders(_ broken: Broken) throws {
    let message = try FormatsFixtures.withFile(broken.bytes) { path in
      do {
        _ = try GGUFFile(path: path)
        return "loads"
      } catch let error as ModelError { return error.description }
    }
    #expect(message.contains(broken.message), "\(message)")
  }

  @Test func nonePresentIsListed() throws {
    var bytes = GGUFBytes(tensors: 2, values: 0)
    bytes.add(tensor: "blk.0.attn_q.weight", [4, 4])
    bytes.add(tensor: "blk.0.attn_qkv.weight", [4, 4], offset: 64)
    bytes.add(dataBytes: 128)
    let model = ModelConfiguration(
      architecture: .llama, vocabularySize: 3, hiddenSize: 2, layerCount: 1, headCount: 1,
      keyValueHeadCount: 1, headSize: 2, feedForwardSize: 2, contextLength: 8, normEpsilon: 0,
      ropeBase: 10_000, tiedOutput: true, attentionBias: false)
    let problems = try FormatsFixtures.withFile(bytes.bytes) { path -> [String] in
      do {
        _ = try GGUFTensorSource(GGUFFile(path: path), configuration: model)
        return []
      } catch ModelError.problems(_, let problems) { return problems }
    }
    #expect(problems.count == 12)
    #expect(problems.contains("unknown tensor blk.0.attn_qkv.weight"))
    #expect(problems.contains("missing tensor model.layers.0.mlp.down_proj.weight"))
    #expect(
      problems.contains("model.layers.0.self_attn.q_proj.weight has shape [4, 4] instead of [2, 2]")
    )
  }

  /// 272 tensors: 30 layers of 9, embedding and last norm.
  @Test(.enabled(if: FormatsRealModel.path != nil))
  func realModel() throws {
    let path = try #require(FormatsRealModel.path)
    let file = try GGUFFile(path: path)
    let configuration = try file.configuration()
    let source = try GGUFTensorSource(file, configuration: configuration)
    #expect(
      source.tensorNames.count == 272 && configuration.layerCount == 30
        && configuration.hiddenSize == 576)
    // From the gguf package: dequantised, un-permuted.
    let query = try FormatsFixtures.values("model.layers.3.self_attn.q_proj.weight", of: source)
    #expect(
      [query[0], query[577], query[32 * 576 + 1]] == [0.07791138, -0.16540527, -0.0036315918])
  }
}

/// The default model, where it is on this machine.
enum FormatsRealModel {
  static let path: String? = {
    let environment = ProcessInfo.processInfo.environment
    let cache = environment["XDG_CACHE_HOME"] ?? NSHomeDirectory() + "/.cache"
    let path = environment["PRISM_MODEL"] ?? cache + "/prism/models/smollm2-135m-instruct.gguf"
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }()
}
