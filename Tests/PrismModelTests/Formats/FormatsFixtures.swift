import Foundation
import PrismModel

/// Files of `Fixtures/formats` and a scratch folder for one test.
enum FormatsFixtures {
  static func url(_ name: String) throws -> URL {
    guard let fixtures = Bundle.module.url(forResource: "Fixtures", withExtension: nil) else {
      throw CocoaError(.fileNoSuchFile)
    }
    return fixtures.appendingPathComponent("formats/\(name)")
  }

  static func path(_ name: String) throws -> String { try url(name).path }

  static func bytes(_ name: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: url(name))) }

  static func floats(_ name: String) throws -> [Float] {
    try bytes(name).withUnsafeBytes { raw in
      stride(from: 0, to: raw.count, by: 4).map {
        raw.loadUnaligned(fromByteOffset: $0, as: Float.self)
      }
    }
  }

  /// Calls `body` with a folder that is gone afterwards.
  static func withFolder<R>(_ body: (URL) throws -> R) throws -> R {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }

  /// Calls `body` with the path of a file holding `bytes`.
  static func withFile<R>(_ bytes: [UInt8], name: String = "file", _ body: (String) throws -> R)
    throws -> R
  {
    try withFolder { folder in
      let file = folder.appendingPathComponent(name)
      try Data(bytes).write(to: file)
      return try body(file.path)
    }
  }

  static func values(_ name: String, of source: any TensorSource) throws -> [Float] {
    let count = try source.shape(of: name).reduce(1, *)
    return try [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      try source.read(name, into: UnsafeMutableBufferPointer(rebasing: buffer[0..<count]))
      initialized = count
    }
  }
}

extension [Float] {
  /// Bit patterns, so that signs of zero count.
  var bits: [UInt32] { map(\.bitPattern) }
}

/// Builds GGUF bytes piece by piece, right or wrong.
struct GGUFBytes {
  var bytes = [UInt8]()

  /// A header: magic, version, number of tensors, number of metadata values.
  init(version: UInt32 = 3, tensors: UInt64, values: UInt64) {
    bytes = Array("GGUF".utf8)
    add(version)
    add(tensors)
    add(values)
  }

  mutating func add<T: FixedWidthInteger>(_ value: T) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func add(_ text: String) {
    add(UInt64(text.utf8.count))
    bytes.append(contentsOf: text.utf8)
  }

  mutating func add(
    tensor name: String, _ dimensions: [UInt64], type: UInt32 = 0, offset: UInt64 = 0
  ) {
    add(name)
    add(UInt32(dimensions.count))
    for dimension in dimensions { add(dimension) }
    add(type)
    add(offset)
  }

  /// Pads to the alignment and adds data.
  mutating func add(dataBytes count: Int) {
    while bytes.count % 32 != 0 { bytes.append(0) }
    bytes.append(contentsOf: [UInt8](repeating: 0, count: count))
  }
}
