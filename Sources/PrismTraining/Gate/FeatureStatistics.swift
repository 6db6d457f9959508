/// Mean and deviation of each feature over the training rows, and nothing else's.
struct FeatureStatistics {
  let mean: [Float]
  /// What features are divided by; above 0.
  let deviation: [Float]

  /// - Parameters:
  ///   - rows: at least one, each of D values.
  ///   - floor: share of the mean deviation below which a feature counts as constant. Dividing by
  ///     its own tiny deviation would make any change at serving time enormous.
  init(rows: [[Float]], floor: Float) {
    let count = Double(rows.count)
    var mean = [Double](repeating: 0, count: rows[0].count)
    for row in rows { for index in row.indices { mean[index] += Double(row[index]) } }
    for index in mean.indices { mean[index] /= count }
    var deviation = [Double](repeating: 0, count: mean.count)
    for row in rows {
      for index in row.indices {
        let distance = Double(row[index]) - mean[index]
        deviation[index] += distance * distance
      }
    }
    for index in deviation.indices { deviation[index] = (deviation[index] / count).squareRoot() }
    let typical = deviation.reduce(0, +) / Double(deviation.count)
    let lowest = max(typical * Double(floor), Double(Float.leastNormalMagnitude))
    self.mean = mean.map { Float($0) }
    self.deviation = deviation.map {
      $0 >= lowest ? Float($0) : typical >= lowest ? Float(typical) : 1
    }
  }

  func standardised(_ row: [Float]) -> [Float] {
    row.indices.map { (row[$0] - mean[$0]) / deviation[$0] }
  }
}
