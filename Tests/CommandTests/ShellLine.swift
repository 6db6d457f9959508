import Foundation
import Testing

/// Checks that a documented command line is accepted by the parser, without doing its work.
enum ShellLine {
  /// Runs `line` where no model and no network tool exists: a line that parses ends well or with
  /// status 1 for what is missing, one that does not with 64.
  static func expectParses(_ line: String, sourceLocation: SourceLocation = #_sourceLocation)
    throws
  {
    let folder = try TemporaryFolder()
    let command = line.replacingOccurrences(of: "prism ", with: "\"$PRISM\" ", options: .anchored)
    let outcome = try PrismProcess.shell(
      "cd '\(folder.path)' && \(command) < /dev/null", environment: ["PATH": folder.path])
    #expect(
      [0, 1].contains(outcome.status), "\(line): status \(outcome.status), \(outcome.errors)",
      sourceLocation: sourceLocation)
  }
}
