/// One safetensors file: its metadata and where its tensors lie.
///
/// Everything is checked when the file is opened: the header's length against the file, shapes
/// against overflow and their bytes, and that the tensors cover the data without gap or overlap.
package struct SafetensorsFile: Sendable {
  package struct Tensor: Sendable, Equatable {
    package let type: SafetensorsType
    /// Row-major.
    package let shape: [Int]
    /// Bytes of the tensor, counted from the start of the file.
    package let range: Range<Int>

    package var count: Int { range.count / type.valueBytes }
  }

  /// More than any model needs; the parsed header takes a multiple of it in memory.
  private static let longestHeader = 25_000_000

  package let metadata: [String: String]
  package let tensors: [String: Tensor]
  package let file: MappedFile

  package var path: String { file.path }

  /// Throws `ModelError.unreadable`, `.malformed` or `.unsupported`.
  package init(path: String) throws {
    try self.init(MappedFile(path: path))
  }

  init(_ file: MappedFile) throws {
    var cursor = ByteCursor(file)
    let length = try cursor.count(ofItemsTaking: 1, "header length")
    guard length <= Self.longestHeader else {
      throw ModelError.malformed(
        path: file.path, at: "header length", expected: "at most \(Self.longestHeader)",
        found: "\(length)")
    }
    let start = try cursor.advance(length, "header")
    let header = try JSONReader.parse(
      UnsafeRawBufferPointer(rebasing: file.bytes[start..<start + length]), path: file.path)
    guard case .object(let members) = header else {
      throw ModelError.malformed(
        path: file.path, at: "header", expected: "a JSON object", found: header.kind)
    }
    self.file = file
    metadata = try SafetensorsHeader.metadata(members, path: file.path)
    tensors = try SafetensorsHeader.tensors(members, dataStart: cursor.offset, file: file)
  }

  /// Sorted.
  package var tensorNames: [String] { tensors.keys.sorted() }

  /// Throws `ModelError.problems` when there is no such tensor.
  package func tensor(_ name: String) throws -> Tensor {
    guard let tensor = tensors[name] else {
      throw ModelError.problems(path: path, ["missing tensor \(name)"])
    }
    return tensor
  }

  /// Writes the tensor as fp32, row-major. `destination` has exactly the tensor's count.
  package func read(_ name: String, into destination: UnsafeMutableBufferPointer<Float>) throws {
    let tensor = try tensor(name)
    precondition(
      destination.count == tensor.count, "\(destination.count) places for \(tensor.count) values")
    guard let start = destination.baseAddress else { return }
    withExtendedLifetime(file) {
      let source = UnsafeRawBufferPointer(rebasing: file.bytes[tensor.range])
      tensor.type.blockType.dequantize(source, into: start)
    }
  }

  /// The tensor as fp32, row-major.
  package func values(of name: String) throws -> [Float] {
    let count = try tensor(name).count
    return try [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      try read(name, into: UnsafeMutableBufferPointer(rebasing: buffer[0..<count]))
      initialized = count
    }
  }
}
