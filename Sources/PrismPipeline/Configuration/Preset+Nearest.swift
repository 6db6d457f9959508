extension PrismConfiguration {
  /// Every setting under its dotted name, as JSON text.
  package func settings() throws -> [String: String] { try SettingTree(self).leaves() }
}

extension Preset {
  /// The preset that fewest settings differ from, with the names of those that do, sorted.
  package static func nearest(
    to configuration: PrismConfiguration
  ) throws -> (preset: Preset, changed: [String]) {
    let settings = try configuration.settings()
    let candidates = try allCases.map { preset in
      let own = try preset.configuration().settings()
      return (preset: preset, changed: settings.keys.filter { settings[$0] != own[$0] }.sorted())
    }
    return candidates.min { $0.changed.count < $1.changed.count } ?? (.default, [])
  }
}
