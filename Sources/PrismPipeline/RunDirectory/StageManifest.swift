/// Written last, and by rename: a stage with a manifest is complete.
package struct StageManifest: Codable, Hashable, Sendable {
  package let identity: StageIdentity
  /// Named numbers, such as `rows`.
  package let counts: [String: Int]
  /// Over all sessions that worked on the stage.
  package let seconds: Double
  package let tokens: Int
  /// SHA-256 of each result file, by name.
  package let files: [String: String]

  package init(
    identity: StageIdentity, counts: [String: Int], seconds: Double, tokens: Int,
    files: [String: String]
  ) {
    self.identity = identity
    self.counts = counts
    self.seconds = seconds
    self.tokens = tokens
    self.files = files
  }
}
