import ArgumentParser
import PrismModel

/// Answers prompts.
struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Answer one or many prompts.",
    discussion: """
      Several prompts share batches, each with its own route. A single answer appears as it is \
      written. Every answer is followed by its route and the gate's probability that the adapter \
      helps.

      With --json each answer is one object on one line: text, tokenIDs, logProbabilities, \
      promptTokenIDs, route, probability, finishReason, seconds, timeToFirstToken (a single prompt's, \
      from the start of the process).

      EXAMPLE
        prism generate --bundle run/bundle --temperature 0 "Write a haiku."
        prism generate --model smollm2-135m-instruct --json --file prompts.jsonl
      """)

  @OptionGroup var source: BundleOptions
  @OptionGroup var input: PromptOptions
  @OptionGroup(title: "Sampling") var sampling: SamplingOptions

  @Option(help: "Who decides: auto (the gate), base or adapter.")
  var route: RoutePolicy = .auto

  @Flag(help: "Print JSON Lines.")
  var json = false

  func validate() throws {
    if route == .adapter && source.bundle == nil {
      throw ValidationError("--route adapter needs a bundle; name one with --bundle")
    }
  }

  func run() throws {
    let prompts = try input.read()
    let session = try Session.open(source)
    let requests = try prompts.enumerated().map { index, prompt in
      GenerationRequest(
        prompt: try session.model.renderer.prompt(system: prompt.system, user: prompt.text),
        sampling: sampling.parameters(index: index), policy: route)
    }
    let answers = AnswerPrinter(printer: Printer(), json: json)
    if requests.count == 1 {
      try answers.stream(requests[0], from: session.generator, timesStart: true)
    } else {
      try answers.printAll(requests, of: prompts.map(\.text), from: session.generator)
    }
  }
}
