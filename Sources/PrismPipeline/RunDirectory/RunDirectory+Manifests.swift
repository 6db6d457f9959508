import Foundation

extension RunDirectory {
  /// The manifest of a complete stage; nil when the stage is not complete.
  package func manifest(of stage: StageName) throws -> StageManifest? {
    let name = stage.fileName + ".manifest.json"
    guard let data = try read(name) else { return nil }
    do {
      return try CanonicalJSON.value(StageManifest.self, from: data)
    } catch {
      throw PipelineError.damagedRun(path: file(name), problem: "it is not as written")
    }
  }

  /// The manifest of a complete stage with this identity; nil when it has yet to run.
  /// Throws `PipelineError.changed` when the stage was made from something else.
  package func manifest(for identity: StageIdentity) throws -> StageManifest? {
    guard let manifest = try manifest(of: identity.stage) else { return nil }
    try expect(identity, found: manifest.identity)
    for (name, hash) in manifest.files {
      guard let data = try read(name) else {
        throw PipelineError.damagedRun(path: file(name), problem: "the file is gone")
      }
      guard CanonicalJSON.hash(data) == hash else {
        throw PipelineError.damagedRun(
          path: file(name), problem: "its bytes are not those its manifest names")
      }
    }
    return manifest
  }

  /// Marks a stage complete, once its files are in place.
  package func complete(_ manifest: StageManifest) throws {
    try write(
      try CanonicalJSON.data(manifest, pretty: true) + Data("\n".utf8),
      to: manifest.identity.stage.fileName + ".manifest.json")
  }

  /// SHA-256 of a file of the run, for manifests and for later stages' inputs.
  package func hash(of name: String) throws -> String {
    guard let data = try read(name) else {
      throw PipelineError.cannotRead(path: file(name), reason: "the file is missing")
    }
    return CanonicalJSON.hash(data)
  }

  func expect(_ identity: StageIdentity, found: StageIdentity) throws {
    let changes = identity.changes(from: found)
    guard changes.isEmpty else {
      throw PipelineError.changed(path: path, stage: identity.stage.rawValue, changes: changes)
    }
  }
}
