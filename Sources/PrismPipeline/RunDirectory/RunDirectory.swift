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
  /// Throws `PipelineError.locked` when another process works here, `.cannotWrite` otherwise.
  public convenience init(path: String, fresh: Bool = false) throws {
    try self.init(path: path, fresh: fresh, files: .disk)
  }

  package init(path: String, fresh: Bool, files: RunFiles) throws {
    self.path = path
    self.files = files
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw PipelineError.cannotWrite(
        path: path,
        reason: "the folder cannot be made here (\((error as NSError).localizedDescription))")
    }
    guard let lock = try POSIXFile.lock(path + "/.lock") else {
      throw PipelineError.locked(path: path)
    }
    self.lock = lock
    if fresh { try discard() }
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
    struct Line: Codable {
      let event: ProgressEvent
      let time: Double
    }
    let line = Line(event: event, time: (Date().timeIntervalSince1970 * 1000).rounded() / 1000)
    try POSIXFile.log(
      [UInt8](try CanonicalJSON.data(line)) + [UInt8(ascii: "\n")], to: file("events.jsonl"))
  }

  /// Removes every file and folder a run makes, and nothing else.
  private func discard() throws {
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
