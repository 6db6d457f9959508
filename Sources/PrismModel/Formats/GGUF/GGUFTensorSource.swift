/// The weights of a GGUF file under their Hugging Face names and in their order.
package struct GGUFTensorSource: TensorSource {
  private struct Entry: Sendable {
    let tensor: GGUFTensor
    /// Values per head whose rows ggml interleaves; nil where rows stand in order.
    let interleavedHeadSize: Int?
  }

  package let tensorNames: [String]
  private let file: GGUFFile
  private let entries: [String: Entry]

  /// Throws `ModelError.problems` listing every unknown, missing and misshapen tensor.
  package init(_ file: GGUFFile, configuration: ModelConfiguration) throws {
    var entries: [String: Entry] = [:]
    var unknown: [String] = []
    for tensor in file.tensors where tensor.name != GGUFTensorNames.ropeDivisors {
      guard let name = GGUFTensorNames.huggingFaceName(of: tensor.name) else {
        unknown.append(tensor.name)
        continue
      }
      let isRotated = name.contains(".q_proj.") || name.contains(".k_proj.")
      entries[name] = Entry(
        tensor: tensor,
        interleavedHeadSize: isRotated && configuration.architecture.hasInterleavedGGUFRows
          ? configuration.headSize : nil)
    }
    try CheckpointLayout.requireExact(
      entries.mapValues(\.tensor.shape), unknown: unknown, model: configuration, path: file.path)
    self.file = file
    self.entries = entries
    tensorNames = entries.keys.sorted()
  }

  package func shape(of name: String) throws -> [Int] { try entry(name).tensor.shape }

  /// How the tensor is stored.
  package func type(of name: String) throws -> GGUFTensorType { try entry(name).tensor.type }

  package func read(_ name: String, into destination: UnsafeMutableBufferPointer<Float>) throws {
    let entry = try entry(name)
    guard let headSize = entry.interleavedHeadSize else {
      return file.read(entry.tensor, into: destination)
    }
    precondition(
      destination.count == entry.tensor.count,
      "\(destination.count) places for \(entry.tensor.count) values of \(name)")
    if entry.tensor.shape.count == 1 {
      readInterleavedVector(entry.tensor, headSize: headSize, into: destination)
    } else {
      readInterleavedRows(entry.tensor, headSize: headSize, into: destination)
    }
  }

  /// ggml rotates neighbours (0, 1), (2, 3), ...; Hugging Face rotates (0, E/2), (1, E/2 + 1), ...
  /// Returns where ggml keeps the row that Hugging Face has at `row`.
  package static func interleavedRow(_ row: Int, headSize: Int) -> Int {
    let (head, place) = row.quotientAndRemainder(dividingBy: headSize)
    let half = headSize / 2
    return head * headSize + (place < half ? 2 * place : 2 * (place - half) + 1)
  }

  private func readInterleavedVector(
    _ tensor: GGUFTensor, headSize: Int, into destination: UnsafeMutableBufferPointer<Float>
  ) {
    var values = [Float](repeating: 0, count: tensor.count)
    values.withUnsafeMutableBufferPointer { file.read(tensor, into: $0) }
    for row in destination.indices {
      destination[row] = values[Self.interleavedRow(row, headSize: headSize)]
    }
  }

  private func readInterleavedRows(
    _ tensor: GGUFTensor, headSize: Int, into destination: UnsafeMutableBufferPointer<Float>
  ) {
    guard let start = destination.baseAddress else { return }
    let rowCount = tensor.shape[0]
    let rowLength = tensor.count / rowCount
    let rowBytes = tensor.range.count / rowCount
    withExtendedLifetime(file.file) {
      let bytes = file.bytes(of: tensor)
      for row in 0..<rowCount {
        let offset = Self.interleavedRow(row, headSize: headSize) * rowBytes
        let source = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + rowBytes])
        tensor.type.dequantize(source, into: start + row * rowLength)
      }
    }
  }

  private func entry(_ name: String) throws -> Entry {
    guard let entry = entries[name] else {
      throw ModelError.problems(path: file.path, ["missing tensor \(name)"])
    }
    return entry
  }
}

extension ModelConfiguration.Architecture {
  /// Whether ggml keeps the rows of query and key projections in another order than Hugging Face.
  package var hasInterleavedGGUFRows: Bool { self != .qwen2 }
}
