import Foundation

/// The safetensors files of a folder: one `model.safetensors`, or the shards its index names.
struct ShardedSafetensors: Sendable {
  static let singleName = "model.safetensors"
  static let indexName = "model.safetensors.index.json"
  private static let longestIndex = 25_000_000

  /// In the order of their names.
  let files: [SafetensorsFile]
  /// Which of `files` holds a tensor.
  let places: [String: Int]

  /// Throws `ModelError.unreadable`, `.malformed`, `.unsupported` or `.problems`.
  init(folder: URL) throws {
    let index = folder.appendingPathComponent(Self.indexName).path
    let single = folder.appendingPathComponent(Self.singleName).path
    if FileManager.default.fileExists(atPath: index) {
      try self.init(index: index, folder: folder)
    } else if FileManager.default.fileExists(atPath: single) {
      try self.init(single: single)
    } else {
      throw ModelError.unreadable(
        path: folder.path, reason: "it holds no \(Self.singleName) and no \(Self.indexName)")
    }
  }

  private init(single path: String) throws {
    let file = try SafetensorsFile(path: path)
    files = [file]
    places = file.tensors.mapValues { _ in 0 }
  }

  private init(index: String, folder: URL) throws {
    let node = try JSONReader.parse(path: index, byteLimit: Self.longestIndex)
    guard let map = node["weight_map"]?.members, !map.isEmpty else {
      throw ModelError.malformed(
        path: index, at: "weight_map", expected: "tensor names with their files", found: "none")
    }
    var namesByFile: [String: Set<String>] = [:]
    for (tensor, file) in map {
      guard let name = file.text, Self.isPlainName(name) else {
        throw ModelError.malformed(
          path: index, at: "weight_map \(tensor)",
          expected: "the name of a file in the same folder",
          found: file.kind)
      }
      namesByFile[name, default: []].insert(tensor)
    }
    let names = namesByFile.keys.sorted()
    let missing = names.filter {
      !FileManager.default.fileExists(atPath: folder.appendingPathComponent($0).path)
    }
    guard missing.isEmpty else {
      throw ModelError.problems(
        path: folder.path, missing.map { "missing file \($0), which the index names" })
    }
    files = try names.map { try SafetensorsFile(path: folder.appendingPathComponent($0).path) }
    var places: [String: Int] = [:]
    var problems: [String] = []
    for (place, (name, file)) in zip(names, files).enumerated() {
      let promised = namesByFile[name] ?? []
      problems += promised.subtracting(file.tensors.keys).sorted().map {
        "missing tensor \($0) in \(name)"
      }
      problems += Set(file.tensors.keys).subtracting(promised).sorted().map {
        "tensor \($0) in \(name), which the index does not place there"
      }
      for tensor in promised { places[tensor] = place }
    }
    if !problems.isEmpty { throw ModelError.problems(path: index, problems) }
    self.places = places
  }

  /// An index must not lead out of its folder.
  private static func isPlainName(_ name: String) -> Bool {
    name.hasSuffix(".safetensors") && !name.contains("/") && !name.contains("\\")
      && !name.contains("\0")
      && !name.hasPrefix(".") && name.utf8.count <= 255
  }
}
