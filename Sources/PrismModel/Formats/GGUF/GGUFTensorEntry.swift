/// A line of a GGUF file's list of tensors, before its place in the file is known.
struct GGUFTensorEntry {
  private static let mostDimensions = 4

  let name: String
  let type: GGUFTensorType
  let shape: [Int]
  let byteCount: Int
  /// From the start of the data.
  let offset: UInt64

  /// Throws `ModelError.malformed`, or `.unsupported` for a type that cannot be read.
  init(_ cursor: inout ByteCursor, index: Int) throws {
    let path = cursor.file.path
    let name = try cursor.string("name of tensor \(index)")
    guard !name.isEmpty else {
      throw ModelError.malformed(
        path: path, at: "name of tensor \(index)", expected: "a name", found: "none")
    }
    let dimensionCount = try cursor.integer(UInt32.self, "dimensions of \(name)")
    guard 1...UInt32(Self.mostDimensions) ~= dimensionCount else {
      throw ModelError.malformed(
        path: path, at: "dimensions of \(name)", expected: "1 to \(Self.mostDimensions)",
        found: "\(dimensionCount)")
    }
    let dimensions = try (0..<dimensionCount).map { _ in
      try cursor.integer(UInt64.self, "shape of \(name)")
    }
    let typeNumber = try cursor.integer(UInt32.self, "type of \(name)")
    guard let type = GGUFTensorType(rawValue: typeNumber) else {
      throw ModelError.unsupported(
        path: path,
        what: "tensor type \(GGUFTensorType.nameOfUnsupported(typeNumber)) (of \(name))",
        supported: GGUFTensorType.supportedNames)
    }
    self.name = name
    self.type = type
    (shape, byteCount) = try Self.measure(dimensions, type: type, name: name, path: path)
    offset = try cursor.integer(UInt64.self, "offset of \(name)")
  }

  private static func measure(
    _ dimensions: [UInt64], type: GGUFTensorType, name: String, path: String
  ) throws -> (shape: [Int], byteCount: Int) {
    let shape = dimensions.reversed().compactMap(Int.init(exactly:))
    guard shape.count == dimensions.count, !shape.contains(0),
      let count = TensorChecks.product(shape),
      let byteCount = TensorChecks.product([count / type.blockValues, type.blockBytes])
    else {
      throw ModelError.malformed(
        path: path, at: "shape of \(name)", expected: "positive sizes whose product fits 63 bits",
        found: "\(dimensions)")
    }
    let rowLength = shape.last ?? 1
    guard rowLength % type.blockValues == 0 else {
      throw ModelError.malformed(
        path: path, at: "shape of \(name)",
        expected: "rows of a multiple of \(type.blockValues) values, the block of \(type.name)",
        found: "rows of \(rowLength)")
    }
    return (shape, byteCount)
  }

  /// The tensor with its place, when that lies inside the file.
  func placed(in file: MappedFile, dataStart: Int, alignment: Int) throws -> GGUFTensor {
    guard offset % UInt64(alignment) == 0 else {
      throw ModelError.malformed(
        path: file.path, at: "offset of \(name)",
        expected: "a multiple of the alignment \(alignment)",
        found: "\(offset)")
    }
    guard let offset = Int(exactly: offset), dataStart <= file.count,
      offset <= file.count - dataStart,
      byteCount <= file.count - dataStart - offset
    else {
      throw ModelError.malformed(
        path: file.path, at: "data of \(name)",
        expected: "\(byteCount) bytes from \(dataStart) + \(offset)",
        found: "the end of the file at \(file.count); perhaps the download is incomplete")
    }
    let start = dataStart + offset
    return GGUFTensor(name: name, type: type, shape: shape, range: start..<start + byteCount)
  }
}
