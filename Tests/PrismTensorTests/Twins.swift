import Foundation

/// The kernels' formulas, one line each, in double precision.
enum Twins {
  static func rmsNorm(_ x: [Double], weight: [Double], epsilon: Double) -> [Double] {
    stride(from: 0, to: x.count, by: weight.count).flatMap { start in
      let row = Array(x[start..<start + weight.count])
      let mean = row.reduce(0) { $0 + $1 * $1 } / Double(row.count)
      return zip(row, weight).map { $0 / (mean + epsilon).squareRoot() * $1 }
    }
  }

  static func silu(_ x: Double) -> Double { x / (1 + exp(-x)) }

  static func swiglu(_ gateUp: [Double], columns: Int) -> [Double] {
    stride(from: 0, to: gateUp.count, by: 2 * columns).flatMap { start in
      (0..<columns).map { silu(gateUp[start + $0]) * gateUp[start + columns + $0] }
    }
  }

  /// Rotates pair (i, i + E/2) of each of the first `heads` heads by position * frequency(i).
  static func rope(
    _ x: [Double], stride rowStride: Int, positions: [Int32], heads: Int, size: Int,
    frequency: (Int) -> Double, sign: Double
  ) -> [Double] {
    var y = x
    for (row, position) in positions.enumerated() {
      for head in 0..<heads {
        for i in 0..<size / 2 {
          let low = row * rowStride + head * size + i
          let angle = sign * Double(position) * frequency(i)
          y[low] = x[low] * cos(angle) - x[low + size / 2] * sin(angle)
          y[low + size / 2] = x[low + size / 2] * cos(angle) + x[low] * sin(angle)
        }
      }
    }
    return y
  }

  static func logSumExp(_ x: [Double]) -> Double {
    let largest = x.max() ?? 0
    return largest + log(x.reduce(0) { $0 + exp($1 - largest) })
  }

  /// y = x W, `w` is `[inner, columns]`.
  static func product(_ x: [Double], _ w: [Double], inner: Int, columns: Int) -> [Double] {
    var y = [Double](repeating: 0, count: x.count / inner * columns)
    for row in 0..<x.count / inner {
      for i in 0..<inner {
        for column in 0..<columns {
          y[row * columns + column] += x[row * inner + i] * w[i * columns + column]
        }
      }
    }
    return y
  }

  /// Rows and columns exchanged; `x` is `[rows, columns]`.
  static func transposed<T>(_ x: [T], columns: Int) -> [T] {
    (0..<columns).flatMap { column in
      stride(from: column, to: x.count, by: columns).map { x[$0] }
    }
  }

  /// Causal attention of one sequence. `query` is `[T, H E]`, `key` and `value` `[T, K E]`; only rows
  /// from `first` on are computed. Returns `[T - first, H E]` and the log denominators, `[T - first, H]`.
  static func attention(
    query: [Double], key: [Double], value: [Double], heads: Int, keyValueHeads: Int, size: Int,
    from first: Int = 0
  ) -> (out: [Double], logDenominators: [Double]) {
    let count = query.count / (heads * size)
    let width = keyValueHeads * size
    var out: [Double] = []
    var denominators: [Double] = []
    for row in first..<count {
      for head in 0..<heads {
        let other = head / (heads / keyValueHeads) * size
        let scores = (0...row).map { column in
          var sum = 0.0
          for i in 0..<size {
            sum += query[(row * heads + head) * size + i] * key[column * width + other + i]
          }
          return sum / Double(size).squareRoot()
        }
        let denominator = logSumExp(scores)
        denominators.append(denominator)
        var mixed = [Double](repeating: 0, count: size)
        for column in 0...row {
          let weight = exp(scores[column] - denominator)
          for i in 0..<size { mixed[i] += weight * value[column * width + other + i] }
        }
        out += mixed
      }
    }
    return (out, denominators)
  }
}
