/// The teacher's view of one answer: its likeliest tokens at every answer position.
package struct TeacherSignal: Hashable, Sendable {
  /// Tokens kept per position.
  package let width: Int
  /// `[answer, width]`, likeliest first.
  package private(set) var ids: [Int32]
  /// Natural-log probabilities at temperature 1 over the whole vocabulary, `[answer, width]`.
  package private(set) var logProbabilities: [Float]
  /// Natural log of the mass outside the kept tokens, `[answer]`.
  package private(set) var logRest: [Float]

  package init(width: Int, ids: [Int32], logProbabilities: [Float], logRest: [Float]) {
    precondition(
      ids.count == logProbabilities.count && ids.count == width * logRest.count,
      "teacher signal [\(logRest.count), \(width)] with \(ids.count) ids and \(logProbabilities.count) values")
    self.width = width
    self.ids = ids
    self.logProbabilities = logProbabilities
    self.logRest = logRest
  }

  /// An answer as if a teacher were sure of each of its tokens.
  package init(answer: [Int32]) {
    self.init(
      width: 1, ids: answer, logProbabilities: answer.map { _ in 0 },
      logRest: answer.map { _ in TeacherRows.leastLogRest })
  }

  /// Answer positions.
  package var count: Int { logRest.count }

  /// Adds the next answer position.
  mutating func append(_ rows: TeacherRows, row: Int) {
    let range = row * width..<(row + 1) * width
    ids += rows.ids[range]
    logProbabilities += rows.logProbabilities[range]
    logRest.append(rows.logRest[row])
  }
}
