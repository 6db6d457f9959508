import CKernels
import PrismTensor
import Testing

@Suite struct DropoutTests {
  static let count = 100_003

  private func dropped(_ x: [Float], rate: Float, seed: UInt64) -> [Float] {
    var y = [Float](repeating: -7, count: x.count)
    prism_dropout(x, &y, x.count, rate, seed)
    return y
  }

  // Binomial: with p = rate the share dropped has a deviation of sqrt(p (1 - p) / n). Six of them are
  // exceeded by one seed in 500 million.
  @Test(arguments: [0.05, 0.1, 0.5, 0.9] as [Float], [0, 1, .max] as [UInt64])
  func rate(_ rate: Float, _ seed: UInt64) {
    let ones = [Float](repeating: 1, count: Self.count)
    let y = dropped(ones, rate: rate, seed: seed)
    let share = Float(y.count { $0 == 0 }) / Float(Self.count)
    let deviation = (rate * (1 - rate) / Float(Self.count)).squareRoot()
    #expect(abs(share - rate) < 6 * deviation)
    // What is kept is scaled so that the mean stays.
    let scale = 1 / (1 - rate)
    #expect(y.allSatisfy { $0 == 0 || $0 == scale })
    // Neighbours fall independently: pairs dropped together are rate^2 of all pairs.
    let both = Float(zip(y, y.dropFirst()).count { $0 == 0 && $1 == 0 }) / Float(Self.count)
    let square = rate * rate
    #expect(
      abs(both - square) < 8 * (square * (1 - square) / Float(Self.count)).squareRoot() + 1e-4)
  }

  @Test func sameSeedSameMask() {
    let x = TensorToys.normals(Self.count, seed: 30)
    let y = dropped(x, rate: 0.3, seed: 5)
    #expect(dropped(x, rate: 0.3, seed: 5) == y)
    var inPlace = x
    inPlace.withUnsafeMutableBufferPointer {
      prism_dropout($0.baseAddress, $0.baseAddress, $0.count, 0.3, 5)
    }
    #expect(inPlace == y)
    // A mask depends on the index alone, not on how many there are or what they hold.
    let shorter = dropped([Float](repeating: 2, count: 101), rate: 0.3, seed: 5)
    #expect(shorter.map { $0 == 0 } == y[..<101].map { $0 == 0 })
  }

  // Masks of two seeds agree where both keep or both drop: 0.3^2 + 0.7^2 = 0.58 of all places. Seeds
  // one bit apart in their upper half used to agree in 0.66 of them.
  @Test(arguments: [0, 4, 6, 0x1_0000_0005, 0x8000_0000_0000_0005] as [UInt64])
  func otherSeedsOtherMasks(_ seed: UInt64) {
    let ones = [Float](repeating: 1, count: Self.count)
    let (a, b) = (dropped(ones, rate: 0.3, seed: 5), dropped(ones, rate: 0.3, seed: seed))
    let agree = Double(zip(a, b).count { $0 == $1 }) / Double(Self.count)
    #expect(abs(agree - 0.58) < 0.01)
  }

  @Test func rateZeroKeepsAll() {
    let x = TensorToys.normals(101, seed: 31)
    #expect(dropped(x, rate: 0, seed: 1) == x)
  }
}
