/// Checks the members of a safetensors header.
enum SafetensorsHeader {
  static let metadataKey = "__metadata__"

  static func metadata(_ members: [String: JSONNode], path: String) throws -> [String: String] {
    guard let node = members[metadataKey] else { return [:] }
    guard case .object(let entries) = node else {
      throw ModelError.malformed(
        path: path, at: metadataKey, expected: "an object", found: node.kind)
    }
    return try Dictionary(
      uniqueKeysWithValues: entries.map { key, value in
        guard let text = value.text else {
          throw ModelError.malformed(
            path: path, at: "\(metadataKey) \(key)", expected: "a string", found: value.kind)
        }
        return (key, text)
      })
  }

  static func tensors(
    _ members: [String: JSONNode], dataStart: Int, file: MappedFile
  ) throws -> [String: SafetensorsFile.Tensor] {
    var tensors: [String: SafetensorsFile.Tensor] = [:]
    for (name, node) in members.sorted(by: { $0.key < $1.key }) where name != metadataKey {
      tensors[name] = try tensor(name, node, dataStart: dataStart, file: file)
    }
    try requireCover(tensors, dataStart: dataStart, file: file)
    return tensors
  }

  private static func tensor(
    _ name: String, _ node: JSONNode, dataStart: Int, file: MappedFile
  ) throws -> SafetensorsFile.Tensor {
    func malformed(_ what: String, _ expected: String, _ found: String) -> ModelError {
      .malformed(path: file.path, at: "\(what) of \(name)", expected: expected, found: found)
    }
    guard case .object(let members) = node, Set(members.keys) == ["dtype", "shape", "data_offsets"]
    else {
      throw malformed("entry", "an object of dtype, shape and data_offsets", node.kind)
    }
    guard let typeName = node["dtype"]?.text else {
      throw malformed("dtype", "a string", members["dtype"]?.kind ?? "nothing")
    }
    guard let type = SafetensorsType(rawValue: typeName) else {
      throw ModelError.unsupported(
        path: file.path, what: "tensor type \(typeName) (of \(name))",
        supported: SafetensorsType.supportedNames)
    }
    let sizes = node["shape"]?.entries
    guard let sizes, sizes.count <= 8, case let shape = sizes.compactMap(\.integer),
      shape.count == sizes.count, let count = TensorChecks.product(shape),
      let byteCount = TensorChecks.product([count, type.valueBytes])
    else {
      throw malformed(
        "shape", "at most 8 sizes, none negative, whose product fits 63 bits",
        describe(node["shape"]))
    }
    guard let offsets = node["data_offsets"]?.entries, offsets.count == 2,
      let start = offsets[0].integer, let end = offsets[1].integer, start >= 0, end >= start
    else { throw malformed("data_offsets", "two rising offsets", describe(node["data_offsets"])) }
    guard end <= file.count - dataStart else {
      throw malformed(
        "data", "bytes \(start) to \(end) of the data",
        "the end of the data after \(file.count - dataStart); perhaps the download is incomplete")
    }
    guard end - start == byteCount else {
      throw malformed("data_offsets", "\(byteCount) bytes for shape \(shape)", "\(end - start)")
    }
    return SafetensorsFile.Tensor(
      type: type, shape: shape, range: dataStart + start..<dataStart + end)
  }

  /// Every byte of the data belongs to exactly one tensor.
  private static func requireCover(
    _ tensors: [String: SafetensorsFile.Tensor], dataStart: Int, file: MappedFile
  ) throws {
    let ordered = tensors.map { (name: $0.key, range: $0.value.range) }.sorted {
      ($0.range.lowerBound, $0.range.upperBound, $0.name) < (
        $1.range.lowerBound, $1.range.upperBound, $1.name
      )
    }
    try TensorChecks.requireDisjoint(ordered.filter { !$0.range.isEmpty }, path: file.path)
    var end = dataStart
    for (name, range) in ordered {
      guard range.lowerBound == end else {
        throw ModelError.malformed(
          path: file.path, at: "data of \(name)", expected: "no gap before it (byte \(end))",
          found: "byte \(range.lowerBound)")
      }
      end = range.upperBound
    }
    guard end == file.count else {
      throw ModelError.malformed(
        path: file.path, at: "the end of the data",
        expected: "the last tensor's end at byte \(end)",
        found: "\(file.count - end) more bytes")
    }
  }

  private static func describe(_ node: JSONNode?) -> String {
    guard let node else { return "nothing" }
    guard let entries = node.entries else { return node.kind }
    return "[" + entries.prefix(8).map(\.kind).joined(separator: ", ")
      + (entries.count > 8 ? ", ...]" : "]")
  }
}
