import Foundation
import PrismModel
import PrismTesting
import Testing

/// Seeded mutations: each file loads and gives all its tensors, or throws a `ModelError`. A trap
/// ends the process; a mutation is replayed from its number. Both outcomes must occur.
@Suite("Damaged weight files load or throw")
struct FormatsFuzzTests {
  static func outcomes(
    _ bytes: [UInt8], headerBytes: Int, seed: UInt64, count: Int, name: String,
    _ read: (String) throws -> Void
  ) throws -> (loaded: Int, refused: Int) {
    var loaded = 0
    var refused = 0
    var mutator = Mutator(seed: seed)
    try FormatsFixtures.withFolder { folder in
      let file = folder.appendingPathComponent(name)
      for number in 0..<count {
        // Two of three leave the data alone: nearly all that can go wrong is in the header.
        let mutated =
          number % 3 == 0
          ? mutator.mutate(bytes)
          : mutator.mutate(Array(bytes.prefix(headerBytes))) + bytes.dropFirst(headerBytes)
        try Data(mutated).write(to: file)
        do {
          try read(file.path)
          loaded += 1
        } catch is ModelError { refused += 1 }
      }
    }
    return (loaded, refused)
  }

  static func readAll(_ source: any TensorSource) throws {
    for name in source.tensorNames { _ = try FormatsFixtures.values(name, of: source) }
  }

  @Test(arguments: [("llama.gguf", UInt64(1)), ("qwen2.gguf", 2), ("llama-biases.gguf", 3)])
  func gguf(_ name: String, _ seed: UInt64) throws {
    let bytes = try FormatsFixtures.bytes(name)
    let dataStart =
      try GGUFFile(path: FormatsFixtures.path(name)).tensors.map(\.range.lowerBound).min() ?? 0
    let result = try Self.outcomes(
      bytes, headerBytes: dataStart, seed: seed, count: 1000, name: "a.gguf"
    ) { path in
      let file = try GGUFFile(path: path)
      for tensor in file.tensors {
        var values = [Float](repeating: 0, count: tensor.count)
        values.withUnsafeMutableBufferPointer { file.read(tensor, into: $0) }
      }
      try Self.readAll(GGUFTensorSource(file, configuration: file.configuration()))
    }
    #expect(result.loaded > 0 && result.refused > 100, "\(result)")
  }

  @Test(arguments: [("mixed.safetensors", UInt64(4)), ("written.safetensors", 5)])
  func safetensors(_ name: String, _ seed: UInt64) throws {
    let bytes = try FormatsFixtures.bytes(name)
    let result = try Self.outcomes(
      bytes, headerBytes: bytes.count - 64, seed: seed, count: 700, name: "a.safetensors"
    ) { path in
      let file = try SafetensorsFile(path: path)
      for name in file.tensorNames { _ = try file.values(of: name) }
    }
    #expect(result.loaded > 0 && result.refused > 100, "\(result)")
  }

  @Test func configuration() throws {
    for (number, known) in FormatsConfigurationTests.known.enumerated() {
      let bytes = Array(known.json.utf8)
      let result = try Self.outcomes(
        bytes, headerBytes: bytes.count, seed: 100 + UInt64(number), count: 100, name: "config.json"
      ) { _ = try ConfigurationJSON.read(path: $0) }
      #expect(result.loaded > 0 && result.refused > 10, "\(result)")
    }
  }

  @Test func shardedFolder() throws {
    let folder = try FormatsFixtures.path("sharded")
    let configuration = try ConfigurationJSON.read(path: folder + "/config.json")
    let index = "model.safetensors.index.json"
    let bytes = try FormatsFixtures.bytes("sharded/\(index)")
    try FormatsFixtures.withFolder { parent in
      let copy = parent.appendingPathComponent("model")
      try FileManager.default.copyItem(at: FormatsFixtures.url("sharded"), to: copy)
      let result = try Self.outcomes(
        bytes, headerBytes: bytes.count, seed: 6, count: 300, name: index
      ) { path in
        try FileManager.default.removeItem(at: copy.appendingPathComponent(index))
        try FileManager.default.copyItem(
          at: URL(fileURLWithPath: path), to: copy.appendingPathComponent(index))
        try Self.readAll(SafetensorsSource(folder: copy.path, configuration: configuration))
      }
      // Nearly every change of an index names another file or tensor.
      #expect(result.refused > 100, "\(result)")
    }
  }
}
