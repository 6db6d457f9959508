/// Writes GGUF files of version 3. The same values and tensors always give the same bytes.
package enum GGUFWriter {
  /// The kinds of metadata that adapters need.
  package enum Value: Sendable {
    case text(String)
    case float(Float)
  }

  package struct Tensor: Sendable {
    let name: String
    /// Row-major, as everywhere in this program; the format wants it reversed.
    let shape: [Int]
    let values: [Float]

    package init(name: String, shape: [Int], values: [Float]) {
      self.name = name
      self.shape = shape
      self.values = values
    }
  }

  /// Bytes between the beginnings of tensors.
  private static let alignment = 32

  /// Writes all tensors as fp32, in the order given, under a temporary name that replaces `path` when
  /// everything is on the disk.
  ///
  /// Throws `ModelError.problems` when a shape does not fit its values or a name occurs twice, and
  /// `.unwritable`; whatever stood at `path` before is then untouched.
  package static func write(
    metadata: [(key: String, value: Value)], tensors: [Tensor], to path: String
  ) throws {
    try requireConsistent(tensors, path: path)
    let head = head(metadata, tensors)
    try AtomicFile.replace(path) { file in
      try head.withUnsafeBytes { try file.append($0) }
      for tensor in tensors {
        // Every platform Swift runs on is little-endian, so memory holds the file's bytes.
        try tensor.values.withUnsafeBytes { try file.append($0) }
        let padding = [UInt8](repeating: 0, count: padding(after: 4 * tensor.values.count))
        try padding.withUnsafeBytes { try file.append($0) }
      }
    }
  }

  private static func requireConsistent(_ tensors: [Tensor], path: String) throws {
    var problems: [String] = []
    var names: Set<String> = []
    for tensor in tensors {
      if !names.insert(tensor.name).inserted {
        problems.append("tensor \(tensor.name) occurs twice")
      }
      if TensorChecks.product(tensor.shape) != tensor.values.count {
        problems.append(
          "\(tensor.name) has shape \(tensor.shape) but \(tensor.values.count) values")
      }
    }
    if !problems.isEmpty { throw ModelError.problems(path: path, problems) }
  }

  /// Everything before the first tensor's values, padded.
  private static func head(
    _ metadata: [(key: String, value: Value)], _ tensors: [Tensor]
  ) -> [UInt8] {
    var bytes = Array("GGUF".utf8)
    append(UInt32(3), to: &bytes)
    append(UInt64(tensors.count), to: &bytes)
    append(UInt64(metadata.count), to: &bytes)
    for (key, value) in metadata {
      append(key, to: &bytes)
      switch value {
      case .float(let number):
        append(UInt32(6), to: &bytes)
        append(number.bitPattern, to: &bytes)
      case .text(let text):
        append(UInt32(8), to: &bytes)
        append(text, to: &bytes)
      }
    }
    var offset = 0
    for tensor in tensors {
      append(tensor.name, to: &bytes)
      append(UInt32(tensor.shape.count), to: &bytes)
      for length in tensor.shape.reversed() { append(UInt64(length), to: &bytes) }
      append(GGUFTensorType.f32.rawValue, to: &bytes)
      append(UInt64(offset), to: &bytes)
      let size = 4 * tensor.values.count
      offset += size + padding(after: size)
    }
    return bytes + [UInt8](repeating: 0, count: padding(after: bytes.count))
  }

  private static func padding(after count: Int) -> Int {
    (alignment - count % alignment) % alignment
  }

  private static func append(_ number: some FixedWidthInteger, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: number.littleEndian) { bytes += Array($0) }
  }

  private static func append(_ text: String, to bytes: inout [UInt8]) {
    append(UInt64(text.utf8.count), to: &bytes)
    bytes += Array(text.utf8)
  }
}
