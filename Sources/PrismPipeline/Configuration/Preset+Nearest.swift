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
    func changes(from preset: Preset) throws -> [String] {
      let own = try preset.configuration().settings()
      return settings.keys.filter { settings[$0] != own[$0] }.sorted()
    }
    var nearest = (preset: Preset.default, changed: try changes(from: .default))
    for preset in allCases where preset != .default {
      let changed = try changes(from: preset)
      if changed.count < nearest.changed.count { nearest = (preset, changed) }
    }
    return nearest
  }
}
