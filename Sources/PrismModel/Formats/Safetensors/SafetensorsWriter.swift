/// Writes safetensors files. The same tensors and metadata always give the same bytes.
package enum SafetensorsWriter {
  /// Writes all tensors as little-endian fp32, in the order of their names, under a temporary name
  /// that replaces `path` when everything is on the disk.
  ///
  /// Throws `ModelError.problems` when a name occurs twice or a shape does not fit its values, and
  /// `.unwritable`; whatever stood at `path` before is then untouched.
  package static func write(
    _ tensors: [(name: String, shape: [Int], values: [Float])], metadata: [String: String],
    to path: String
  ) throws {
    let ordered = tensors.sorted { $0.name < $1.name }
    try requireConsistent(ordered, path: path)
    let header = header(ordered, metadata: metadata)
    try AtomicFile.replace(path) { file in
      let length = UInt64(header.count).littleEndian
      try withUnsafeBytes(of: length) { try file.append($0) }
      try header.withUnsafeBytes { try file.append($0) }
      for tensor in ordered {
        // Every platform Swift runs on is little-endian, so memory holds the file's bytes.
        try tensor.values.withUnsafeBytes { try file.append($0) }
      }
    }
  }

  private static func requireConsistent(
    _ tensors: [(name: String, shape: [Int], values: [Float])], path: String
  ) throws {
    var problems: [String] = []
    for (first, second) in zip(tensors, tensors.dropFirst()) where first.name == second.name {
      problems.append("tensor \(first.name) occurs twice")
    }
    for tensor in tensors {
      if tensor.name == SafetensorsHeader.metadataKey {
        problems.append("a tensor is named \(tensor.name)")
      }
      if TensorChecks.product(tensor.shape) != tensor.values.count {
        problems.append(
          "\(tensor.name) has shape \(tensor.shape) but \(tensor.values.count) values")
      }
    }
    if !problems.isEmpty { throw ModelError.problems(path: path, problems) }
  }

  private static func header(
    _ tensors: [(name: String, shape: [Int], values: [Float])], metadata: [String: String]
  ) -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let entries = metadata.sorted { $0.key < $1.key }.map {
        "\(quoted($0.key)):\(quoted($0.value))"
      }
      members.append("\(quoted(SafetensorsHeader.metadataKey)):{\(entries.joined(separator: ","))}")
    }
    var offset = 0
    for tensor in tensors {
      let end = offset + 4 * tensor.values.count
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      members.append(
        "\(quoted(tensor.name)):{\"dtype\":\"F32\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}"
      )
      offset = end
    }
    var bytes = Array("{\(members.joined(separator: ","))}".utf8)
    // The data begins at a multiple of 8; the length before the header has 8 bytes itself.
    while bytes.count % 8 != 0 { bytes.append(UInt8(ascii: " ")) }
    return bytes
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\u{8}": result += "\\b"
      case "\u{c}": result += "\\f"
      case "\u{0}"..<"\u{20}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
