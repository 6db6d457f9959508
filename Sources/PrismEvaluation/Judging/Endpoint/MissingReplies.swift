/// The questions a cache does not answer, each once, and what became of them.
struct MissingReplies {
  /// In the order of the requests, without repeats.
  let questions: [EndpointQuestion]
  /// How many requests wait for each question.
  private let waiting: [Int]
  private let total: Int
  /// Requests that were answered from the cache.
  let cached: Int

  private var answered = 0
  /// Requests whose question failed for good.
  private(set) var failed = 0
  private var first: (order: Int, reason: String)?

  init(questions all: [EndpointQuestion], cache: JudgeCache) {
    var unique: [EndpointQuestion] = []
    var counts: [Int] = []
    var positions: [JudgeCacheKey: Int] = [:]
    var found = 0
    for question in all {
      if let position = positions[question.key] {
        counts[position] += 1
      } else if cache.reply(for: question.key) != nil {
        found += 1
      } else {
        positions[question.key] = unique.count
        unique.append(question)
        counts.append(1)
      }
    }
    questions = unique
    waiting = counts
    total = all.count
    cached = found
  }

  var progress: JudgeProgress {
    JudgeProgress(done: cached + answered, failed: failed, total: total, cached: cached)
  }

  /// The failure of the earliest request, whichever was seen first: the same on every run.
  var firstReason: String? { first?.reason }

  /// `counts` is false for a question that was never sent.
  mutating func note(_ failure: EndpointFailure?, order: Int, counts: Bool) {
    guard let failure else {
      answered += waiting[order]
      return
    }
    if counts { failed += waiting[order] }
    if order < first?.order ?? .max { first = (order, failure.reason) }
  }
}

/// Says when sending more requests is of no use.
struct EndpointStop {
  let failuresInARow: Int
  private var inARow = 0
  private(set) var isReached = false

  init(failuresInARow: Int) {
    self.failuresInARow = failuresInARow
  }

  mutating func note(_ failure: EndpointFailure?) {
    switch failure?.reach {
    case nil: inARow = 0
    case .request: break
    case .endpoint: isReached = true
    case .passing:
      inARow += 1
      if inARow >= failuresInARow { isReached = true }
    }
  }
}
