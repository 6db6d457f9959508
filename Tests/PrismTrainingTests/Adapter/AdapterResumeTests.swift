import Foundation
import PrismModel
import PrismTensor
import PrismTesting
import PrismTraining
import Testing

/// A run stopped anywhere and started again ends with the same bytes.
@Suite struct AdapterResumeTests {
  // 10 examples, 8 to train on: ten looks of the teacher, then 3 epochs of 2 steps. Stops before the
  // teacher is done, in the middle and at the end of an epoch, several times, and after the last step.
  @Test(arguments: [[4], [10], [11], [12], [13], [14], [16], [11, 13, 14], [12, 12, 12]])
  func interruptedIsUninterrupted(_ stops: [Int]) throws {
    let model = try TestData.tinyModel("tiny-llama")
    let examples = try AdapterToys.examples(model, count: 10)
    let trainer = AdapterToys.trainer(model)
    let whole = try AdapterToys.withPath { path in
      let output = try trainer.run(examples, checkpointPath: path) { _ in .more }
      return (output: output, bytes: try Data(contentsOf: URL(fileURLWithPath: path)))
    }
    #expect(whole.output.report.steps == 6)
    try AdapterToys.withPath { path in
      for stop in stops {
        var events = 0
        #expect(throws: Interrupted.self) {
          try trainer.run(examples, checkpointPath: path) { _ in
            events += 1
            return events == stop ? .stop : .more
          }
        }
      }
      let output = try trainer.run(examples, checkpointPath: path) { _ in .more }
      #expect(output.adapter == whole.output.adapter)
      #expect(output.report == whole.output.report)
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == whole.bytes)
      // Once more, when all is done: nothing is learned twice.
      let again = try trainer.run(examples, checkpointPath: path) { _ in .more }
      #expect(again.adapter == output.adapter && again.report == output.report)
    }
  }

  @Test func checkpointKeepsEverything() throws {
    let checkpoint = Self.checkpoint()
    try AdapterToys.withPath { path in
      try checkpoint.write(to: path)
      #expect(try AdapterCheckpoint(path: path, parameterCount: 3) == checkpoint)
    }
  }

  private static func checkpoint() -> AdapterCheckpoint {
    AdapterCheckpoint(
      epoch: 2, parameters: [1, -0.1, 3e-30],
      moments: .init(stepCount: 4, first: [0.5, 0, -1], second: [1e-12, 2, 3]),
      losses: [0.1, 1.0 / 3, 2e-17, 5], heldOutKLCurve: [0.25, 0.1])
  }

  struct Damage: Sendable, CustomTestStringConvertible {
    let name: String
    let change: @Sendable (inout [String: [Float]], inout [String: String]) -> Void
    var testDescription: String { name }
  }

  @Test(arguments: [
    Damage(name: "no parameters") { tensors, _ in tensors["parameters"] = nil },
    Damage(name: "no first moments") { tensors, _ in tensors["moments.first"] = nil },
    Damage(name: "no second moments") { tensors, _ in tensors["moments.second"] = nil },
    Damage(name: "too few parameters") { tensors, _ in tensors["parameters"] = [1, 2] },
    Damage(name: "too many moments") { tensors, _ in tensors["moments.first"] = [1, 2, 3, 4] },
    Damage(name: "NaN") { tensors, _ in tensors["parameters"] = [1, .nan, 2] },
    Damage(name: "infinite moment") { tensors, _ in tensors["moments.second"] = [1, .infinity, 2] },
    Damage(name: "no epoch") { _, texts in texts["epoch"] = nil },
    Damage(name: "epoch in words") { _, texts in texts["epoch"] = "two" },
    Damage(name: "negative epoch") { _, texts in texts["epoch"] = "-1" },
    Damage(name: "huge epoch") { _, texts in texts["epoch"] = "99999999999999999999" },
    Damage(name: "no steps") { _, texts in texts["steps"] = nil },
    Damage(name: "negative steps") { _, texts in texts["steps"] = "-4" },
    Damage(name: "steps without losses") { _, texts in texts["steps"] = "5" },
    Damage(name: "no losses") { _, texts in texts["losses"] = nil },
    Damage(name: "losses in words") { _, texts in texts["losses"] = "0.1 a b c" },
    Damage(name: "an infinite loss") { _, texts in texts["losses"] = "0.1 1 2 inf" },
    Damage(name: "no curve") { _, texts in texts["heldOutKL"] = nil },
    Damage(name: "short curve") { _, texts in texts["heldOutKL"] = "0.25" },
  ])
  func damagedCheckpoint(_ damage: Damage) throws {
    try AdapterToys.withPath { path in
      try Self.checkpoint().write(to: path)
      let file = try SafetensorsFile(path: path)
      var tensors = try Dictionary(
        uniqueKeysWithValues: file.tensorNames.map { ($0, try file.values(of: $0)) })
      var texts = file.metadata
      damage.change(&tensors, &texts)
      try SafetensorsWriter.write(
        tensors.sorted { $0.key < $1.key }.map { ($0.key, [$0.value.count], $0.value) },
        metadata: texts, to: path)
      #expect(throws: ModelError.self) { try AdapterCheckpoint(path: path, parameterCount: 3) }
    }
  }

  // Every mutation loads or throws. A checkpoint that loads has the right counts.
  @Test func mutatedCheckpoints() throws {
    try AdapterToys.withPath { path in
      try Self.checkpoint().write(to: path)
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      var refused = 0
      for seed in 0..<500 as Range<UInt64> {
        var mutator = Mutator(seed: seed)
        try Data(mutator.mutate(bytes)).write(to: URL(fileURLWithPath: path))
        do {
          let read = try AdapterCheckpoint(path: path, parameterCount: 3)
          #expect(read.parameters.count == 3 && read.losses.count == read.moments.stepCount)
        } catch is ModelError {
          refused += 1
        }
      }
      #expect(refused > 100)
    }
  }

  // A checkpoint of another run's size or length is refused, not trained on.
  @Test func anotherRunsCheckpoint() throws {
    let model = try TestData.tinyModel("tiny-llama")
    let examples = try AdapterToys.examples(model, count: 10)
    try AdapterToys.withPath { path in
      _ = try AdapterToys.trainer(model).run(examples, checkpointPath: path) { _ in .more }
      var fewer = AdapterToys.configuration()
      fewer.epochs = 2
      var wider = AdapterToys.configuration()
      wider.rank = 8
      var batches = AdapterToys.configuration()
      batches.effectiveBatch = 8
      for configuration in [fewer, wider, batches] {
        #expect(throws: ModelError.self) {
          try AdapterToys.trainer(model, configuration).run(examples, checkpointPath: path) { _ in
            .more
          }
        }
      }
    }
  }
}
