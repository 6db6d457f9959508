import ArgumentParser
import PrismModel

/// A conversation in the terminal.
struct ChatCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chat",
    abstract: "Talk with the model; every answer shows its route.",
    discussion: """
      The conversation stays in the context until it is full or /reset. The gate decides anew at \
      every turn. Messages may also be piped in, one a line.

      While it runs: /help, /route auto|base|adapter, /system TEXT, /reset, /quit.

      EXAMPLE
        prism chat --bundle run/bundle --system "Answer in one sentence."
      """)

  @OptionGroup var source: BundleOptions
  @OptionGroup(title: "Sampling") var sampling: SamplingOptions

  @Option(help: "Who decides: auto (the gate), base or adapter.")
  var route: RoutePolicy = .auto

  @Option(help: ArgumentHelp("System prompt.", valueName: "text"))
  var system: String?

  @Flag(help: "Print each answer as one JSON object on one line.")
  var json = false

  func validate() throws {
    if route == .adapter && source.bundle == nil {
      throw ValidationError("--route adapter needs a bundle; name one with --bundle")
    }
  }

  func run() throws {
    let session = try Session.open(source)
    var loop = ChatLoop(
      session: session, sampling: sampling, json: json, route: route, system: system)
    try loop.run()
  }
}
