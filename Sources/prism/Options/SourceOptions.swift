import ArgumentParser

/// A model, perhaps with adapter and gate, and how it runs.
struct SourceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "GGUF file, Hugging Face folder, or a name that `prism models` lists. (default: the bundle's)",
      valueName: "path-or-name"))
  var model: String?

  @Option(
    help: ArgumentHelp(
      "Folder with adapter and gate, made by `prism distill`.", valueName: "folder"))
  var bundle: String?

  @OptionGroup(title: "Engine")
  var weights: WeightOptions

  @OptionGroup(title: "Engine")
  var engine: EngineOptions

  func validate() throws { _ = try weights.format(precision: engine.precision) }
}
