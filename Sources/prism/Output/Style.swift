import Foundation

/// Bold and dim text on a terminal; plain text in a pipe, with `NO_COLOR` and on dumb terminals.
struct Style {
  /// Lines can be rewritten.
  let isTerminal: Bool
  private let isRich: Bool

  init(_ stream: Int32) {
    let environment = ProcessInfo.processInfo.environment
    isTerminal = StandardStreams.isTerminal(stream) && environment["TERM"] != "dumb"
    isRich = isTerminal && (environment["NO_COLOR"] ?? "").isEmpty
  }

  func bold(_ text: String) -> String { wrap(text, "1") }
  func dim(_ text: String) -> String { wrap(text, "2") }

  private func wrap(_ text: String, _ code: String) -> String {
    isRich ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
