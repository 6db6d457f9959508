import CKernels
import PrismTensor

/// One projection group's products through the kernels, on random bf16 values.
final class AdapterToy {
  static let scale: Float = 2

  let shape: TrainingAdapterTests.Shape
  let rows: Int
  let rate: Float
  /// Ranks of all projections side by side, and their outputs.
  let width: Int
  let outputs: Int
  // What goes in: rounded to bf16 already, except for what is only added to.
  let x: [Float]
  let dy: [Float]
  let a: [Float]
  let b: [Float]
  let y0: [Float]
  let dx0: [Float]
  let da0: [Float]
  let db0: [Float]
  // What comes out; x A^T and dy B without the padded ranks.
  private(set) var low: [Float] = []
  private(set) var dlow: [Float] = []
  private(set) var y: [Float] = []
  private(set) var dx: [Float] = []
  private(set) var da: [Float] = []
  private(set) var db: [Float] = []

  init(_ shape: TrainingAdapterTests.Shape, rows: Int, rate: Float) {
    self.shape = shape
    self.rows = rows
    self.rate = rate
    width = shape.rank * shape.outputs.count
    outputs = shape.outputs.reduce(0, +)
    func rounded(_ count: Int, _ seed: UInt64) -> [Float] {
      TensorToys.rounded(TensorToys.normals(count, seed: seed, scale: 0.5), .bf16)
    }
    x = rounded(rows * shape.inputs, 1)
    dy = rounded(rows * outputs, 2)
    a = rounded(width * shape.inputs, 3)
    b = rounded(outputs * shape.rank, 4)
    y0 = TensorToys.normals(rows * outputs, seed: 5)
    dx0 = TensorToys.normals(rows * shape.inputs, seed: 6)
    da0 = TensorToys.normals(width * shape.inputs, seed: 7)
    db0 = TensorToys.normals(outputs * shape.rank, seed: 8)
  }

  /// A power of two times bf16 is bf16.
  var scaledB: [Float] { b.map { $0 * Self.scale } }

  var results: [[Float]] { [low, dlow, y, dx, da, db] }

  private let seed: UInt64 = 77

  /// Which inputs dropout keeps, by the kernel of the fp32 path.
  var kept: [Bool] {
    let ones = [Float](repeating: 1, count: x.count)
    var y = ones
    prism_dropout(ones, &y, y.count, rate, seed)
    return y.map { $0 != 0 }
  }

  func run() {
    let even = shape.rank + shape.rank % 2
    var group = prism_adapter_group()
    group.inputs = shape.inputs
    group.count = shape.outputs.count
    group.rank = even
    withUnsafeMutableBytes(of: &group.outputs) { bytes in
      for (slot, size) in shape.outputs.enumerated() { bytes.bindMemory(to: Int.self)[slot] = size }
    }
    let memory = Buffer<UInt32>(count: prism_adapter_units(&group))
    prism_adapter_place(&group, memory.pointer)
    let padded = even * shape.outputs.count
    let tall = (rows + 1) / 2 * ((padded + 15) / 16 * 16) + 16
    let (lowWide, lowTall) = (Buffer<UInt32>(count: rows * padded / 2), Buffer<UInt32>(count: tall))
    let (dlowWide, dlowTall) = (Buffer<UInt32>(count: rows * padded / 2), Buffer<UInt32>(count: tall))
    let bits = Buffer<UInt16>(count: rows * ((shape.inputs + 15) / 16))
    let mask = prism_mask(
      bits: rate > 0 ? bits.pointer : nil, factor: 1 / (1 - rate), rate: rate, seed: seed)
    let (narrowX, narrowDY) = (Buffer<UInt16>(count: x.count), Buffer<UInt16>(count: dy.count))
    let out = [UInt16](repeating: 0, count: x.count)
    var (narrowDX, delta) = (out, [Float](repeating: 0, count: x.count))
    (y, dx, da, db) = (y0, dx0, da0, db0)

    withUnsafePointer(to: group) { group in
      b.withUnsafeBufferPointer { b in
        prism_adapter_pack(group, shape.rank, a, starts(UnsafePointer<Float>?.none) { b.baseAddress! + $0 }, Self.scale)
      }
      var forward = prism_stage_product(
        group: group, low: prism_low(wide: lowWide.pointer, tall: lowTall.pointer), mask: mask)
      var backward = prism_stage_product(
        group: group, low: prism_low(wide: dlowWide.pointer, tall: dlowTall.pointer), mask: mask)
      prism_train_narrow(rows, shape.inputs, x, narrowX.pointer, 0, &forward)
      prism_train_norm(rows, outputs, &y, &forward, nil, nil, 0, nil, nil)
      prism_train_narrow(rows, outputs, dy, narrowDY.pointer, 1, &backward)
      prism_train_attended_backward(
        rows, shape.inputs / 2, 2, &dx, &backward, out, &narrowDX, &delta)
      db.withUnsafeMutableBufferPointer { db in
        prism_adapter_gradient(
          group, shape.rank, rows, narrowX.pointer, &forward.mask, narrowDY.pointer, &forward.low,
          &backward.low, Self.scale, &da,
          starts(UnsafeMutablePointer<Float>?.none) { db.baseAddress! + $0 })
      }
    }
    low = values(lowWide, padded: padded, even: even)
    dlow = values(dlowWide, padded: padded, even: even)
  }

  /// One address for each projection's B.
  private func starts<P>(_ none: P?, _ address: (Int) -> P) -> [P?] {
    var start = 0
    return shape.outputs.map { count in
      defer { start += count * shape.rank }
      return address(start)
    }
  }

  /// The bf16 values behind pairs of ranks, padding left out.
  private func values(_ buffer: Buffer<UInt32>, padded: Int, even: Int) -> [Float] {
    (0..<rows).flatMap { row in
      (0..<padded).filter { $0 % even < shape.rank }.map { column in
        let unit = buffer.pointer[(row * padded + column) / 2]
        return TensorToys.wide(UInt16(truncatingIfNeeded: column % 2 == 0 ? unit : unit >> 16))
      }
    }
  }
}
