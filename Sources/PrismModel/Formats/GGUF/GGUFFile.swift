/// A GGUF file of version 2 or 3: its metadata and where its tensors lie.
///
/// Everything is checked when the file is opened: counts against the bytes left, shapes against
/// overflow, every tensor inside the file and on bytes of its own.
package struct GGUFFile: Sendable {
  package let version: Int
  package let metadata: [String: MetadataValue]
  /// In the order of the file.
  package let tensors: [GGUFTensor]
  package let file: MappedFile

  package var path: String { file.path }

  /// Whether the file begins as every GGUF file does.
  static func isGGUF(_ file: MappedFile) -> Bool {
    file.count >= 4 && file.bytes.prefix(4).elementsEqual("GGUF".utf8)
  }

  /// Throws `ModelError.unreadable`, `.malformed` or `.unsupported`.
  package init(path: String) throws {
    try self.init(MappedFile(path: path))
  }

  init(_ file: MappedFile) throws {
    self.file = file
    var cursor = ByteCursor(file)
    version = try Self.readVersion(&cursor)
    // A tensor takes at least 8 + 1 + 4 + 8 + 4 + 8 bytes here, a metadata value 8 + 1 + 4 + 1.
    let tensorCount = try cursor.count(ofItemsTaking: 33, "number of tensors")
    let valueCount = try cursor.count(ofItemsTaking: 14, "number of metadata values")
    metadata = try Self.readMetadata(&cursor, count: valueCount)
    let entries = try (0..<tensorCount).map { try GGUFTensorEntry(&cursor, index: $0) }
    let alignment = try Self.alignment(of: metadata, path: file.path)
    // Both terms are small: an offset inside the file and an alignment of at most 64 KiB.
    let dataStart = (cursor.offset + alignment - 1) / alignment * alignment
    tensors = try entries.map {
      try $0.placed(in: file, dataStart: dataStart, alignment: alignment)
    }
    try Self.requireDistinctNames(tensors, path: file.path)
    try TensorChecks.requireDisjoint(tensors.map { ($0.name, $0.range) }, path: file.path)
  }

  /// The stored bytes of a tensor; valid as long as `file`.
  package func bytes(of tensor: GGUFTensor) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: file.bytes[tensor.range])
  }

  /// Writes the tensor's values as fp32, in the order of the file.
  /// `destination` has exactly the tensor's count.
  package func read(_ tensor: GGUFTensor, into destination: UnsafeMutableBufferPointer<Float>) {
    precondition(
      destination.count == tensor.count, "\(destination.count) places for \(tensor.count) values")
    guard let start = destination.baseAddress else { return }
    withExtendedLifetime(file) { tensor.type.dequantize(bytes(of: tensor), into: start) }
  }

  private static func readVersion(_ cursor: inout ByteCursor) throws -> Int {
    guard isGGUF(cursor.file) else {
      throw ModelError.malformed(
        path: cursor.file.path, at: "byte 0", expected: "a GGUF file, which begins with \"GGUF\"",
        found: cursor.file.count == 0 ? "an empty file" : "other bytes")
    }
    _ = try cursor.advance(4, "magic")
    let version = try cursor.integer(UInt32.self, "version")
    guard version == 2 || version == 3 else {
      let isSwapped = version.byteSwapped == 2 || version.byteSwapped == 3
      throw ModelError.unsupported(
        path: cursor.file.path, what: isSwapped ? "big-endian GGUF" : "GGUF version \(version)",
        supported: "little-endian versions 2 and 3")
    }
    return Int(version)
  }

  private static func readMetadata(
    _ cursor: inout ByteCursor, count: Int
  ) throws -> [String: MetadataValue] {
    var metadata: [String: MetadataValue] = [:]
    for index in 0..<count {
      let key = try cursor.string("metadata key \(index)")
      guard metadata[key] == nil else {
        throw ModelError.malformed(
          path: cursor.file.path, at: "metadata key \(index)", expected: "each key once",
          found: "\(key) twice")
      }
      metadata[key] = try GGUFMetadataReader.value(&cursor, key: key)
    }
    return metadata
  }

  private static func alignment(of metadata: [String: MetadataValue], path: String) throws -> Int {
    guard let value = metadata["general.alignment"] else { return 32 }
    guard let alignment = value.integer, 1...65536 ~= alignment, alignment.nonzeroBitCount == 1
    else {
      throw ModelError.malformed(
        path: path, at: "general.alignment", expected: "a power of two up to 65536",
        found: value.integer.map(String.init) ?? value.kind)
    }
    return alignment
  }

  private static func requireDistinctNames(_ tensors: [GGUFTensor], path: String) throws {
    var seen: Set<String> = []
    for tensor in tensors where !seen.insert(tensor.name).inserted {
      throw ModelError.malformed(
        path: path, at: "the list of tensors", expected: "each name once",
        found: "\(tensor.name) twice")
    }
  }
}
