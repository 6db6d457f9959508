import CKernels
import PrismTensor

/// Random sequences in a packed batch, their key-value blocks, and the double-precision answer.
final class AttentionBatch {
  private(set) var rows: [Float] = []
  private(set) var views: [prism_segment] = []
  /// What each sequence's cache holds before the batch, to be written as a batch of its own.
  private(set) var pasts: [(rows: [Float], view: prism_segment)] = []
  private(set) var expected: [Float] = []
  private(set) var logDenominators: [Float] = []
  private(set) var rowCount = 0
  private var addresses: [UnsafeMutablePointer<UnsafeMutableRawPointer?>] = []
  private var blocks: [UnsafeMutableRawPointer] = []

  /// As many rows as the batch, other values.
  var noise: [Float] { TensorToys.normals(rows.count, seed: 99) }

  init(
    _ shape: AttentionTests.Heads, _ segments: [(past: Int, rows: Int)], precision: Precision,
    layers: Int
  ) {
    let blockBytes =
      layers * 2 * shape.keyValueHeads * Int(PRISM_BLOCK) * shape.size * precision.bytes
    for (index, segment) in segments.enumerated() {
      let total = segment.past + segment.rows
      let all = TensorToys.normals(total * shape.stride, seed: UInt64(50 + index), scale: 1.2)
      let blockCount = (total + Int(PRISM_BLOCK) - 1) / Int(PRISM_BLOCK)
      let list = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: blockCount)
      for block in 0..<blockCount {
        let memory = UnsafeMutableRawPointer.allocate(byteCount: blockBytes, alignment: 64)
        memory.initializeMemory(as: UInt8.self, repeating: 0xFF, count: blockBytes)
        blocks.append(memory)
        list[block] = memory
      }
      addresses.append(list)
      views.append(
        prism_segment(
          row: rowCount, rows: segment.rows, past: segment.past, blocks: UnsafePointer(list)))
      if segment.past > 0 {
        pasts.append(
          (
            Array(all[..<(segment.past * shape.stride)]),
            prism_segment(row: 0, rows: segment.past, past: 0, blocks: UnsafePointer(list))
          ))
      }
      rows += all[(segment.past * shape.stride)...]
      rowCount += segment.rows
      let answer = Self.answer(all, shape, first: segment.past, precision: precision)
      expected += TensorToys.floats(answer.out)
      logDenominators += TensorToys.floats(answer.logDenominators)
    }
  }

  deinit {
    for block in blocks { block.deallocate() }
    for list in addresses { list.deallocate() }
  }

  private static func answer(
    _ all: [Float], _ shape: AttentionTests.Heads, first: Int, precision: Precision
  ) -> (out: [Double], logDenominators: [Double]) {
    let (queries, keys) = (shape.heads * shape.size, shape.keyValueHeads * shape.size)
    func columns(_ range: Range<Int>, _ precision: Precision) -> [Double] {
      let values = stride(from: 0, to: all.count, by: shape.stride).flatMap {
        all[$0 + range.lowerBound..<$0 + range.upperBound]
      }
      return TensorToys.doubles(TensorToys.rounded(values, precision))
    }
    return Twins.attention(
      query: columns(0..<queries, precision), key: columns(queries..<queries + keys, precision),
      value: columns(queries + keys..<queries + 2 * keys, precision), heads: shape.heads,
      keyValueHeads: shape.keyValueHeads, size: shape.size, from: first)
  }
}
