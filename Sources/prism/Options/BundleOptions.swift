public import ArgumentParser
public import PrismModel

extension RoutePolicy: ExpressibleByArgument {}

/// Which model answers, and with which adapter and gate.
struct BundleOptions: ParsableArguments {
  @OptionGroup var source: SourceOptions

  var model: String? { source.model }
  var bundle: String? { source.bundle }
  var weights: WeightOptions { source.weights }
  var engine: EngineOptions { source.engine }

  func validate() throws {
    if model == nil && bundle == nil {
      throw ValidationError("name a model with --model, a bundle with --bundle, or both")
    }
  }
}
