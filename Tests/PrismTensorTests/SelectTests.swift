import CKernels
import PrismTensor
import Testing

/// The largest values of a row, and draws from a row of weights, against their plain twins.
@Suite struct SelectTests {
  private func topK(_ x: [Float], _ k: Int) -> [Int32] {
    var indices = [Int32](repeating: -1, count: k)
    prism_top_k(x, x.count, k, &indices)
    return indices
  }

  /// By sorting everything; equal values by index, NaN last.
  private func sorted(_ x: [Float], _ k: Int) -> [Int32] {
    let keys = x.map { $0.isNaN ? -Float.infinity : $0 }
    return x.indices.sorted { keys[$0] != keys[$1] ? keys[$0] > keys[$1] : $0 < $1 }.prefix(k)
      .map { Int32($0) }
  }

  // 2048 is where values are first looked at in lanes; 1023 and 1024 are around the number of lanes.
  @Test(
    arguments: [1, 2, 63, 272, 1023, 2047, 2048, 2049, 5000, 49152],
    [1, 2, 7, 64, 1023, 1024, 1500])
  func largest(_ count: Int, _ k: Int) {
    guard k <= count else { return }
    let normal = TensorToys.normals(count, seed: 50)
    // Few distinct values, so that most are equal to others.
    let coarse = normal.map { ($0 * 2).rounded() }
    var broken = normal
    for index in stride(from: 0, to: count, by: 3) { broken[index] = .nan }
    for index in stride(from: 1, to: count, by: 50) { broken[index] = -.infinity }
    let cases = [
      normal, coarse, broken, normal.sorted(), normal.sorted(by: >),
      [Float](repeating: 1, count: count), [Float](repeating: .nan, count: count),
      [Float](repeating: -.infinity, count: count),
    ]
    for (index, x) in cases.enumerated() {
      #expect(topK(x, k) == sorted(x, k), "case \(index)")
    }
  }

  /// Weight by weight.
  private func pick(_ weights: [Float], _ point: Double) -> Int32 {
    var left = point
    for (index, weight) in weights.enumerated() {
      left -= Double(weight)
      if left < 0 { return Int32(index) }
    }
    return Int32(weights.lastIndex { $0 > 0 } ?? 0)
  }

  // Weights are multiples of 2^-10, so all sums are exact and every border can be hit.
  @Test(arguments: [1, 3, 256, 257, 700, 5000]) func picking(_ count: Int) {
    var random = SeededGenerator(seed: 51)
    for zeros in [0, 1, 2, 3] {
      let weights = (0..<count).map { index in
        // Long runs of zeros too: whole pieces may hold nothing.
        index / 300 % (zeros + 1) == 0 && Int.random(in: 0...zeros, using: &random) == 0
          ? Float(Int.random(in: 1...64, using: &random)) / 1024 : 0
      }
      let mass = weights.reduce(0.0) { $0 + Double($1) }
      for _ in 0..<200 {
        let point = Double(Int.random(in: 0...Int(mass * 1024), using: &random)) / 1024
        #expect(prism_pick(weights, count, point) == pick(weights, point), "\(point) of \(mass)")
      }
      for point in [0, mass, mass * 1.001] {
        #expect(prism_pick(weights, count, point) == pick(weights, point), "\(point) of \(mass)")
      }
    }
  }
}
