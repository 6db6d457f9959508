import PrismModel

/// Everything that can be set about the servers behind a router.
package struct UpstreamSettings: Sendable {
  package var upstreams: [Upstream]
  /// What the upstreams call the base model and the model with the adapter.
  package var baseName: String
  package var adapterName: String
  /// The adapter's number where one llama-server answers both routes; requests then say in their `lora`
  /// field whether it counts.
  package var loraID: Int?
  /// Shown to every upstream; clients' own keys are never passed on.
  package var key: UpstreamKey?
  /// In which a connection must stand.
  package var connectTime = Duration.seconds(5)
  /// Between two health checks of an upstream that is up. One that is down is asked again after an
  /// eighth of it, then twice as late each time, up to four times it.
  package var healthTime = Duration.seconds(5)

  package init(upstreams: [Upstream], baseName: String, adapterName: String) {
    self.upstreams = upstreams
    self.baseName = baseName
    self.adapterName = adapterName
  }

  func name(of route: Route) -> String { route == .adapter ? adapterName : baseName }

  /// Until an upstream that has failed so many checks in a row is asked again.
  func wait(failures: Int) -> Duration {
    failures == 0 ? healthTime : min(healthTime * 4, healthTime / 8 * (1 << min(failures - 1, 20)))
  }

  /// What clients are told to wait when no server is up.
  var secondsToRecovery: Int {
    max(1, Int((healthTime / .seconds(1)).rounded(.up)))
  }

  /// Throws `ServerError` for the first setting that is out of range.
  func validate() throws {
    for (name, time) in [("connect time", connectTime), ("health check interval", healthTime)] {
      guard time >= .milliseconds(10), time <= .seconds(3600) else {
        throw ServerError.setting(
          name: name, value: "\(time)", allowed: "a hundredth of a second to an hour")
      }
    }
    if let loraID, !(0...1023).contains(loraID) {
      throw ServerError.setting(name: "adapter's number", value: "\(loraID)", allowed: "0 to 1023")
    }
    for (name, value) in [("base name", baseName), ("adapter name", adapterName)]
    where value.isEmpty {
      throw ServerError.setting(name: name, value: "empty", allowed: "a model's name")
    }
  }
}
