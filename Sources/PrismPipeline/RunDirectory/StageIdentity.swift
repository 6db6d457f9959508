import Foundation

/// What a stage's result depends on. Two results are interchangeable exactly if these are equal.
package struct StageIdentity: Codable, Hashable, Sendable {
  static let currentFormat = 1

  package let formatVersion: Int
  package let stage: StageName
  /// The settings that matter to this stage: dotted path to canonical JSON.
  package let settings: [String: String]
  /// SHA-256 over `settings`.
  package let configurationHash: String
  /// What was read: a name (`model`, an earlier file) to a hash.
  package let inputs: [String: String]
  /// SHA-256 over `inputs`.
  package let inputHash: String
  package let seed: UInt64

  /// `sections` are the configuration's sections the stage depends on.
  package init(
    stage: StageName, configuration: PrismConfiguration, sections: [String],
    inputs: [String: String]
  ) throws {
    let leaves = try SettingTree(configuration).leaves()
    try self.init(
      stage: stage,
      settings: leaves.filter { leaf in sections.contains { leaf.key.hasPrefix($0 + ".") } },
      inputs: inputs, seed: configuration.engine.seed)
  }

  /// For a stage whose settings are not those of the main job.
  package init(
    stage: StageName, settings: [String: String], inputs: [String: String], seed: UInt64
  ) throws {
    formatVersion = Self.currentFormat
    self.stage = stage
    self.settings = settings
    configurationHash = CanonicalJSON.hash(try CanonicalJSON.data(settings))
    self.inputs = inputs
    inputHash = CanonicalJSON.hash(try CanonicalJSON.data(inputs))
    self.seed = seed
  }

  /// What differs, old to new, in words; empty when nothing does.
  func changes(from old: StageIdentity) -> [String] {
    var changes: [String] = []
    if old.formatVersion != formatVersion {
      changes.append("format version \(old.formatVersion) → \(formatVersion)")
    }
    if old.stage != stage { changes.append("stage \(old.stage.rawValue) → \(stage.rawValue)") }
    for key in Set(old.settings.keys).union(settings.keys).sorted()
    where old.settings[key] != settings[key] {
      changes.append("\(key) \(old.settings[key] ?? "absent") → \(settings[key] ?? "absent")")
    }
    for key in Set(old.inputs.keys).union(inputs.keys).sorted()
    where old.inputs[key] != inputs[key] {
      let hashes = [old.inputs[key], inputs[key]].map {
        $0.map { String($0.prefix(8)) } ?? "absent"
      }
      changes.append("\(key) \(hashes[0]) → \(hashes[1])")
    }
    return changes
  }
}
