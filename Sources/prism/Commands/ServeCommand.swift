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

      With --upstream this server only decides, with the layers up to the gate's, and other servers \
      (vLLM, llama-server) answer.

      EXAMPLE
        prism serve --bundle run/bundle
        prism serve --model smollm2-135m-instruct --port 0 --max-tokens 256
        prism serve --bundle run/bundle --upstream http://127.0.0.1:8000
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

  @OptionGroup(title: "Other servers that answer") var upstream: UpstreamOptions

  func validate() throws {
    try upstream.check(model: model, bundles: bundle)
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
    let logger = Logger(label: "prism", factory: { StreamLogHandler.standardError(label: $0) })
    let server = try upstream.isEmpty ? server(settings, logger) : router(settings, logger)
    let group = ServiceGroup(configuration: .init(services: [server], logger: logger))
    let watching = Task {
      while !Interruption.isRequested { try await Task.sleep(for: .milliseconds(50)) }
      await group.triggerGracefulShutdown()
    }
    defer { watching.cancel() }
    try await group.run()
  }

  private func server(_ settings: ServerSettings, _ logger: Logger) throws -> PrismServer {
    let session = try ServingSession.open(
      model: model, bundles: bundle, name: name, weights: weights, engine: engine,
      settings: batch.settings(queueLimit: limits.maxQueue))
    return try PrismServer(
      settings: settings, model: session.model, engine: session.engine, logger: logger,
      onListening: Self.announcement(of: session.model, "served", settings))
  }

  private func router(_ settings: ServerSettings, _ logger: Logger) throws -> PrismServer {
    let session = try RoutingSession.open(
      model: upstream.routerModel, bundle: bundle[0], name: name, weights: weights, engine: engine,
      queueLimit: limits.maxQueue)
    return try PrismServer(
      settings: settings, model: session.model, gates: session.gates,
      upstream: try upstream.settings(name: session.model.name), logger: logger,
      onListening: Self.announcement(of: session.model, "routed", settings))
  }

  private static func announcement(
    of model: ServedModel, _ word: String, _ settings: ServerSettings
  ) -> @Sendable (Int) -> Void {
    let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
    return { port in
      // A closed standard output leaves nobody to tell, and the server is still of use.
      try? Printer().line("\(model.name) is \(word) at http://\(host):\(port)/v1")
    }
  }
}
