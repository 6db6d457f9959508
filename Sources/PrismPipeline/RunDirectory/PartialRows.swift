import Foundation

/// A stage under way: a header line with its identity, then each finished unit's rows followed by
/// a line that closes the unit. Whatever follows the last such line was torn and does not count.
struct PartialRows<Row: Codable> {
  /// Closes a unit.
  struct Footer: Codable {
    let unit: Int
    let rows: Int
    let seconds: Double
    let tokens: Int
  }

  private struct Header: Codable { let header: StageIdentity }
  private struct Closing: Codable { let closes: Footer }

  /// Nil when not even the header is whole.
  private(set) var identity: StageIdentity?
  private(set) var units: [[Row]] = []
  /// The rows' bytes as they stand in the file, line ends included.
  private(set) var rowBytes = Data()
  private(set) var seconds = 0.0
  private(set) var tokens = 0
  /// Bytes of the file up to and including the last whole unit (or the header).
  private(set) var size = 0

  init() {}

  init(_ data: Data) {
    var open: [Row] = []
    var openBytes = Data()
    var start = data.startIndex
    while let end = data[start...].firstIndex(of: UInt8(ascii: "\n")) {
      let line = data[start..<end]
      let next = data.index(after: end)
      if identity == nil {
        guard let header = try? CanonicalJSON.value(Header.self, from: line) else { return }
        identity = header.header
        size = next - data.startIndex
      } else if let closing = try? CanonicalJSON.value(Closing.self, from: line) {
        guard closing.closes.unit == units.count, closing.closes.rows == open.count else { return }
        units.append(open)
        rowBytes.append(openBytes)
        seconds += closing.closes.seconds
        tokens += closing.closes.tokens
        size = next - data.startIndex
        open = []
        openBytes = Data()
      } else {
        guard let row = try? CanonicalJSON.value(Row.self, from: line) else { return }
        open.append(row)
        openBytes.append(data[start..<next])
      }
      start = next
    }
  }

  static func header(_ identity: StageIdentity) throws -> [UInt8] {
    [UInt8](try CanonicalJSON.data(Header(header: identity))) + [UInt8(ascii: "\n")]
  }

  /// Records a unit and returns the bytes to append.
  mutating func close(_ rows: [Row], seconds: Double, tokens: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    for row in rows { bytes += [UInt8](try CanonicalJSON.data(row)) + [UInt8(ascii: "\n")] }
    let footer = Footer(unit: units.count, rows: rows.count, seconds: seconds, tokens: tokens)
    units.append(rows)
    rowBytes.append(contentsOf: bytes)
    self.seconds += seconds
    self.tokens += tokens
    bytes += [UInt8](try CanonicalJSON.data(Closing(closes: footer))) + [UInt8(ascii: "\n")]
    size += bytes.count
    return bytes
  }
}
