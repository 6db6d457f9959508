/// Divides a step's prompt tokens among the prompts that are being read.
///
/// One half goes to those with the fewest tokens left, so that short prompts do not stand behind long
/// ones; the other half to those that came first, so that long ones do not starve.
package enum PromptShares {
  /// Pieces of prompts end at multiples of this where they can: fp32 attention then sums in the same
  /// order as in a prompt that is read whole.
  package static let unit = KeyValuePool.blockPositions

  /// - Parameters:
  ///   - prompts: tokens already read and tokens left of each, in the order they came.
  ///   - budget: tokens of all pieces; each half may go past its share by less than a unit.
  /// - Returns: tokens of each prompt's piece, 0 where it has to wait.
  package static func counts(_ prompts: [(read: Int, left: Int)], budget: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: prompts.count)
    func spend(_ share: Int, _ order: some Sequence<Int>) -> Int {
      var share = share
      for index in order where share > 0 {
        let (read, left) = (
          prompts[index].read + counts[index], prompts[index].left - counts[index]
        )
        let count = cut(share, read: read, left: left)
        counts[index] += count
        share -= count
      }
      return max(0, share)
    }
    let shortest = prompts.indices.sorted { (prompts[$0].left, $0) < (prompts[$1].left, $1) }
    let rest = spend(budget / 2, shortest)
    _ = spend(budget - budget / 2 + rest, prompts.indices)
    return counts
  }

  /// `count` tokens, or up to the next multiple of a unit, or all that are left.
  static func cut(_ count: Int, read: Int, left: Int) -> Int {
    min(left, (read + count + unit - 1) / unit * unit - read)
  }
}
