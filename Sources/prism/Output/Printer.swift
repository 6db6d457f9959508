import Foundation

/// Writes results to standard output, as text or as JSON Lines.
struct Printer {
  let style = Style(StandardStreams.output)

  func line(_ text: String = "") throws {
    try StandardStreams.write(text + "\n", to: StandardStreams.output)
  }

  /// Text as it arrives, without a line end.
  func piece(_ text: String) throws {
    try StandardStreams.write(text, to: StandardStreams.output)
  }

  /// One object on one line, keys sorted.
  func json(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // A token the model found impossible has the log-probability -inf.
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    try line(String(decoding: encoder.encode(value), as: UTF8.self))
  }

  /// Name and value pairs, the values under one another.
  func table(_ rows: [(name: String, value: String)]) throws {
    let width = rows.map(\.name.count).max() ?? 0
    for row in rows {
      let padding = String(repeating: " ", count: width - row.name.count + 2)
      try line("  " + style.dim(row.name) + padding + row.value)
    }
  }

  /// A note beside the results, on standard error.
  func note(_ text: String) throws {
    try StandardStreams.write(text + "\n", to: StandardStreams.error)
  }
}
