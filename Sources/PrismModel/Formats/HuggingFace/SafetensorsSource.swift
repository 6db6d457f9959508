import Foundation

/// The weights of a Hugging Face folder.
package struct SafetensorsSource: TensorSource {
  private struct Entry: Sendable {
    let file: SafetensorsFile
    /// As the file calls it.
    let name: String
  }

  package let tensorNames: [String]
  package let files: [SafetensorsFile]
  private let path: String
  private let entries: [String: Entry]

  /// Throws as `SafetensorsFile`, and `ModelError.problems` listing every unknown, missing and
  /// misshapen tensor.
  package init(folder: String, configuration: ModelConfiguration) throws {
    let weights = try ShardedSafetensors(folder: URL(fileURLWithPath: folder, isDirectory: true))
    var entries: [String: Entry] = [:]
    var shapes: [String: [Int]] = [:]
    var unknown: [String] = []
    for (name, place) in weights.places {
      guard let known = Self.checkpointName(name, tiedOutput: configuration.tiedOutput) else {
        continue
      }
      if entries[known] != nil {
        unknown.append("\(name) (beside the same name with another prefix)")
      }
      entries[known] = Entry(file: weights.files[place], name: name)
      shapes[known] = try weights.files[place].tensor(name).shape
    }
    try CheckpointLayout.requireExact(shapes, unknown: unknown, model: configuration, path: folder)
    path = folder
    files = weights.files
    self.entries = entries
    tensorNames = entries.keys.sorted()
  }

  package func shape(of name: String) throws -> [Int] { try tensor(name).shape }

  /// How the tensor is stored.
  package func type(of name: String) throws -> SafetensorsType { try tensor(name).type }

  package func read(_ name: String, into destination: UnsafeMutableBufferPointer<Float>) throws {
    let entry = try entry(name)
    try entry.file.read(entry.name, into: destination)
  }

  /// The stored bytes of a tensor; valid as long as the source.
  func bytes(of name: String) throws -> UnsafeRawBufferPointer {
    let entry = try entry(name)
    return UnsafeRawBufferPointer(rebasing: entry.file.file.bytes[try tensor(name).range])
  }

  /// The full name, for checkpoints saved without the `model.` prefix. Nil for what is derived
  /// from other values: old rotary tables, and a copy of the embedding as the output.
  private static func checkpointName(_ name: String, tiedOutput: Bool) -> String? {
    if name.hasSuffix(".rotary_emb.inv_freq") { return nil }
    if name == CheckpointLayout.output { return tiedOutput ? nil : name }
    let prefix = "model."
    let isBare = ["layers.", "embed_tokens.", "norm."].contains { name.hasPrefix($0) }
    return isBare ? prefix + name : name
  }

  private func entry(_ name: String) throws -> Entry {
    guard let entry = entries[name] else {
      throw ModelError.problems(path: path, ["missing tensor \(name)"])
    }
    return entry
  }

  private func tensor(_ name: String) throws -> SafetensorsFile.Tensor {
    let entry = try entry(name)
    return try entry.file.tensor(entry.name)
  }
}
