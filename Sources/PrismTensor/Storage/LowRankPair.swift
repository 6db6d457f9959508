import CKernels

/// An adapter's A and B beside one product, packed; B is block-diagonal where several projections share it.
package final class LowRankPair: @unchecked Sendable {
  private let down: PackedMatrix
  private let up: PackedMatrix
  private let ends: UnsafeMutablePointer<Int>
  fileprivate let view: UnsafeMutablePointer<prism_low_rank>

  /// `nil` where the processor does not multiply bf16, or sizes do not fit.
  ///
  /// - Parameters:
  ///   - down: A, `[k, r]` in bf16.
  ///   - up: B, `[r, n]` in bf16.
  ///   - ends: the column that each block of B ends before; a block for each of so many equal parts of r,
  ///     the last of which ends at n.
  ///   - scale: what y gets of x A B.
  package init?(down: PackedMatrix, up: PackedMatrix, ends: [Int], scale: Float) {
    self.down = down
    self.up = up
    self.ends = .allocate(capacity: ends.count)
    self.ends.initialize(from: ends, count: ends.count)
    view = .allocate(capacity: 1)
    view.initialize(to: prism_low_rank())
    let status = prism_low_rank_of(
      down.weights, up.weights, ends.count, self.ends, scale, view)
    guard status == 0 else { return nil }
  }

  deinit {
    ends.deallocate()
    view.deallocate()
  }

  /// r
  package var rank: Int { down.outputs }
}

/// What adapters add to some rows of one product.
package struct LowRankUpdates {
  private(set) var views: [prism_update] = []
  /// What the views point to.
  private var pairs: [LowRankPair] = []

  package init() {}

  package var isEmpty: Bool { views.isEmpty }

  package mutating func removeAll() {
    views.removeAll(keepingCapacity: true)
    pairs.removeAll(keepingCapacity: true)
  }

  /// - Parameters:
  ///   - rows: of the product; no two updates' rows overlap.
  ///   - low: has room for `[rows, pair.rank]` in bf16.
  package mutating func append(
    _ pair: LowRankPair, rows: Range<Int>, low: UnsafeMutablePointer<UInt16>
  ) {
    pairs.append(pair)
    views.append(
      prism_update(
        pair: UnsafePointer(pair.view), first: rows.lowerBound, rows: rows.count, low: low))
  }

  /// Computes x A of all rows, which products need. `x` is the product's input in bf16.
  package func readInputs(_ x: UnsafeRawPointer) { prism_low_rows(views, views.count, x) }

  /// y += scale * (x A) B without a product beside it.
  package func add(to y: UnsafeMutablePointer<Float>) { prism_add_updates(views, views.count, y) }
}
