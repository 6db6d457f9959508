import CKernels
import PrismModel
import PrismTensor

/// An adapter's matrices in bf16, laid out for the training kernels, and the operands of its products.
///
/// Parameters stay fp32 in `ActiveAdapter`; `pack` narrows them before a pass.
final class NarrowAdapter {
  static let groupCount = ActiveAdapter.groups.count

  let active: ActiveAdapter
  /// Of adapted layer i and group g at 4 i + g.
  private let groups: Buffer<prism_adapter_group>
  private let memory: Buffer<UInt32>
  /// Operands of x A^T and low B^T, and of dy B and dlow A.
  private let forwardProducts: Buffer<prism_stage_product>
  private let backwardProducts: Buffer<prism_stage_product>
  // Between two stages only, so that layers share them.
  private let low = (0..<groupCount).map { _ in Buffer<UInt32>() }
  private let lowGradient = (0..<groupCount).map { _ in Buffer<UInt32>() }
  private let tallGradient = (0..<groupCount).map { _ in Buffer<UInt32>() }

  init(_ active: ActiveAdapter) {
    self.active = active
    let weights = active.weights
    let count = weights.layers.count * Self.groupCount
    groups = Buffer(count: count)
    forwardProducts = Buffer(count: count)
    backwardProducts = Buffer(count: count)
    let evenRank = weights.rank + weights.rank % 2
    var units = 0
    var starts: [Int] = []
    for index in 0..<count {
      let projections = ActiveAdapter.groups[index % Self.groupCount]
      let sizes = projections.map { $0.size(in: weights.model) }
      var group = prism_adapter_group()
      group.inputs = sizes[0].input
      group.count = projections.count
      group.rank = evenRank
      withUnsafeMutableBytes(of: &group.outputs) { bytes in
        let outputs = bytes.bindMemory(to: Int.self)
        for (slot, size) in sizes.enumerated() { outputs[slot] = size.output }
      }
      starts.append(units)
      units += prism_adapter_units(&group)
      (groups.pointer + index).initialize(to: group)
    }
    memory = Buffer(count: units)
    for index in 0..<count { prism_adapter_place(groups.pointer + index, memory.pointer + starts[index]) }
  }

  /// Narrows the parameters as they are now.
  func pack() {
    let weights = active.weights
    parallel(weights.layers.count) { offset in
      let layer = weights.layers.lowerBound + offset
      for (group, projections) in ActiveAdapter.groups.enumerated() {
        let factors = projections.map { UnsafePointer<Float>?(UnsafePointer(active.b(layer, $0))) }
        prism_adapter_pack(
          groups.pointer + offset * Self.groupCount + group, weights.rank,
          active.a(layer, projections[0]), factors, weights.scale)
      }
    }
  }

  /// Points the products of one layer at a batch's memory.
  ///
  /// - Parameter mask: of each group; without bits there is no dropout.
  func connect(layer: Int, rows: Int, kept: NarrowLayer, mask: (Int) -> prism_mask) {
    for group in 0..<Self.groupCount {
      let width = self.width(group)
      let tallCount = Self.tallUnits(rows: rows, width: width)
      var drawn = mask(group)
      if drawn.rate > 0 { drawn.bits = kept.masks[group].pointer }
      let index = self.index(layer, group)
      (forwardProducts.pointer + index).initialize(
        to: prism_stage_product(
          group: groups.pointer + index,
          low: prism_low(
            wide: low[group].reserve(rows * width / 2), tall: kept.low[group].reserve(tallCount)),
          mask: drawn))
      (backwardProducts.pointer + index).initialize(
        to: prism_stage_product(
          group: groups.pointer + index,
          low: prism_low(
            wide: lowGradient[group].reserve(rows * width / 2),
            tall: tallGradient[group].reserve(tallCount)),
          mask: drawn))
    }
  }

  /// Operands of one group's products; `nil` for a layer without adapter.
  func forward(_ layer: Int, _ group: Int) -> UnsafePointer<prism_stage_product>? {
    active.weights.layers.contains(layer)
      ? UnsafePointer(forwardProducts.pointer + index(layer, group)) : nil
  }

  func backward(_ layer: Int, _ group: Int) -> UnsafePointer<prism_stage_product>? {
    active.weights.layers.contains(layer)
      ? UnsafePointer(backwardProducts.pointer + index(layer, group)) : nil
  }

  /// Adds the gradients of one group's A and B.
  func addGradient(
    _ layer: Int, _ group: Int, rows: Int, x: Buffer<UInt16>, dy: Buffer<UInt16>,
    to gradients: UnsafeMutablePointer<Float>
  ) {
    let weights = active.weights
    let projections = ActiveAdapter.groups[group]
    let index = index(layer, group)
    var forward = forwardProducts.pointer[index]
    let factors = projections.map {
      UnsafeMutablePointer<Float>?(gradients + weights.rangeOfB(layer: layer, $0).lowerBound)
    }
    prism_adapter_gradient(
      groups.pointer + index, weights.rank, rows, x.pointer, &forward.mask, dy.pointer,
      &forward.low, &backwardProducts.pointer[index].low, weights.scale,
      gradients + weights.rangeOfA(layer: layer, projections[0]).lowerBound, factors)
  }

  /// Columns of x A^T of a group, padded.
  private func width(_ group: Int) -> Int { groups.pointer[group].count * groups.pointer[group].rank }

  private func index(_ layer: Int, _ group: Int) -> Int {
    (layer - active.weights.layers.lowerBound) * Self.groupCount + group
  }

  /// Room for x A^T as pairs of rows; products read up to 16 columns past the last.
  static func tallUnits(rows: Int, width: Int) -> Int { (rows + 1) / 2 * ((width + 15) / 16 * 16) + 16 }
}
