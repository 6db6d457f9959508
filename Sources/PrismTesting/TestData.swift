import Foundation
package import PrismModel
package import PrismTensor

/// Fixtures and reference values of the tests, found from the place of the test's own source file.
package enum TestData {
  /// A path below the repository's `Tests` folder.
  package static func path(_ relative: String, from file: String = #filePath) -> String {
    var folder = URL(fileURLWithPath: file)
    while folder.lastPathComponent != "Tests", folder.pathComponents.count > 1 {
      folder.deleteLastPathComponent()
    }
    return folder.appendingPathComponent(relative).path
  }

  /// Tensors of a safetensors file below `Tests`, as fp32.
  package static func tensors(
    _ relative: String, from file: String = #filePath
  ) throws -> [String: [Float]] {
    let source = try SafetensorsFile(path: path(relative, from: file))
    return try Dictionary(
      uniqueKeysWithValues: source.tensorNames.map { ($0, try source.values(of: $0)) })
  }

  /// One of the tiny random models that `Tools/reference/tiny_models.py` writes.
  package static func tinyModel(
    _ name: String, precision: Precision = .fp32, from file: String = #filePath
  ) throws -> LanguageModel {
    try tinyModel(name, format: WeightFormat(precision), from: file)
  }

  package static func tinyModel(
    _ name: String, format: WeightFormat, from file: String = #filePath
  ) throws -> LanguageModel {
    try LanguageModel(
      path: path("PrismModelTests/Fixtures/models/\(name)", from: file), weights: format)
  }

  /// fp32, and bf16 where oneDNN multiplies it on this processor.
  package static let precisions = Precision.allCases.filter { precision in
    (try? PackedMatrix([1], inputs: 1, outputs: 1, transposed: false, precision: precision)) != nil
  }

  /// Where the default model lies on this machine; `nil` where it has not been fetched.
  package static var smallModelPath: String? {
    let environment = ProcessInfo.processInfo.environment
    let home = environment["HOME"] ?? NSHomeDirectory()
    let caches = environment["XDG_CACHE_HOME"] ?? home + "/.cache"
    let candidates = [
      environment["PRISM_MODEL"], caches + "/prism/models/smollm2-135m-instruct.gguf",
    ]
    return candidates.compactMap { $0 }.first { FileManager.default.fileExists(atPath: $0) }
  }
}

extension RenderedPrompt {
  /// A prompt of given tokens, without a template.
  package init(_ tokens: [Int32]) { self.init(tokens: tokens, text: "") }
}

extension Array where Element == Float {
  /// Token ids that a fixture stores as numbers.
  package var tokenIDs: [Int32] { map { Int32($0) } }
}
