import ArgumentParser
import Foundation
import PrismServer

/// Servers that answer in this one's place.
struct UpstreamOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Server that answers: base=URL, adapter=URL, or a URL alone for both; may be given several times. \
      This one then only decides.
      """, valueName: "url"))
  var upstream: [String] = []

  @Option(
    help: ArgumentHelp(
      "With --upstream: the model whose lower layers the gate reads. (default: the bundle's)",
      valueName: "path-or-name"))
  var routerModel: String?

  @Option(help: "What the upstreams call the base model. (default: NAME)")
  var baseName: String?

  @Option(help: "What the upstreams call the model with the adapter. (default: NAME:adapter)")
  var adapterName: String?

  @Option(
    help: ArgumentHelp(
      "The adapter's number in a llama-server that answers both routes.", valueName: "number"))
  var loraId: Int?

  @Option(
    help: ArgumentHelp(
      "Environment variable that holds the key for the upstreams.", valueName: "name"))
  var upstreamKeyEnv: String?

  @Option(help: "Seconds in which a connection to an upstream must stand.")
  var connectSeconds = 5.0

  @Option(help: "Seconds between two health checks of an upstream.")
  var healthSeconds = 5.0

  var isEmpty: Bool { upstream.isEmpty }

  /// Throws `ValidationError` for settings that make no sense together.
  func check(model: String?, bundles: [String]) throws {
    guard !isEmpty else {
      if routerModel != nil || baseName != nil || adapterName != nil || loraId != nil
        || upstreamKeyEnv != nil
      {
        throw ValidationError(
          "--router-model, --base-name, --adapter-name, --lora-id and --upstream-key-env go with --upstream"
        )
      }
      return
    }
    if model != nil {
      throw ValidationError("with --upstream the model is named with --router-model")
    }
    if bundles.count != 1 { throw ValidationError("--upstream needs one --bundle") }
    for (name, seconds) in [
      ("--connect-seconds", connectSeconds), ("--health-seconds", healthSeconds),
    ] where !(0.01...3600).contains(seconds) {
      throw ValidationError("\(name) is \(seconds); allowed: 0.01 to 3600")
    }
  }

  /// - Parameter name: what clients call the model.
  /// - Throws: `ServerError` for addresses and keys that cannot be used.
  func settings(name: String) throws -> UpstreamSettings {
    var settings = UpstreamSettings(
      upstreams: try upstream.map(Upstream.init), baseName: baseName ?? name,
      adapterName: adapterName ?? "\(name):adapter")
    settings.loraID = loraId
    settings.connectTime = .seconds(connectSeconds)
    settings.healthTime = .seconds(healthSeconds)
    settings.key = try upstreamKeyEnv.map { variable in
      let value = ProcessInfo.processInfo.environment[variable] ?? ""
      return try UpstreamKey(value, variable: variable)
    }
    return settings
  }
}
