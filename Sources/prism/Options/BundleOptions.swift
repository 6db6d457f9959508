public import ArgumentParser
public import PrismModel

extension RoutePolicy: ExpressibleByArgument {}

/// Which model answers, and with which adapter and gate.
struct BundleOptions: ParsableArguments {
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

  func validate() throws {
    if model == nil && bundle == nil {
      throw ValidationError("name a model with --model, a bundle with --bundle, or both")
    }
    _ = try weights.format(precision: engine.precision)
  }
}
