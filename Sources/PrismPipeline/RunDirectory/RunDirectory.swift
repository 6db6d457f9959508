package import Foundation
package import PrismModel

/// All file work of a run. One process at a time; results appear under their final names whole or
/// not at all.
///
/// Each stage leaves `NN-name.jsonl` (or files of its own) and `NN-name.manifest.json`; while it
/// works, `NN-name.partial.jsonl`. Beside them: `configuration.yaml`, `events.jsonl`,
/// `metrics.json`.
public final class RunDirectory {
  public let path: String
  let files: RunFiles
  private let lock: Int32

  /// Opens or makes the directory and locks it. `fresh` discards an older run's files first.
  /// Throws `PipelineError.locked` when another process works here, `.cannotUseFolder` where the
  /// folder cannot be made or written in.
  public convenience init(path: String, fresh: Bool = false) throws {
    try self.init(path: path, fresh: fresh, files: .disk)
  }

  package init(path: String, fresh: Bool, files: RunFiles) throws {
    self.path = path
    self.files = files
    try Self.makeFolders(path)
    self.lock = try Self.lock(path)
    if fresh { try discard() }
  }

  /// The folder and those above it.
  private static func makeFolders(_ path: String) throws {
    guard !path.isEmpty else {
      throw PipelineError.cannotUseFolder(path: path, place: path, problem: .nameIsEmpty)
    }
    var place = path.hasPrefix("/") ? "/" : "."
    for part in path.split(separator: "/") {
      let next = place == "." ? String(part) : place == "/" ? "/\(part)" : "\(place)/\(part)"
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: next, isDirectory: &isFolder) {
        guard isFolder.boolValue else {
          throw PipelineError.cannotUseFolder(path: path, place: next, problem: .isFile)
        }
      } else if let reason = POSIXFile.makeFolder(next) {
        throw PipelineError.cannotUseFolder(
          path: path, place: place, problem: .notWritable(reason))
      }
      place = next
    }
  }

  private static func lock(_ path: String) throws -> Int32 {
    let lock: Int32?
    do { lock = try POSIXFile.lock(path + "/.lock") } catch PipelineError.cannotWrite(_, let reason)
    {
      throw PipelineError.cannotUseFolder(path: path, place: path, problem: .notWritable(reason))
    }
    guard let lock else { throw PipelineError.locked(path: path) }
    return lock
  }

  deinit { POSIXFile.unlock(lock) }

  /// The full path of a file in the run.
  public func file(_ name: String) -> String { path + "/" + name }

  /// Writes a file under a temporary name and renames it.
  package func write(_ data: Data, to name: String) throws {
    let temporary = file("." + name + ".writing")
    do {
      try files.create([UInt8](data), temporary)
      try POSIXFile.rename(temporary, to: file(name), folder: path)
    } catch {
      try? FileManager.default.removeItem(atPath: temporary)
      throw error
    }
  }

  /// The bytes of a file of the run; nil when there is none.
  func read(_ name: String) throws -> Data? {
    guard FileManager.default.fileExists(atPath: file(name)) else { return nil }
    do {
      return try Data(contentsOf: URL(fileURLWithPath: file(name)))
    } catch {
      throw PipelineError.cannotRead(path: file(name), reason: "the file cannot be opened")
    }
  }

  /// Keeps the resolved configuration beside the results.
  public func write(_ configuration: PrismConfiguration) throws {
    try write(Data(try configuration.yaml().utf8), to: "configuration.yaml")
  }

  /// The configuration that was kept. Throws `PipelineError.cannotRead` and `.configuration`.
  package func configuration() throws -> PrismConfiguration {
    try PrismConfiguration(contentsOf: URL(fileURLWithPath: file("configuration.yaml")))
  }

  public func write(_ metrics: RunMetrics) throws {
    try write(try CanonicalJSON.data(metrics, pretty: true) + Data("\n".utf8), to: "metrics.json")
  }

  /// The run's numbers, if it got so far.
  public func metrics() throws -> RunMetrics? {
    guard let data = try read("metrics.json") else { return nil }
    do {
      return try CanonicalJSON.value(RunMetrics.self, from: data)
    } catch {
      throw PipelineError.damagedRun(path: file("metrics.json"), problem: "it is not as written")
    }
  }

  /// Appends a line to `events.jsonl`: the event and the seconds since 1970.
  package func log(_ event: ProgressEvent) throws {
    let line = LoggedEvent(
      event: event, time: (Date().timeIntervalSince1970 * 1000).rounded() / 1000)
    try POSIXFile.log(
      [UInt8](try CanonicalJSON.data(line)) + [UInt8(ascii: "\n")], to: file("events.jsonl"))
  }

  /// Seconds since 1970 of the last event in `events.jsonl`; nil without one. The log is written
  /// without waiting for the disk, so a torn line is no damage and is passed over.
  package func lastEventTime() throws -> Double? {
    guard let data = try read("events.jsonl") else { return nil }
    return data.split(separator: UInt8(ascii: "\n")).reversed().lazy
      .compactMap { try? CanonicalJSON.value(LoggedEvent.self, from: Data($0)).time }.first
  }

  /// Removes every file and folder a run makes, and nothing else.
  /// Removes what an earlier run left; other files stay.
  public func discard() throws {
    let own = [
      "configuration.yaml", "events.jsonl", "metrics.json", "bundle", "items.jsonl", "results.json",
      "report.html", "judge-cache.jsonl",
    ]
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    for entry in entries {
      let ofStage = StageName.allCases.contains { entry.hasPrefix($0.fileName) }
      guard ofStage || own.contains(entry) || entry.hasSuffix(".writing") else { continue }
      do {
        try FileManager.default.removeItem(atPath: file(entry))
      } catch {
        throw PipelineError.cannotWrite(path: file(entry), reason: "it cannot be removed")
      }
    }
  }
}

/// A line of `events.jsonl`.
private struct LoggedEvent: Codable {
  let event: ProgressEvent
  /// Seconds since 1970.
  let time: Double
}
