import Foundation
import PrismModel
import PrismRouter
import PrismServer

/// A loaded model with all bundles that are served beside it.
struct ServingSession {
  let model: ServedModel
  let engine: any ChatEngine

  /// - Parameters:
  ///   - model: path or name; by default what the first bundle was made for.
  ///   - bundles: folders, each as such or as `NAME=FOLDER`.
  ///   - name: what clients call the model; by default the file's name.
  /// - Throws: `CommandError`, `ModelError`, `RouterError`.
  static func open(
    model: String?, bundles: [String], name: String?, weights: WeightOptions,
    engine options: EngineOptions, settings: ServingSettings
  ) throws -> ServingSession {
    options.apply()
    let named = bundles.map(NamedFolder.init)
    if let twice = Dictionary(grouping: named, by: \.name).first(where: { $0.value.count > 1 }) {
      throw CommandError.bundleName(name: twice.key)
    }
    let path = try Session.modelPath(model: model, bundle: named.first?.folder)
    let files = try ModelFiles.open(path)
    // Before the weights are packed: a bundle of another model should be refused at once.
    let loaded = try named.map { entry in
      let bundle = try RouterBundle.load(
        entry.folder, model: files.configuration, expectedFingerprint: files.fingerprint,
        expectedTokenizerFingerprint: files.tokenizer.fingerprint)
      return (name: entry.name, bundle: bundle)
    }
    let language = try LanguageModel(
      files: files, weights: try weights.format(precision: options.precision))
    let engine = try ServingEngine(
      model: language,
      bundles: loaded.map {
        ServingBundle(name: $0.name, gate: $0.bundle.gate, adapter: $0.bundle.adapter)
      }, settings: settings)
    let served = ServedModel(
      name: try name ?? servedName(model, named.first?.folder), renderer: language.renderer,
      contextLength: engine.contextLimit, fingerprint: language.fingerprint,
      bundles: loaded.map {
        .init(name: $0.name, threshold: $0.bundle.gate.threshold, gateLayer: $0.bundle.gate.layer)
      })
    return ServingSession(model: served, engine: engine)
  }

  /// The last part of the model's path or name, without `.gguf`.
  static func servedName(_ model: String?, _ bundle: String?) throws -> String {
    let name = try model ?? bundle.map { try RouterBundle.manifest(of: $0).model.name } ?? "model"
    let last = URL(filePath: name).lastPathComponent
    return last.hasSuffix(".gguf") ? String(last.dropLast(5)) : last
  }
}
