import Foundation

extension RouterBundle {
  /// Writes the bundle as `folder`, all or nothing: a reader finds the old bundle or the new one,
  /// and a crash leaves one of them.
  ///
  /// An older bundle is replaced; anything else in its place is not.
  ///
  /// - Throws: `RouterError.occupied`, `.unreadable`, or `ModelError` from the tensor writer. The
  ///   old bundle is then untouched.
  public func write(to folder: String) throws {
    let target = URL(filePath: folder).standardizedFileURL
    let parent = target.deletingLastPathComponent()
    let name = target.lastPathComponent
    // Hidden, beside the target, so that the rename stays within one file system.
    let draft = parent.appending(path: ".\(name).writing")
    let previous = parent.appending(path: ".\(name).previous")
    try naming(folder) {
      let files = FileManager.default
      try files.createDirectory(at: parent, withIntermediateDirectories: true)
      try Self.recover(target, from: previous)
      try Self.refuseStrangers(in: target, shown: folder)
      try DiskFiles.removeIfPresent(draft)
      do {
        try files.createDirectory(at: draft, withIntermediateDirectories: false)
        try writeFiles(into: draft)
        try Self.replace(target, with: draft, keeping: previous)
      } catch {
        try? DiskFiles.removeIfPresent(draft)
        throw error
      }
      try DiskFiles.flush(parent)
      try DiskFiles.removeIfPresent(previous)
    }
  }

  private func writeFiles(into folder: URL) throws {
    let path = folder.path(percentEncoded: false)
    try AdapterFiles.write(
      adapter, dropout: manifest.adapterDropout, baseModelName: manifest.model.name, to: path)
    try GateFile.write(gate, to: folder.appending(path: Self.gateName).path(percentEncoded: false))
    try JSONFile.encode(manifest).write(to: folder.appending(path: Self.manifestName))
    for name in Self.fileNames { try DiskFiles.flush(folder.appending(path: name)) }
    try DiskFiles.flush(folder)
  }

  /// Puts `draft` in the place of `target`. Where the system can swap two folders in one step the
  /// target is never absent; elsewhere the old one stands beside it as `previous` in between, and
  /// `recover` brings it back after a crash.
  private static func replace(_ target: URL, with draft: URL, keeping previous: URL) throws {
    let files = FileManager.default
    guard DiskFiles.exists(target) else { return try files.moveItem(at: draft, to: target) }
    if exchangeFolders(target, draft) { return try files.moveItem(at: draft, to: previous) }
    try files.moveItem(at: target, to: previous)
    do {
      try files.moveItem(at: draft, to: target)
    } catch {
      try files.moveItem(at: previous, to: target)
      throw error
    }
  }

  /// After a crash between two renames: the old bundle goes back to its place, or goes away.
  private static func recover(_ target: URL, from previous: URL) throws {
    guard DiskFiles.exists(previous) else { return }
    if DiskFiles.exists(target) {
      try DiskFiles.removeIfPresent(previous)
    } else {
      try FileManager.default.moveItem(at: previous, to: target)
    }
  }

  /// Throws unless `target` is absent, empty or a bundle and nothing more.
  private static func refuseStrangers(in target: URL, shown: String) throws {
    guard DiskFiles.exists(target) else { return }
    let path = target.path(percentEncoded: false)
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
    else { throw RouterError.occupied(path: shown, reason: "it is not a folder") }
    let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    if let stranger = names.first(where: { !fileNames.contains($0) }) {
      throw RouterError.occupied(
        path: shown, reason: "it holds \(stranger), which is no part of a bundle")
    }
  }

  /// Runs `body`, naming `path` in what the file system throws.
  private func naming(_ path: String, _ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as CocoaError {
      throw RouterError.unreadable(path: path, reason: plainReason(error))
    } catch let error as POSIXError {
      throw RouterError.unreadable(path: path, reason: plainReason(error))
    }
  }
}
