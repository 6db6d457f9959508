import Foundation

/// The tiny random Llama of the model tests, with a context long enough for persona prompts.
enum TinyModel {
  static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Copies the model into `folder` and returns its path.
  static func make(in folder: TemporaryFolder) throws -> String {
    let source = repository.appendingPathComponent(
      "Tests/PrismModelTests/Fixtures/models/tiny-llama")
    let path = folder.file("tiny")
    try FileManager.default.copyItem(atPath: source.path, toPath: path)
    let config = URL(fileURLWithPath: path + "/config.json")
    let text = try String(contentsOf: config, encoding: .utf8)
    try text.replacingOccurrences(
      of: "\"max_position_embeddings\": 256", with: "\"max_position_embeddings\": 4096"
    ).write(to: config, atomically: true, encoding: .utf8)
    return path
  }

  /// Settings under which a model that knows nothing finishes a run within seconds. Its judge puts
  /// next to nothing on the letters, so any mass will do.
  static let settings = """
    personas: {length: minimum, names: [math, writing]}
    queries: {perPersona: 6, maxTokens: 24, tooShort: 0}
    answers: {maxTokens: 8}
    judge: {minLetterMass: 0}
    split: {heldOutShare: 0.3}
    gate: {epochs: 3}
    adapter: {epochs: 2, rank: 2, effectiveBatch: 2}
    engine: {precision: fp32, threads: 1, unitItems: 4}
    """
}
