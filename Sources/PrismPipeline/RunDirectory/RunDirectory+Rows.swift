import Foundation
package import PrismModel

extension RunDirectory {
  /// The rows of a stage: read back when it is complete, else computed from where it stopped.
  ///
  /// Every finished unit is on disk before the next one begins. `tokens` counts what the engine
  /// has processed so far. Throws `Interrupted` after the unit in hand, or what the unit throws.
  package func rows<S: Stage>(
    of stage: S, input: S.Input, identity: StageIdentity, tokens: () -> Int, report: Reporter
  ) throws -> [S.Row] {
    if let manifest = try manifest(for: identity) {
      return try completeRows(S.Row.self, manifest)
    }
    var partial = try resumed(S.Row.self, identity: identity)
    let name = identity.stage.fileName + ".partial.jsonl"
    while true {
      let begin = ContinuousClock.now
      let tokensBefore = tokens()
      guard let rows = try stage.unit(input, after: partial.units, report: report) else { break }
      let seconds = (ContinuousClock.now - begin) / .seconds(1)
      let size = partial.size
      let bytes = try partial.close(rows, seconds: seconds, tokens: tokens() - tokensBefore)
      try files.append(bytes, file(name), size)
    }
    let all = partial.units.flatMap { $0 }
    try stage.check(all, of: input)
    try finish(partial, identity: identity, rows: all.count)
    return all
  }

  /// A stage whose rows are there without work, such as personas read from files.
  package func rows<Row: Codable>(_ rows: [Row], identity: StageIdentity) throws -> [Row] {
    if let manifest = try manifest(for: identity) { return try completeRows(Row.self, manifest) }
    var partial = PartialRows<Row>()
    _ = try partial.close(rows, seconds: 0, tokens: 0)
    try finish(partial, identity: identity, rows: rows.count)
    return rows
  }

  private func finish<Row: Codable>(
    _ partial: PartialRows<Row>, identity: StageIdentity, rows: Int
  ) throws {
    let name = identity.stage.fileName + ".jsonl"
    try write(partial.rowBytes, to: name)
    try complete(
      StageManifest(
        identity: identity, counts: ["rows": rows, "units": partial.units.count],
        seconds: partial.seconds, tokens: partial.tokens,
        files: [name: CanonicalJSON.hash(partial.rowBytes)]))
    try? FileManager.default.removeItem(atPath: file(identity.stage.fileName + ".partial.jsonl"))
  }

  /// What an interrupted session left of a stage, cut back to whole units.
  private func resumed<Row: Codable>(
    _ type: Row.Type, identity: StageIdentity
  ) throws -> PartialRows<Row> {
    let name = identity.stage.fileName + ".partial.jsonl"
    var partial = PartialRows<Row>(try read(name) ?? Data())
    if let found = partial.identity {
      try expect(identity, found: found)
    } else {
      let header = try PartialRows<Row>.header(identity)
      try files.append(header, file(name), 0)
      partial = PartialRows<Row>(Data(header))
    }
    return partial
  }

  /// The rows of a complete stage, whatever it was made from; their bytes are those of its manifest.
  /// Throws `PipelineError.unfinishedRun`, `.otherFormat` and `.damagedRun`.
  package func finishedRows<Row: Codable>(_ type: Row.Type, of stage: StageName) throws -> [Row] {
    let manifest = try finishedManifest(of: stage)
    try verify(stage.fileName + ".jsonl", in: manifest)
    return try completeRows(type, manifest)
  }

  /// The rows of a complete stage whose bytes were checked.
  func completeRows<Row: Codable>(
    _ type: Row.Type, _ manifest: StageManifest
  ) throws -> [Row] {
    let name = manifest.identity.stage.fileName + ".jsonl"
    guard let data = try read(name) else {
      throw PipelineError.damagedRun(path: file(name), problem: "the file is gone")
    }
    return try data.split(separator: UInt8(ascii: "\n")).enumerated().map { index, line in
      do {
        return try CanonicalJSON.value(Row.self, from: Data(line))
      } catch {
        throw PipelineError.damagedRun(
          path: file(name), problem: "line \(index + 1) cannot be read")
      }
    }
  }
}
