import Foundation
package import PrismModel
import PrismTensor

/// Measures a model on this machine, in rounds: everything in turn, with the ceilings in between, and all
/// of it again. Figures are medians and shares compare neighbours, so that a machine whose speed drifts
/// moves both sides alike.
package struct Benchmark {
  private let path: String
  private let settings: BenchmarkSettings

  /// - Parameter path: a GGUF file or a Hugging Face folder.
  /// - Throws: `BenchmarkError` for settings out of range.
  package init(path: String, settings: BenchmarkSettings) throws {
    guard (1...100).contains(settings.rounds) else {
      throw BenchmarkError.invalidRounds(settings.rounds)
    }
    self.path = path
    self.settings = settings
  }

  /// Runs all rounds.
  ///
  /// - Parameter report: gets an event before each measurement and while it runs.
  /// - Throws: `Interrupted` when `report` asks to stop; `ModelError`, `TensorError`.
  package func run(report: Reporter) throws -> BenchmarkReport {
    let memory = ReadCeiling()
    let subject = try BenchmarkSubject(path: path, weights: settings.weights)
    let measurements = try self.measurements(of: subject)
    let total = measurements.count * settings.rounds
    var done = 0
    func checkpoint() throws {
      if report(ProgressEvent(stage: "bench", done: done, total: total)) == .stop {
        throw Interrupted()
      }
    }
    for measurement in measurements {
      try measurement.warmUp(checkpoint)
      try checkpoint()
    }
    let ceilings = try Ceilings(memory: memory)
    var records = measurements.map { BenchmarkRecord($0.key) }
    var before = try ceilings.look()
    for _ in 0..<settings.rounds {
      // Without measurements between them the looks are the rounds.
      if measurements.isEmpty { try ceilings.look() }
      for (index, measurement) in measurements.enumerated() {
        let sample = try measurement.sample(checkpoint)
        let after = try ceilings.look()
        records[index].add(sample, before: before, after: after, precision: subject.model.precision)
        before = after
        done += 1
        try checkpoint()
      }
    }
    return summary(of: subject, records: records, ceilings: ceilings)
  }

  /// What the settings ask for and the model's context has room for.
  private func measurements(of subject: BenchmarkSubject) throws -> [any Measurement] {
    let streams = DecodeStreams(subject)
    return try settings.keys.filter { $0.contextTokens <= subject.shape.contextLength }.map { key in
      switch key {
      case .prefill(let tokens): PrefillMeasurement(tokens: tokens, subject: subject)
      case .decode(let count): DecodeMeasurement(streams: count, of: streams, subject: subject)
      case .judgePerSecond: JudgeMeasurement(subject: subject)
      case .multipleChoicePerSecond:
        MultipleChoiceMeasurement(.onePrefill, key: key, subject: subject)
      case .multipleChoiceFivePassesPerSecond:
        MultipleChoiceMeasurement(.fivePasses, key: key, subject: subject)
      case .train512: try TrainingMeasurement(subject: subject)
      case .gateShare: GateMeasurement(subject: subject)
      case .mixedBatch: try MixedBatchMeasurement(subject: subject, streams: streams)
      }
    }
  }

  private func summary(
    of subject: BenchmarkSubject, records: [BenchmarkRecord], ceilings: Ceilings
  ) -> BenchmarkReport {
    var values: [BenchmarkKey: Double] = [:]
    var details: [BenchmarkKey: BenchmarkReport.Detail] = [:]
    for record in records {
      values[record.key] = record.value
      details[record.key] = record.detail
    }
    return BenchmarkReport(
      keys: records.map(\.key), values: values, details: details,
      ceiling: BenchmarkReport.Ceiling(
        bf16GFLOPS: median(ceilings.readings.compactMap(\.bf16)),
        fp32GFLOPS: median(ceilings.readings.map(\.fp32)) ?? 0,
        readGBps: median(ceilings.readings.map(\.read)) ?? 0),
      loadSeconds: subject.loadSeconds, timeToFirstToken: subject.timeToFirstToken,
      peakResidentBytes: PeakMemory.bytes.map { $0 - ReadCeiling.byteCount },
      model: URL(fileURLWithPath: path).lastPathComponent,
      weights: subject.model.weights.rawValue, threads: Threads.count, rounds: settings.rounds,
      cpu: Processor.name, date: Date().formatted(.iso8601))
  }
}
