/// Correlation of paired values.
enum Correlation {
  /// Pearson's r in -1...1; nil with fewer than two pairs or where either side does not vary.
  static func pearson(_ first: [Double], _ second: [Double]) -> Double? {
    guard first.count == second.count, first.count > 1 else { return nil }
    let count = Double(first.count)
    let firstMean = first.reduce(0, +) / count
    let secondMean = second.reduce(0, +) / count
    var product = 0.0
    var firstSquares = 0.0
    var secondSquares = 0.0
    for (x, y) in zip(first, second) {
      product += (x - firstMean) * (y - secondMean)
      firstSquares += (x - firstMean) * (x - firstMean)
      secondSquares += (y - secondMean) * (y - secondMean)
    }
    let scale = (firstSquares * secondSquares).squareRoot()
    guard scale > 0, scale.isFinite else { return nil }
    return max(-1, min(1, product / scale))
  }
}
