import ArgumentParser
import Foundation
import PrismModel

/// How a command ends when it does not end well: one sentence on standard error and a status.
enum Failure {
  static func exit(with error: any Error) -> Never {
    if error is OutputClosed { Foundation.exit(EXIT_SUCCESS) }
    if error is Interrupted {
      say("interrupted")
      Foundation.exit(Interruption.exitCode)
    }
    // Usage errors, help and version are the parser's: 64 and 0.
    let code = PrismCommand.exitCode(for: error)
    guard code == .failure else {
      let message = PrismCommand.fullMessage(for: error)
      if code == .success {
        PrismCommand.exit(withError: error)
      }
      if !message.isEmpty { say(lowercasedStart(message)) }
      Foundation.exit(code.rawValue)
    }
    say("error: \(sentence(error))")
    Foundation.exit(EXIT_FAILURE)
  }

  private static func sentence(_ error: any Error) -> String {
    // Foundation's own errors describe themselves for programmers, not for users.
    let text =
      switch error {
      case let error as CocoaError: error.localizedDescription
      case let error as POSIXError: error.localizedDescription
      default: "\(error)"
      }
    return text.split(separator: "\n").joined(separator: " ")
  }

  private static func lowercasedStart(_ message: String) -> String {
    message.hasPrefix("Error: ") ? "error: " + message.dropFirst(7) : message
  }

  /// Standard error may be closed too; then there is nobody to tell.
  private static func say(_ text: String) {
    try? StandardStreams.write(text + "\n", to: StandardStreams.error)
  }
}
