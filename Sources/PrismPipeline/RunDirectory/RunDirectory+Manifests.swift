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
    for name in manifest.files.keys { try verify(name, in: manifest) }
    return manifest
  }

  /// Throws `PipelineError.damagedRun` unless the file holds the bytes that its manifest names.
  func verify(_ name: String, in manifest: StageManifest) throws {
    guard let data = try read(name) else {
      throw PipelineError.damagedRun(path: file(name), problem: "the file is gone")
    }
    guard CanonicalJSON.hash(data) == manifest.files[name] else {
      throw PipelineError.damagedRun(
        path: file(name), problem: "its bytes are not those its manifest names")
    }
  }

  /// As `manifest(of:)`. Throws `PipelineError.unfinishedRun` without one and `.otherFormat` for one
  /// that another version of the format wrote.
  func finishedManifest(of stage: StageName) throws -> StageManifest {
    struct Format: Decodable {
      struct Identity: Decodable { let formatVersion: Int }
      let identity: Identity
    }
    let name = stage.fileName + ".manifest.json"
    guard try read(name) != nil else {
      throw PipelineError.unfinishedRun(path: path, missing: name)
    }
    let found = try value(Format.self, of: name).identity.formatVersion
    guard found == StageIdentity.currentFormat else {
      throw PipelineError.otherFormat(
        path: file(name), found: found, expected: StageIdentity.currentFormat)
    }
    return try value(StageManifest.self, of: name)
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
