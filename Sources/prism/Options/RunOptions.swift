import ArgumentParser
import Foundation
import PrismPipeline
import PrismTensor

/// The settings of a run: a preset, then the configuration file over it, then single flags.
struct RunOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Settings to start from: \(Preset.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "name"))
  var preset = Preset.default.rawValue

  @Option(help: ArgumentHelp("YAML file whose keys replace the preset's.", valueName: "file"))
  var config: String?

  @Option(
    help: ArgumentHelp(
      "Domain names, separated by commas; the model writes a persona for each.",
      valueName: "a,b,c"))
  var domains: String?

  @Option(help: ArgumentHelp("Folder of text files, one persona each.", valueName: "folder"))
  var personas: String?

  @Option(help: ArgumentHelp("Queries written for each persona.", valueName: "count"))
  var queries: Int?

  @Option(help: "Seed of everything random; 0 is a seed.")
  var seed: UInt64?

  func validate() throws {
    if domains != nil && personas != nil {
      throw ValidationError("give --domains or --personas, not both")
    }
    if Preset(rawValue: preset) == nil {
      let known = Preset.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("there is no preset \"\(preset)\"; known: \(known)")
    }
    if let queries, queries < 1 {
      throw ValidationError("--queries is \(queries); allowed: 1 or more")
    }
    if let domains, Self.names(in: domains).isEmpty {
      throw ValidationError("--domains names no domain")
    }
  }

  /// The whole configuration. Throws `PipelineError` with everything wrong in it at once.
  func resolved(engine: EngineOptions, weights: RunWeightOptions) throws -> PrismConfiguration {
    var configuration = try Preset(named: preset).configuration()
    if let config {
      configuration = try PrismConfiguration(
        contentsOf: URL(fileURLWithPath: config), over: configuration)
    }
    if let domains {
      configuration.personas.source = .written
      configuration.personas.names = Self.names(in: domains)
    }
    if let personas {
      configuration.personas.source = .folder
      configuration.personas.folder = personas
      configuration.personas.names = []
    }
    if let queries { configuration.queries.perPersona = queries }
    if let seed { configuration.engine.seed = seed }
    if let threads = engine.threads { configuration.engine.threads = threads }
    if let precision = try weights.precision(inputs: engine.precision) {
      configuration.engine.precision = precision
    }
    try configuration.validate()
    return configuration
  }

  private static func names(in list: String) -> [String] {
    list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty }
  }
}
