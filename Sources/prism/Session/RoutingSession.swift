import PrismModel
import PrismRouter
import PrismServer

/// What a router loads: tokenizer, embedding, the layers up to the gate's, and the gate.
struct RoutingSession {
  let model: ServedModel
  let gates: PromptGates

  /// - Parameters: as of `ServingSession.open`.
  /// - Throws: `CommandError`, `ModelError`, `RouterError`.
  static func open(
    model: String?, bundle argument: String, name: String?, weights: WeightOptions,
    engine options: EngineOptions, queueLimit: Int
  ) throws -> RoutingSession {
    options.apply()
    let named = NamedFolder(argument)
    let files = try ModelFiles.open(try Session.modelPath(model: model, bundle: named.folder))
    // Only the gate is kept; the adapter goes again.
    let gate = try RouterBundle.load(
      named.folder, model: files.configuration, expectedFingerprint: files.fingerprint,
      expectedTokenizerFingerprint: files.tokenizer.fingerprint
    ).gate
    let reader = try PromptReader(
      files: files, weights: try weights.format(precision: options.precision), layer: gate.layer)
    let served = ServedModel(
      name: try name ?? ServingSession.servedName(model, named.folder), renderer: reader.renderer,
      contextLength: reader.configuration.contextLength, fingerprint: reader.fingerprint,
      bundles: [.init(name: named.name, threshold: gate.threshold, gateLayer: gate.layer)])
    let gates = PromptGates(reader: reader, gate: gate, name: named.name, queueLimit: queueLimit)
    return RoutingSession(model: served, gates: gates)
  }
}
