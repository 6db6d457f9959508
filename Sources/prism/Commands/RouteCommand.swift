import ArgumentParser
import PrismModel
import PrismRouter

/// Shows where the gate sends prompts, without answering them.
struct RouteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "route",
    abstract: "Show where the gate sends prompts, without answering them.",
    discussion: """
      The gate reads the prompt's last token after one of the first layers, so this costs a \
      fraction of an answer. At the threshold and above, the adapter answers; below, the base model.

      With --json each prompt is one object on one line: prompt, route, probability, threshold, \
      gateLayer.

      EXAMPLE
        prism route --bundle run/bundle "Write a haiku." "What is 7 times 8?"
      """)

  @OptionGroup var source: BundleOptions
  @OptionGroup var input: PromptOptions

  @Flag(help: "Print JSON Lines.")
  var json = false

  /// One line of `--json`.
  private struct Record: Encodable {
    let prompt: String
    let route: Route
    let probability: Float?
    let threshold: Float
    let gateLayer: Int
  }

  func validate() throws {
    if source.bundle == nil {
      throw ValidationError("routing needs a gate; name one with --bundle")
    }
  }

  func run() throws {
    let prompts = try input.read()
    let session = try Session.open(source)
    guard let bundle = session.bundle else { return }
    let rendered = try prompts.map {
      try session.model.renderer.prompt(system: $0.system, user: $0.text)
    }
    let router = Router(gate: bundle.gate)
    let features = try session.generator.features(rendered, afterLayer: bundle.gate.layer)
    let printer = Printer()
    for (prompt, values) in zip(prompts, features) {
      let decision = router.decide(features: values)
      if json {
        try printer.json(
          Record(
            prompt: prompt.text, route: decision.route, probability: decision.probability,
            threshold: decision.threshold, gateLayer: decision.gateLayer))
      } else {
        let name = decision.route == .adapter ? "adapter" : "base   "
        let probability = Quantity.decimal(Double(decision.probability ?? 0), 3)
        try printer.line("\(printer.style.bold(name))  \(probability)  \(prompt.text)")
      }
    }
  }
}
