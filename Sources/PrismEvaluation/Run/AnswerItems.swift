import Foundation
package import PrismModel
package import PrismPipeline

/// Answers every item under every condition that a strategy asks for.
package struct AnswerItems: Stage {
  package let name = StageName.outcomes
  private let configuration: EvaluationConfiguration
  private let generator: Generator
  private let fineTuned: Generator?
  private let gate: (any RouteGate)?

  /// - Parameter fineTuned: the same model with the fine-tuned adapter, where a condition needs it.
  package init(
    configuration: EvaluationConfiguration, generator: Generator, fineTuned: Generator? = nil,
    gate: (any RouteGate)?
  ) {
    self.configuration = configuration
    self.generator = generator
    self.fineTuned = fineTuned
    self.gate = gate
  }

  /// Tokens read and written so far, by all weights.
  package var processedTokenCount: Int {
    generator.processedTokenCount + (fineTuned?.processedTokenCount ?? 0)
  }

  /// One unit is at most `unitItems` tasks of one benchmark that one set of weights answers.
  package func unit(
    _ input: [EvaluationTask], after finished: [[ItemOutcome]], report: Reporter
  ) throws -> [ItemOutcome]? {
    let start = finished.reduce(0) { $0 + $1.count }
    guard start < input.count else { return nil }
    var end = start
    while end < min(start + configuration.unitItems, input.count),
      input[end].benchmark == input[start].benchmark,
      input[end].condition.weights == input[start].condition.weights
    { end += 1 }
    let tasks = Array(input[start..<end])
    let engine = try engine(for: tasks[0])
    let begin = ContinuousClock.now
    let progress = { (done: Int) -> Continuation in
      report(
        ProgressEvent(
          stage: name.rawValue, done: start + done, total: input.count,
          tokens: processedTokenCount))
    }
    var drafts: [OutcomeDraft]
    switch tasks[0].item.task {
    case .letters: drafts = try readLetters(tasks, engine, progress)
    case .answers: drafts = try readAnswers(tasks, engine, progress)
    case .conversation: drafts = try converse(tasks, engine, progress)
    }
    try readGate(tasks, &drafts)
    let seconds = (ContinuousClock.now - begin) / .seconds(1) / Double(tasks.count)
    return zip(tasks, drafts).map { $1.outcome(of: $0, seconds: seconds) }
  }

  private func engine(for task: EvaluationTask) throws -> Generator {
    guard task.condition.weights == .fineTuned else { return generator }
    guard let fineTuned else {
      throw EvaluationError.needsRun(strategy: EvaluationStrategy.fineTuned.name)
    }
    return fineTuned
  }

  // MARK: Log-probabilities

  /// One prefill a question.
  private func readLetters(
    _ tasks: [EvaluationTask], _ engine: Generator, _ progress: (Int) -> Continuation
  ) throws -> [OutcomeDraft] {
    let style: MultipleChoicePrompt.Style = configuration.promptStyle == .raw ? .raw : .chat
    var drafts: [OutcomeDraft] = []
    var letters: [String] = []
    for task in tasks {
      guard case .letters(let question) = task.item.task else { continue }
      let prompt = MultipleChoicePrompt(style: style, examples: task.examples)
      if prompt.continuations(for: question).count > letters.count {
        letters = prompt.continuations(for: question)
      }
      drafts.append(OutcomeDraft(prompt: try rendered(prompt.text(for: question), task.condition)))
    }
    let tokens = try letters.map { try singleToken($0) }
    let values = try engine.nextTokenLogProbabilities(
      drafts.map(\.prompt), of: tokens, routes: tasks.map(\.condition.route), onProgress: progress)
    for (index, task) in tasks.enumerated() {
      guard case .letters(let question) = task.item.task else { continue }
      drafts[index].logProbabilities = values[index].prefix(question.choices.count).map(Double.init)
    }
    return drafts
  }

  /// A question as the model sees it: plain text, or the user's turn of the model's template.
  private func rendered(_ text: String, _ condition: AnswerCondition) throws -> RenderedPrompt {
    guard configuration.promptStyle == .raw else {
      return try generator.renderer.prompt(system: condition.system, user: condition.opened(text))
    }
    let plain = condition.plain(text)
    let tokens = generator.model.tokenizer.encode(plain, parsingControlTokens: false)
    let begin =
      generator.model.tokenizer.addsBeginToken ? generator.model.tokenizer.beginToken : nil
    return RenderedPrompt(tokens: (begin.map { [$0] } ?? []) + tokens, text: plain)
  }

  private func singleToken(_ text: String) throws -> Int32 {
    let tokens = generator.model.tokenizer.encode(text, parsingControlTokens: false)
    guard tokens.count == 1 else {
      throw EvaluationError.letterToken(letter: text, tokenCount: tokens.count)
    }
    return tokens[0]
  }

  private func readAnswers(
    _ tasks: [EvaluationTask], _ engine: Generator, _ progress: (Int) -> Continuation
  ) throws -> [OutcomeDraft] {
    var drafts: [OutcomeDraft] = []
    var scored: [ScoredContinuation] = []
    var owners: [Int] = []
    for task in tasks {
      guard case .answers(let answers) = task.item.task else { continue }
      var draft = OutcomeDraft(
        prompt: try rendered("Q: \(answers.question)\nA:", task.condition))
      for answer in answers.correct + answers.incorrect {
        let tokens = generator.model.tokenizer.encode(" " + answer, parsingControlTokens: false)
        draft.promptTokens += draft.prompt.tokens.count + tokens.count
        owners.append(drafts.count)
        scored.append(
          ScoredContinuation(
            prompt: draft.prompt, continuation: tokens, route: task.condition.route))
      }
      drafts.append(draft)
    }
    let values = try engine.logProbabilities(scored) { done in
      progress(done * tasks.count / max(1, scored.count))
    }
    for (owner, tokens) in zip(owners, values) {
      drafts[owner].logProbabilities.append(tokens.reduce(0) { $0 + Double($1) })
    }
    return drafts
  }

  // MARK: Generation

  /// Greedy, turn by turn; tasks without a further turn drop out.
  private func converse(
    _ tasks: [EvaluationTask], _ engine: Generator, _ progress: (Int) -> Continuation
  ) throws -> [OutcomeDraft] {
    let conversations = tasks.compactMap { task -> Conversation? in
      if case .conversation(let conversation) = task.item.task { return conversation }
      return nil
    }
    var drafts = try zip(tasks, conversations).map { task, conversation in
      OutcomeDraft(prompt: try prompt(conversation, answers: [], task.condition))
    }
    let turns = conversations.map(\.turns.count).max() ?? 0
    for turn in 0..<turns {
      let open = conversations.indices.filter { conversations[$0].turns.count > turn }
      let requests = try open.map { index in
        let task = tasks[index]
        return GenerationRequest(
          prompt: try prompt(conversations[index], answers: drafts[index].answers, task.condition),
          sampling: SamplingParameters(
            temperature: 0,
            maxTokens: min(conversations[index].maximumTokens, configuration.maximumTokens)),
          policy: task.condition.route == .adapter ? .adapter : .base)
      }
      let results = try engine.generate(requests) { done in
        progress((turn * tasks.count + done) / turns)
      }
      for (index, (request, result)) in zip(open, zip(requests, results)) {
        drafts[index].answers.append(result.text)
        drafts[index].promptTokens += request.prompt.tokens.count
        drafts[index].generatedTokens += result.tokenIDs.count
      }
    }
    return drafts
  }

  private func prompt(
    _ conversation: Conversation, answers: [String], _ condition: AnswerCondition
  ) throws -> RenderedPrompt {
    var messages = condition.system.map { [ChatMessage(role: .system, content: $0)] } ?? []
    for (index, answer) in answers.enumerated() {
      messages.append(user(conversation, index, condition))
      messages.append(ChatMessage(role: .assistant, content: answer))
    }
    messages.append(user(conversation, answers.count, condition))
    return try generator.renderer.prompt(messages)
  }

  private func user(
    _ conversation: Conversation, _ turn: Int, _ condition: AnswerCondition
  ) -> ChatMessage {
    let text = conversation.turns[turn]
    return ChatMessage(role: .user, content: turn == 0 ? condition.opened(text) : text)
  }

  // MARK: Gate

  /// The gate reads the item's first prompt as the base condition shows it, as it does when serving.
  private func readGate(_ tasks: [EvaluationTask], _ drafts: inout [OutcomeDraft]) throws {
    guard let gate else { return }
    let base = tasks.indices.filter { tasks[$0].condition == .base }
    let features = try generator.features(base.map { drafts[$0].prompt }, afterLayer: gate.layer)
    for (index, values) in zip(base, features) {
      drafts[index].gateProbability = values.withUnsafeBufferPointer { gate.probability(of: $0) }
    }
  }
}

/// An outcome in the making.
private struct OutcomeDraft {
  /// The item's first prompt.
  let prompt: RenderedPrompt
  var answers: [String] = []
  var logProbabilities: [Double] = []
  var gateProbability: Float?
  var promptTokens = 0
  var generatedTokens = 0

  init(prompt: RenderedPrompt) { self.prompt = prompt }

  func outcome(of task: EvaluationTask, seconds: Double) -> ItemOutcome {
    ItemOutcome(
      benchmark: task.benchmark, item: task.item.id, condition: task.condition.name,
      answers: answers, logProbabilities: logProbabilities, gateProbability: gateProbability,
      promptTokens: max(promptTokens, prompt.tokens.count), generatedTokens: generatedTokens,
      seconds: seconds)
  }
}
