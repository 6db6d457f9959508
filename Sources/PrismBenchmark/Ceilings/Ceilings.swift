import PrismTensor

/// What the machine can do, measured between the measurements: shared machines change their speed within
/// minutes.
final class Ceilings {
  /// One look at all three.
  struct Reading {
    /// 1e9 operations a second; `nil` where bf16 is not supported.
    let bf16: Double?
    let fp32: Double
    /// 1e9 bytes a second.
    let read: Double
  }

  private let bf16: ProductCeiling?
  private let fp32: ProductCeiling
  private let memory: ReadCeiling
  private(set) var readings: [Reading] = []

  init(memory: ReadCeiling) throws {
    // A processor without bf16 has no such ceiling; the report then leaves it out.
    bf16 = try? ProductCeiling(.bf16)
    fp32 = try ProductCeiling(.fp32)
    self.memory = memory
  }

  @discardableResult
  func look() throws -> Reading {
    let reading = Reading(bf16: try bf16?.gflops(), fp32: try fp32.gflops(), read: memory.gbps())
    readings.append(reading)
    return reading
  }
}
