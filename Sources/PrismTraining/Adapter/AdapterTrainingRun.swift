import Foundation
import PrismModel
import PrismTensor

/// The state of one training run.
final class AdapterTrainingRun {
  private typealias Row = (example: DistillExample, signal: TeacherSignal)

  private let trainer: AdapterTrainer
  private let examples: [DistillExample]
  private let checkpointPath: String?
  private let loss: DistillationLoss
  private var weights: LoRAWeights
  private var optimizer: AdamW
  private var epoch = 0
  private var losses: [Double] = []
  private var heldOutKLCurve: [Double] = []
  private var processed = 0

  init(_ trainer: AdapterTrainer, examples: [DistillExample], checkpointPath: String?) throws {
    let configuration = trainer.configuration
    self.trainer = trainer
    self.checkpointPath = checkpointPath
    let problems = configuration.problems
    guard problems.isEmpty else {
      throw TrainingError.invalidSettings(problems.map { "\($0.key) \($0.problem)" })
    }
    guard trainer.gateLayer >= 0, trainer.gateLayer + 1 < trainer.model.configuration.layerCount else {
      throw TrainingError.invalidSettings([
        "gate layer \(trainer.gateLayer) leaves no layer to adapt; allowed: 0 to \(trainer.model.configuration.layerCount - 2)"
      ])
    }
    // Sorted by identity, so that the order on input changes nothing.
    self.examples = examples.sorted { $0.id < $1.id }
    guard examples.contains(where: { $0.split == .train }) else {
      throw TrainingError.noDistillExamples(heldOutCount: examples.count)
    }
    loss = DistillationLoss(temperature: Float(configuration.temperature))
    weights = trainer.initialAdapter()
    optimizer = AdamW(
      parameterCount: weights.values.count, weightDecay: configuration.weightDecay)
    if let checkpointPath, FileManager.default.fileExists(atPath: checkpointPath) {
      let checkpoint = try AdapterCheckpoint(
        path: checkpointPath, parameterCount: weights.values.count)
      weights.values = checkpoint.parameters
      optimizer = AdamW(moments: checkpoint.moments, weightDecay: configuration.weightDecay)
      epoch = checkpoint.epoch
      losses = checkpoint.losses
      heldOutKLCurve = checkpoint.heldOutKLCurve
    }
  }

  func train(report: Reporter) throws -> AdapterTrainer.Output {
    let configuration = trainer.configuration
    let rows = try teach(report: report)
    let training = rows.filter { $0.example.split == .train }
    let heldOut = rows.filter { $0.example.split == .heldOut }
    let active = ActiveAdapter(weights)
    let pass = TrainingPass(
      model: trainer.model.transformer, adapter: active,
      backward: try BackwardWeights(trainer.model.transformer, firstLayer: weights.layers.lowerBound),
      dropout: Float(configuration.dropout))
    let evaluator = Evaluator(trainer: trainer, active: active, loss: loss)
    let before = try evaluator.measure(heldOut, route: .base)
    let stepsPerEpoch = (training.count + configuration.effectiveBatch - 1) / configuration.effectiveBatch
    let totalSteps = stepsPerEpoch * configuration.epochs
    try checkProgress(stepsPerEpoch: stepsPerEpoch)
    let schedule = LearningRateSchedule(
      peak: Float(configuration.learningRate),
      warmupSteps: min(totalSteps, Int((Double(totalSteps) * configuration.warmupShare).rounded())),
      totalSteps: totalSteps)
    var after = before
    while epoch < configuration.epochs {
      var order = Array(training.indices)
      var random = SeededGenerator(seed: trainer.seed, 0xE, UInt64(epoch))
      order.shuffle(using: &random)
      for start in stride(from: 0, to: order.count, by: configuration.effectiveBatch) {
        let batch = order[start..<min(start + configuration.effectiveBatch, order.count)].map { training[$0] }
        let step = optimizer.moments.stepCount
        try takeStep(batch, pass: pass, active: active, learningRate: schedule.rate(at: step))
        let event = ProgressEvent(
          stage: "adapter", done: epoch * order.count + start + batch.count,
          total: configuration.epochs * order.count, tokens: processed, loss: losses.last)
        if report(event) == .stop { throw Interrupted() }
      }
      epoch += 1
      after = try evaluator.measure(heldOut, route: .adapter)
      if let after { heldOutKLCurve.append(after.divergence) }
      try saveCheckpoint()
    }
    // A run that had finished its last epoch before it was stopped still needs its numbers.
    if after == before, epoch > 0 { after = try evaluator.measure(heldOut, route: .adapter) }
    return AdapterTrainer.Output(
      adapter: weights,
      report: AdapterReport(
        heldOutCount: heldOut.count, heldOutTokens: before?.tokenCount ?? 0,
        heldOutKLBefore: before?.divergence, heldOutKLAfter: after?.divergence,
        heldOutTop1AgreementBefore: before?.topAgreement,
        heldOutTop1AgreementAfter: after?.topAgreement, heldOutKLCurve: heldOutKLCurve,
        trainCount: training.count,
        supervisedTokens: training.reduce(0) { $0 + $1.signal.count },
        cutAnswers: rows.count { $0.signal.count < $0.example.answer.count }, steps: losses.count,
        epochs: epoch, losses: losses, trainableParameters: weights.values.count))
  }

  /// One look by the teacher at every example; answers too long for `maxTokens` are cut.
  private func teach(report: Reporter) throws -> [Row] {
    let teacher = Teacher(model: trainer.model, width: trainer.configuration.topTokens)
    let limit = min(trainer.configuration.maxTokens, trainer.model.configuration.contextLength)
    var rows: [Row] = []
    var tokens = 0
    for (index, example) in examples.enumerated() {
      let longest = max(example.teacherPrompt.tokens.count, example.studentPrompt.tokens.count)
      let answer = Array(example.answer.prefix(max(0, limit - longest)))
      if !answer.isEmpty {
        rows.append((example, try teacher.signal(prompt: example.teacherPrompt, answer: answer)))
        tokens += example.teacherPrompt.tokens.count + answer.count
      }
      let event = ProgressEvent(
        stage: "teacher", done: index + 1, total: examples.count, tokens: tokens)
      if report(event) == .stop { throw Interrupted() }
    }
    guard rows.contains(where: { $0.example.split == .train }) else {
      throw TrainingError.answersDoNotFit(count: examples.count, maxTokens: limit)
    }
    return rows
  }

  /// Gradients of one effective batch, in passes of at most `microBatchTokens`, then one update.
  private func takeStep(
    _ batch: [Row], pass: TrainingPass, active: ActiveAdapter, learningRate: Float
  ) throws {
    let configuration = trainer.configuration
    let answerTokens = batch.reduce(0) { $0 + $1.signal.count }
    var gradients = [Float](repeating: 0, count: weights.values.count)
    var total = 0.0
    for (index, part) in packs(of: batch).enumerated() {
      let sequences = part.map { $0.example.studentPrompt.tokens + $0.example.answer.prefix($0.signal.count - 1) }
      var seed = SeededGenerator(
        seed: trainer.seed, 0xD, UInt64(optimizer.moments.stepCount), UInt64(index))
      try pass.forward(sequences, dropoutSeed: seed.next())
      var row = 0
      var targets: [TrainingPass.Target] = []
      for (entry, tokens) in zip(part, sequences) {
        targets.append(
          .init(firstRow: row + entry.example.studentPrompt.tokens.count - 1, signal: entry.signal))
        row += tokens.count
      }
      total += pass.distillationLoss(targets, loss: loss, weight: 1 / Float(answerTokens))
      try gradients.withUnsafeMutableBufferPointer { buffer in
        if let address = buffer.baseAddress { try pass.backward(into: address) }
      }
      processed += row
    }
    let mean = total / Double(answerTokens)
    let norm = clipGradient(&gradients, maximumNorm: Float(configuration.gradientClip))
    guard mean.isFinite, norm.isFinite else {
      throw TrainingError.diverged(what: "the adapter's loss", epoch: epoch + 1)
    }
    losses.append(mean)
    optimizer.step(parameters: &weights.values, gradients: gradients, learningRate: learningRate)
    active.parameters.pointer.update(from: weights.values, count: weights.values.count)
  }

  private func packs(of batch: [Row]) -> [[Row]] {
    var packs: [[Row]] = []
    var room = 0
    for row in batch {
      let count = row.example.studentPrompt.tokens.count + row.signal.count - 1
      if count > room || packs.isEmpty {
        packs.append([])
        room = trainer.configuration.microBatchTokens
      }
      packs[packs.count - 1].append(row)
      room -= count
    }
    return packs
  }

  /// A checkpoint of other examples or settings would train on, but to something else.
  private func checkProgress(stepsPerEpoch: Int) throws {
    let steps = optimizer.moments.stepCount
    guard epoch <= trainer.configuration.epochs, steps == epoch * stepsPerEpoch else {
      throw ModelError.malformed(
        path: checkpointPath ?? "the checkpoint", at: "steps",
        expected: "\(stepsPerEpoch) in each of at most \(trainer.configuration.epochs) epochs",
        found: "\(steps) after \(epoch) epochs")
    }
  }

  private func saveCheckpoint() throws {
    guard let checkpointPath else { return }
    try AdapterCheckpoint(
      epoch: epoch, parameters: weights.values, moments: optimizer.moments, losses: losses,
      heldOutKLCurve: heldOutKLCurve
    ).write(to: checkpointPath)
  }

  /// Measures the student through the inference path.
  private struct Evaluator {
    let pass: ForwardPass
    let pool: KeyValuePool
    let loss: DistillationLoss

    init(trainer: AdapterTrainer, active: ActiveAdapter, loss: DistillationLoss) {
      pass = ForwardPass(model: trainer.model.transformer, adapter: active)
      pool = KeyValuePool(trainer.model.configuration, precision: trainer.model.precision)
      self.loss = loss
    }

    func measure(_ rows: [Row], route: Route) throws -> AdapterEvaluation? {
      try AdapterEvaluation.measure(rows, pass: pass, pool: pool, route: route, loss: loss)
    }
  }
}
