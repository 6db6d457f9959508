import Foundation
import PrismModel
import PrismTensor
import PrismTesting
import PrismTraining

/// Distill examples with one persona for a tiny random model, whose answers follow the persona.
enum AdapterToys {
  static let persona = tokens(24, seed: 1)

  static func tokens(_ count: Int, seed: UInt64) -> [Int32] {
    var random = SeededGenerator(seed: seed, 0x5A)
    return (0..<count).map { _ in Int32.random(in: 3..<270, using: &random) }
  }

  /// Every fifth is held out. Answers have 6 to 10 tokens, sampled from the teacher.
  static func examples(
    _ model: LanguageModel, count: Int = 30, persona: [Int32] = persona
  ) throws -> [DistillExample] {
    let prompts = (0..<count).map { index in
      let query = tokens(4 + index % 5, seed: UInt64(100 + index))
      return (teacher: RenderedPrompt(persona + query), student: RenderedPrompt(query))
    }
    let answers = try Generator(model: model).generate(
      prompts.enumerated().map { index, prompt in
        let sampling = SamplingParameters(
          temperature: 1, maxTokens: 6 + index % 5, seed: UInt64(index))
        return GenerationRequest(prompt: prompt.teacher, sampling: sampling)
      }
    ) { _ in .more }
    return prompts.enumerated().map { index, prompt in
      DistillExample(
        id: "query-\(1000 + index)", teacherPrompt: prompt.teacher, studentPrompt: prompt.student,
        answer: answers[index].tokenIDs, split: index % 5 == 4 ? .heldOut : .train)
    }
  }

  static func configuration() -> AdapterTrainingConfiguration {
    var configuration = AdapterTrainingConfiguration()
    configuration.rank = 4
    configuration.alpha = 8
    configuration.learningRate = 5e-3
    configuration.effectiveBatch = 4
    configuration.epochs = 3
    configuration.microBatchTokens = 32
    return configuration
  }

  static func trainer(
    _ model: LanguageModel, _ configuration: AdapterTrainingConfiguration = configuration(),
    gateLayer: Int = 0, seed: UInt64 = 1
  ) -> AdapterTrainer {
    AdapterTrainer(model: model, configuration: configuration, gateLayer: gateLayer, seed: seed)
  }

  /// Calls `body` with a path in a folder that is gone afterwards.
  static func withPath<R>(_ body: (String) throws -> R) throws -> R {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.appendingPathComponent("checkpoint.safetensors").path)
  }
}
