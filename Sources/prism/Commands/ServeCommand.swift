import ArgumentParser
import Logging
import PrismRouter
import PrismServer
import ServiceLifecycle

/// Serves a model to OpenAI clients.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve a model to OpenAI clients, each request by the route its gate chooses.",
    discussion: """
      Any OpenAI client works with http://127.0.0.1:8080/v1 as its base URL. The model NAME is the \
      base model, NAME:adapter always has the adapter, and NAME:prism lets the gate decide for each \
      request. With several bundles they are NAME:BUNDLE:adapter and NAME:BUNDLE:prism.

      The decision is in the headers x-prism-route, x-prism-probability and x-prism-gate-mode, and \
      in the answer's prism object. The log on standard error holds no prompt and no answer. Ctrl-C \
      or SIGTERM lets answers finish; a second one ends at once.

      EXAMPLE
        prism serve --bundle run/bundle
        prism serve --model smollm2-135m-instruct --port 0 --max-tokens 256
      """)

  @Option(
    help: ArgumentHelp(
      "GGUF file, Hugging Face folder, or a name that `prism models` lists. (default: the bundle's)",
      valueName: "path-or-name"))
  var model: String?

  @Option(
    help: ArgumentHelp(
      "Folder with adapter and gate, or NAME=FOLDER; may be given several times.",
      valueName: "folder"))
  var bundle: [String] = []

  @Option(help: "What clients call the model. (default: the model file's name)")
  var name: String?

  @Option(help: "For NAME:prism: enforce the gate, shadow (ask, serve base) or off.")
  var gate: GateMode = .enforce

  @OptionGroup(title: "Access") var listen: ListenOptions
  @OptionGroup(title: "Limits") var limits: LimitOptions

  @Flag(help: "Write prompts to the log.")
  var logPrompts = false

  @OptionGroup(title: "Engine") var weights: WeightOptions
  @OptionGroup(title: "Engine") var engine: EngineOptions
  @OptionGroup(title: "Engine") var batch: BatchOptions

  func validate() throws {
    if model == nil && bundle.isEmpty {
      throw ValidationError("name a model with --model, a bundle with --bundle, or both")
    }
    _ = try weights.format(precision: engine.precision)
  }

  func run() async throws {
    var settings = ServerSettings()
    (settings.host, settings.port, settings.gateMode) = (listen.host, listen.port, gate)
    settings.keys = try listen.keys()
    settings.allowsAnonymous = listen.allowAnonymous
    settings.corsOrigin = listen.cors
    settings.logsPrompts = logPrompts
    limits.apply(to: &settings)
    try settings.validate()
    let session = try ServingSession.open(
      model: model, bundles: bundle, name: name, weights: weights, engine: engine,
      settings: batch.settings(queueLimit: limits.maxQueue))
    let logger = Logger(label: "prism", factory: { StreamLogHandler.standardError(label: $0) })
    let printer = Printer()
    let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
    let server = try PrismServer(
      settings: settings, model: session.model, engine: session.engine, logger: logger
    ) { port in
      // A closed standard output leaves nobody to tell, and the server is still of use.
      try? printer.line("\(session.model.name) is served at http://\(host):\(port)/v1")
    }
    let group = ServiceGroup(configuration: .init(services: [server], logger: logger))
    let watching = Task {
      while !Interruption.isRequested { try await Task.sleep(for: .milliseconds(50)) }
      await group.triggerGracefulShutdown()
    }
    defer { watching.cancel() }
    try await group.run()
  }
}
