import PrismTensor

/// The samples of one measurement, each beside the ceilings around it.
struct BenchmarkRecord {
  let key: BenchmarkKey
  private var samples: [Sample] = []
  private var arithmeticShares: [Double] = []
  private var memoryShares: [Double] = []

  init(_ key: BenchmarkKey) { self.key = key }

  mutating func add(
    _ sample: Sample, before: Ceilings.Reading, after: Ceilings.Reading, precision: Precision
  ) {
    samples.append(sample)
    func product(_ reading: Ceilings.Reading) -> Double {
      precision == .fp32 ? reading.fp32 : reading.bf16 ?? reading.fp32
    }
    if let gflops = sample.gflops {
      arithmeticShares.append(2 * gflops / (product(before) + product(after)))
    }
    if let gbps = sample.gbps { memoryShares.append(2 * gbps / (before.read + after.read)) }
  }

  var value: Double? { median(samples.map(\.value)) }

  var detail: BenchmarkReport.Detail {
    let arithmetic = median(arithmeticShares)
    let memory = median(memoryShares)
    let bound: BenchmarkReport.Bound? =
      switch (arithmetic, memory) {
      case (nil, nil): nil
      case (let arithmetic?, let memory?): arithmetic >= memory ? .arithmetic : .memory
      case (_?, nil): .arithmetic
      case (nil, _?): .memory
      }
    return BenchmarkReport.Detail(
      unit: key.unit, rounds: samples.map(\.value),
      tokensPerSecond: median(samples.compactMap(\.tokensPerSecond)),
      gflops: median(samples.compactMap(\.gflops)), gbps: median(samples.compactMap(\.gbps)),
      shareOfCeiling: [arithmetic, memory].compactMap { $0 }.max(), ceiling: bound)
  }
}
