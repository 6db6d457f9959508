import CKernels
import PrismTensor
import Testing

/// fp32 to bf16 and back, bit for bit.
@Suite struct ConversionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let value: Float
    let bits: UInt16
    var testDescription: String { name }
  }

  @Test(arguments: [
    Case(name: "one", value: 1, bits: 0x3F80),
    Case(name: "minus zero", value: -0.0, bits: 0x8000),
    Case(name: "infinity", value: .infinity, bits: 0x7F80),
    Case(name: "minus infinity", value: -.infinity, bits: 0xFF80),
    Case(name: "tie to even below", value: Float(bitPattern: 0x3F80_8000), bits: 0x3F80),
    Case(name: "tie to even above", value: Float(bitPattern: 0x3F81_8000), bits: 0x3F82),
    Case(name: "just over a tie", value: Float(bitPattern: 0x3F80_8001), bits: 0x3F81),
    Case(name: "just under a tie", value: Float(bitPattern: 0x3F81_7FFF), bits: 0x3F81),
    Case(name: "largest finite", value: .greatestFiniteMagnitude, bits: 0x7F80),
    Case(name: "negative tie", value: Float(bitPattern: 0xBF81_8000), bits: 0xBF82),
    Case(name: "smallest subnormal", value: .leastNonzeroMagnitude, bits: 0),
    // Payloads in the low half alone must not turn into infinity.
    Case(name: "NaN with a low payload", value: Float(bitPattern: 0x7F80_0001), bits: 0x7FC0),
    Case(name: "quiet NaN", value: Float(bitPattern: 0xFFFF_FFFF), bits: 0xFFFF),
  ])
  func narrow(_ item: Case) {
    // Seventeen copies: inside the vectors and behind them.
    var bits = [UInt16](repeating: 0, count: 17)
    prism_narrow([Float](repeating: item.value, count: 17), &bits, 17)
    #expect(bits == [UInt16](repeating: item.bits, count: 17))
  }

  @Test func narrowRandomBits() {
    var random = SeededGenerator(seed: 20)
    let values = (0..<10_007).map { _ in
      Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
    }
    var bits = [UInt16](repeating: 0, count: values.count)
    prism_narrow(values, &bits, values.count)
    #expect(bits == values.map { TensorToys.nearestBF16($0) })
  }

  @Test func widenEveryPattern() {
    let all = (0...UInt16.max).map { $0 }
    var wide = [Float](repeating: 0, count: all.count)
    prism_widen(all, &wide, all.count)
    #expect(wide.map(\.bitPattern) == all.map { UInt32($0) << 16 })
  }
}
