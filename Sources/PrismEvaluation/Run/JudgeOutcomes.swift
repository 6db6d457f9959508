package import PrismModel
package import PrismPipeline

/// What a judge read from one outcome; none for items that a rule scores.
package struct OutcomeJudgement: Codable, Hashable, Sendable {
  package let benchmark: String
  package let item: String
  package let condition: String
  /// A refusal's one reading, or a rating's readings turn by turn.
  package let readings: [AnswerReading]

  package init(
    benchmark: String, item: String, condition: String, readings: [AnswerReading]
  ) {
    self.benchmark = benchmark
    self.item = item
    self.condition = condition
    self.readings = readings
  }
}

/// An outcome that needs a judge, with what is asked about it.
package struct OutcomeToJudge: Hashable, Sendable {
  package let outcome: ItemOutcome
  package let requests: [JudgeRequest]

  /// `nil` where a rule scores the item.
  package init?(_ outcome: ItemOutcome, of item: BenchmarkItem) throws {
    guard case .conversation(let conversation) = item.task else { return nil }
    self.outcome = outcome
    switch conversation.grading {
    case .number, .instructions: return nil
    case .refusal:
      requests = [
        try JudgeRequest(kind: .refusal, turns: conversation.turns, answers: outcome.answers)
      ]
    case .rating(let references):
      requests = try conversation.turns.indices.map { turn in
        let reference = references.flatMap { $0.indices.contains(turn) ? $0[turn] : nil }
        return try JudgeRequest(
          kind: .rating(turn: turn + 1, reference: reference), turns: conversation.turns,
          answers: outcome.answers)
      }
    }
  }

  package func judgement(_ readings: [AnswerReading]) -> OutcomeJudgement {
    OutcomeJudgement(
      benchmark: outcome.benchmark, item: outcome.item, condition: outcome.condition,
      readings: readings)
  }
}

/// A local model judges every outcome that needs it.
package struct JudgeOutcomes: Stage {
  package let name = StageName.judgements
  private let judge: LocalJudge
  private let unitItems: Int
  private let tokens: () -> Int

  package init(judge: LocalJudge, unitItems: Int, tokens: @escaping () -> Int) {
    self.judge = judge
    self.unitItems = unitItems
    self.tokens = tokens
  }

  package func unit(
    _ input: [OutcomeToJudge], after finished: [[OutcomeJudgement]], report: Reporter
  ) throws -> [OutcomeJudgement]? {
    let start = finished.reduce(0) { $0 + $1.count }
    guard start < input.count else { return nil }
    let part = Array(input[start..<min(start + unitItems, input.count)])
    let requests = part.flatMap(\.requests)
    var readings = try judge.readings(requests) { done in
      report(
        ProgressEvent(
          stage: name.rawValue, done: start + done * part.count / max(1, requests.count),
          total: input.count, tokens: tokens()))
    }[...]
    return part.map { entry in
      let own = Array(readings.prefix(entry.requests.count))
      readings = readings.dropFirst(entry.requests.count)
      return entry.judgement(own)
    }
  }
}
