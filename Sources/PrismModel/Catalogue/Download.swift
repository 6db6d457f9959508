import Foundation

/// Fetches one archive into a partial file, going on where an earlier attempt broke off.
struct Download {
  /// What is fetched, for messages.
  let name: String
  let location: ArchiveLocation
  /// Kept when the download is interrupted or the network fails; removed when its hash is wrong.
  let partialPath: String
  /// Seconds before a broken connection is tried again.
  var pause: Double = 1

  private static let attemptLimit = 3

  /// Returns when the partial file is complete and its SHA-256 is right.
  ///
  /// Events have the stage `download` and count bytes. Throws `fetch`, or `Interrupted` when
  /// `report` answered `.stop`.
  func run(report: Reporter) throws {
    if !location.url.isFileURL {
      try transfer(report: report)
    } else if location.url.path != partialPath {
      // pip also knows folders of archives on this machine.
      try? FileManager.default.removeItem(atPath: partialPath)
      try failing {
        try FileManager.default.copyItem(atPath: location.url.path, toPath: partialPath)
      }
    }
    guard try fileDigest(partialPath) == location.sha256 else {
      try failing { try FileManager.default.removeItem(atPath: partialPath) }
      throw ModelError.fetch(
        what: name,
        reason: "the downloaded archive has the wrong SHA-256 and was removed; fetch it again")
    }
  }

  private func transfer(report: Reporter) throws {
    var failures = 0
    while true {
      let offset = try partialSize()
      let file = try failing { try FileHandle(forUpdating: URL(fileURLWithPath: partialPath)) }
      defer { try? file.close() }
      try failing { try file.seekToEnd() }
      let ending = HTTPTransfer(file: file, offset: offset).run(location.url) { state in
        report(
          ProgressEvent(stage: "download", done: state.received, total: state.total ?? 0))
      }
      switch ending {
      case .complete:
        let size = try partialSize()
        _ = report(ProgressEvent(stage: "download", done: size, total: size))
        return
      case .cancelled: throw Interrupted()
      case .refused(status: 416):
        // All of it is there already, or the file on the server is another one.
        if try fileDigest(partialPath) == location.sha256 { return }
        try failing { try file.truncate(atOffset: 0) }
        failures += 1
      case .refused(let status):
        throw ModelError.fetch(what: name, reason: "the server answered with status \(status)")
      case .unwritable(let reason):
        throw ModelError.fetch(what: name, reason: "cannot write \(partialPath): \(reason)")
      case .lost(let reason):
        failures = try partialSize() > offset ? 1 : failures + 1
        if failures >= Self.attemptLimit {
          throw ModelError.fetch(
            what: name,
            reason: "the connection failed (\(reason)); check the network and run the command "
              + "again to go on from \(try partialSize() / 1_000_000) MB")
        }
        Thread.sleep(forTimeInterval: pause)
      }
    }
  }

  /// Bytes fetched by earlier attempts; makes the empty file when there is none.
  private func partialSize() throws -> Int {
    try failing {
      let manager = FileManager.default
      let folder = (partialPath as NSString).deletingLastPathComponent
      try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
      if !manager.fileExists(atPath: partialPath) {
        try Data().write(to: URL(fileURLWithPath: partialPath))
      }
      let attributes = try manager.attributesOfItem(atPath: partialPath)
      return (attributes[.size] as? NSNumber)?.intValue ?? 0
    }
  }

  /// Turns a file error into one sentence.
  @discardableResult
  private func failing<Value>(_ work: () throws -> Value) throws -> Value {
    do { return try work() } catch let error as ModelError { throw error } catch {
      throw ModelError.fetch(
        what: name, reason: "cannot write \(partialPath): \(error.localizedDescription)")
    }
  }
}
