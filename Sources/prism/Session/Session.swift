import Foundation
import PrismModel
import PrismRouter
import PrismTensor

/// A loaded model with, where a bundle was given, its adapter and gate.
struct Session {
  /// The model as it was named, or as the bundle names it.
  let name: String
  let model: LanguageModel
  let bundle: RouterBundle?
  let generator: Generator

  /// Loads what the options name. A bundle without `--model` brings its own model's name.
  static func open(_ options: BundleOptions, settings: GeneratorSettings = GeneratorSettings())
    throws -> Session
  {
    try open(
      model: options.model, bundle: options.bundle, weights: options.weights,
      engine: options.engine, settings: settings)
  }

  /// One of `model` and `bundle` must be there.
  static func open(
    model named: String?, bundle folder: String? = nil, weights: WeightOptions,
    engine: EngineOptions, settings: GeneratorSettings = GeneratorSettings()
  ) throws -> Session {
    engine.apply()
    let files = try ModelFiles.open(try modelPath(model: named, bundle: folder))
    // Before the weights are packed: a bundle of another model should be refused at once.
    let bundle = try folder.map { folder in
      try RouterBundle.load(
        folder, model: files.configuration, expectedFingerprint: files.fingerprint,
        expectedTokenizerFingerprint: files.tokenizer.fingerprint)
    }
    let model = try LanguageModel(
      files: files, weights: try weights.format(precision: engine.precision))
    let generator = try Generator(
      model: model, adapter: bundle?.adapter, gate: bundle?.gate, settings: settings)
    let name = try named ?? folder.map { try RouterBundle.manifest(of: $0).model.name }
    return Session(name: name ?? "", model: model, bundle: bundle, generator: generator)
  }

  /// Where the model lies; without a name, the one that the bundle was made for.
  static func modelPath(model: String?, bundle: String?) throws -> String {
    let cache = ModelCache()
    if let model { return try cache.resolve(model) }
    guard let folder = bundle else { throw CommandError.noModel }
    let name = try RouterBundle.manifest(of: folder).model.name
    do { return try cache.resolve(name) } catch {
      throw CommandError.bundleModel(bundle: folder, name: name, reason: "\(error)")
    }
  }
}
