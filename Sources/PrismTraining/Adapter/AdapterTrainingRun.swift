import Foundation
import PrismModel
import PrismTensor

/// The state of one training run.
final class AdapterTrainingRun {
  private typealias Row = (example: DistillExample, signal: TeacherSignal)

  private let trainer: AdapterTrainer
  private let examples: [DistillExample]
  private let checkpointPath: String?
  private let loss: any AnswerLoss
  private var weights: LoRAWeights
  private var optimizer: AdamW
  private var epoch = 0
  private var losses: [Double] = []
  private var heldOutKLCurve: [Double] = []
  private var processed = 0
  private let gradients = Buffer<Float>()

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
    loss =
      switch trainer.objective {
      case .teacher: DistillationLoss(temperature: Float(configuration.temperature))
      case .answers: try TokenLoss(model: trainer.model.transformer)
      }
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
      weights.values = Array(
        UnsafeBufferPointer(start: active.parameters.pointer, count: weights.values.count))
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

  /// One look by the teacher at every example, where there is a teacher. Answers too long for
  /// `maxTokens` are cut, at the same token under every objective.
  private func teach(report: Reporter) throws -> [Row] {
    let limit = min(trainer.configuration.maxTokens, trainer.model.configuration.contextLength)
    let fitting = examples.compactMap { example -> (example: DistillExample, answer: [Int32])? in
      let longest = max(example.teacherPrompt.tokens.count, example.studentPrompt.tokens.count)
      let answer = Array(example.answer.prefix(max(0, limit - longest)))
      return answer.isEmpty ? nil : (example, answer)
    }
    guard fitting.contains(where: { $0.example.split == .train }) else {
      throw TrainingError.answersDoNotFit(count: examples.count, maxTokens: limit)
    }
    if trainer.objective == .answers {
      return fitting.map { ($0.example, TeacherSignal(answer: $0.answer)) }
    }
    let teacher = Teacher(model: trainer.model, width: trainer.configuration.topTokens)
    var done = 0
    var tokens = 0
    let signals = try teacher.signals(
      fitting.map { (prompt: $0.example.teacherPrompt, answer: $0.answer) }
    ) { finished in
      // Examples that share a pass finish together; each is still one event.
      while done < finished {
        tokens += fitting[done].example.teacherPrompt.tokens.count + fitting[done].answer.count
        done += 1
        let event = ProgressEvent(
          stage: "teacher", done: done, total: fitting.count, tokens: tokens)
        if report(event) == .stop { return .stop }
      }
      return .more
    }
    return zip(fitting, signals).map { ($0.example, $1) }
  }

  /// Gradients of one effective batch, in passes of at most `microBatchTokens`, then one update.
  private func takeStep(
    _ batch: [Row], pass: TrainingPass, active: ActiveAdapter, learningRate: Float
  ) throws {
    let configuration = trainer.configuration
    let answerTokens = batch.reduce(0) { $0 + $1.signal.count }
    let count = weights.values.count
    gradients.reserve(count).update(repeating: 0, count: count)
    var total = 0.0
    let packs = SequencePacks.firstFit(
      lengths: batch.map(Self.length), capacity: configuration.microBatchTokens)
    for (index, pack) in packs.enumerated() {
      var seed = SeededGenerator(
        seed: trainer.seed, 0xD, UInt64(optimizer.moments.stepCount), UInt64(index))
      let (sequences, targets) = Self.packed(pack.map { batch[$0] })
      try pass.forward(sequences, dropoutSeed: seed.next())
      total += try loss.total(of: targets, in: pass, weight: 1 / Float(answerTokens))
      try pass.backward(into: gradients.pointer)
      processed += pass.rows
    }
    let mean = total / Double(answerTokens)
    let slopes = UnsafeBufferPointer(start: UnsafePointer(gradients.pointer), count: count)
    let (norm, factor) = clipping(of: slopes, maximumNorm: Float(configuration.gradientClip))
    guard mean.isFinite, norm.isFinite else {
      throw TrainingError.diverged(what: "the adapter's loss", epoch: epoch + 1)
    }
    losses.append(mean)
    optimizer.step(
      parameters: UnsafeMutableBufferPointer(start: active.parameters.pointer, count: count),
      gradients: slopes, factor: factor, learningRate: learningRate)
  }

  /// Rows of one example's sequence: the last answer token predicts nothing.
  private static func length(_ row: Row) -> Int {
    row.example.studentPrompt.tokens.count + row.signal.count - 1
  }

  private static func packed(
    _ rows: [Row]
  ) -> (sequences: [[Int32]], targets: [TrainingPass.Target]) {
    var first = 0
    var sequences: [[Int32]] = []
    var targets: [TrainingPass.Target] = []
    for row in rows {
      let prompt = row.example.studentPrompt.tokens
      sequences.append(prompt + row.example.answer.prefix(row.signal.count - 1))
      targets.append(.init(firstRow: first + prompt.count - 1, signal: row.signal))
      first += length(row)
    }
    return (sequences, targets)
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
    let loss: any AnswerLoss

    init(trainer: AdapterTrainer, active: ActiveAdapter, loss: any AnswerLoss) {
      pass = ForwardPass(model: trainer.model.transformer, adapter: active)
      pool = KeyValuePool(trainer.model.configuration, precision: trainer.model.precision)
      self.loss = loss
    }

    func measure(_ rows: [Row], route: Route) throws -> AdapterEvaluation? {
      try AdapterEvaluation.measure(rows, pass: pass, pool: pool, route: route, loss: loss)
    }
  }
}
