import Foundation
import PrismModel
import Testing

@Suite("safetensors files")
struct FormatsSafetensorsTests {
  @Test func everyType() throws {
    let file = try SafetensorsFile(path: FormatsFixtures.path("mixed.safetensors"))
    let expected = try SafetensorsFile(path: FormatsFixtures.path("mixed.expected.safetensors"))
    #expect(file.metadata == ["format": "pt"])
    #expect(file.tensorNames == ["brain", "empty", "half", "single"])
    #expect(try file.tensor("half").shape == [4, 3])
    for name in ["half", "brain"] {
      #expect(try file.values(of: name).bits == expected.values(of: name).bits)
    }
    #expect(try file.values(of: "single") == [1.5, -2])
    #expect(try file.values(of: "empty") == [])
    #expect(throws: ModelError.problems(path: file.path, ["missing tensor other"])) {
      try file.values(of: "other")
    }
  }

  /// What the Python library writes, read and written again, has the same bytes.
  @Test func writesThePythonLibrarysBytes() throws {
    let path = try FormatsFixtures.path("written.safetensors")
    let file = try SafetensorsFile(path: path)
    #expect(try file.tensor("scalar").shape == [])
    let tensors = try file.tensorNames.reversed().map {
      (name: $0, shape: try file.tensor($0).shape, values: try file.values(of: $0))
    }
    try FormatsFixtures.withFolder { folder in
      let copy = folder.appendingPathComponent("copy.safetensors").path
      try SafetensorsWriter.write(tensors, metadata: file.metadata, to: copy)
      #expect(
        try Data(contentsOf: URL(fileURLWithPath: copy))
          == Data(contentsOf: URL(fileURLWithPath: path)))
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["copy.safetensors"])
    }
  }

  @Test func refusesInconsistentTensorsAndLeavesTheOldFile() throws {
    try FormatsFixtures.withFile([1, 2, 3]) { path in
      let error = #expect(throws: ModelError.self) {
        try SafetensorsWriter.write(
          [("a", [2], [1]), ("a", [1], [1]), ("b", [.max, 3], [])], metadata: [:], to: path)
      }
      let message = error?.description ?? ""
      for part in ["tensor a occurs twice", "a has shape [2] but 1 values", "b has shape"] {
        #expect(message.contains(part), "\(message)")
      }
      let kept = try Data(contentsOf: URL(fileURLWithPath: path))
      #expect(kept == Data([1, 2, 3]))
    }
  }

  @Test func aFolderThatIsNotThere() throws {
    try FormatsFixtures.withFolder { folder in
      let path = folder.appendingPathComponent("missing/a.safetensors").path
      let error = #expect(throws: ModelError.self) {
        try SafetensorsWriter.write([("a", [1], [1])], metadata: [:], to: path)
      }
      #expect(error?.description.hasPrefix("cannot write \(path): ") == true)
    }
  }

  struct Broken: CustomTestStringConvertible, Sendable {
    let header: String
    let dataBytes: Int
    let message: String
    var testDescription: String { String(header.prefix(60)) }

    init(_ header: String, data: Int = 8, _ message: String) {
      self.header = header
      dataBytes = data
      self.message = message
    }
  }

  static func entry(_ type: String = "F32", _ shape: String = "[2]", _ offsets: String = "[0,8]")
    -> String
  {
    "{\"a\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}}"
  }

  static let broken = [
    Broken(entry(), data: 7, "download is incomplete"),
    Broken(entry(), data: 9, "1 more bytes"),
    Broken(entry("F64", "[1]"), "tensor type F64 (of a)"),
    Broken(entry("F32", "[3]"), "12 bytes for shape [3], found 8"),
    Broken(entry("F32", "[-2]"), "none negative"),
    Broken(entry("F32", "[4294967296,4294967296,2]"), "fits 63 bits"),
    Broken(entry("F32", "[1e400]"), "a number within range"),
    Broken(entry("F32", "[2.0]"), "none negative"),
    Broken(entry("F32", "[99999999999999999999]"), "none negative"),
    Broken(entry("F32", "[2]", "[8,0]"), "rising offsets"),
    Broken(entry("F32", "[2]", "[-8,0]"), "rising offsets"),
    Broken(entry("F32", "[2]", "[0]"), "rising offsets"),
    Broken(entry("F32", "[2]", "[4,12]"), data: 12, "no gap before it"),
    Broken(entry("F32", "[2]", "[0,9223372036854775807]"), "download is incomplete"),
    Broken(
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}",
      data: 12, "bytes that a also uses"),
    Broken(
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
      "\"a\" twice"),
    Broken("{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", "dtype, shape and data_offsets"),
    Broken("{\"a\":7}", "dtype, shape and data_offsets"),
    Broken("{\"__metadata__\":{\"a\":1}}", "a string, found 1"),
    Broken("{\"__metadata__\":[]}", "an object"),
    Broken("[]", "a JSON object"),
    Broken("", "a JSON value"),
    Broken("{\"a\"", "expected \":\""),
    Broken("{\"a\\uD800\":1}", "surrogate"),
    Broken("{} {}", "nothing after the value"),
    Broken(String(repeating: "[", count: 100_000), "at most 64 levels"),
    Broken("{\"__metadata__\":{},}", "a key"),
    Broken("{\"a\u{1}\":1}", "control character"),
  ]

  @Test(arguments: broken)
  func brokenHeaders(_ broken: Broken) throws {
    var bytes = [UInt8]()
    withUnsafeBytes(of: UInt64(broken.header.utf8.count).littleEndian) {
      bytes.append(contentsOf: $0)
    }
    bytes += Array(broken.header.utf8) + [UInt8](repeating: 0, count: broken.dataBytes)
    let message = try Self.message(bytes)
    #expect(message.contains(broken.message), "\(message)")
  }

  @Test func brokenLengths() throws {
    #expect(try Self.message([]).contains("8 more bytes"))
    #expect(try Self.message([UInt8](repeating: 0xFF, count: 64)).contains("header length"))
    #expect(
      try Self.message([0, 0, 0, 0, 0, 0, 0, 0x10] + [UInt8](repeating: 0x20, count: 64)).contains(
        "header length"))
  }

  private static func message(_ bytes: [UInt8]) throws -> String {
    try FormatsFixtures.withFile(bytes) { path in
      do {
        _ = try SafetensorsFile(path: path)
        return "loads"
      } catch let error as ModelError { return error.description }
    }
  }
}
