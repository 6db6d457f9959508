import Foundation

/// Runs the built `prism` as a user would.
struct PrismProcess {
  struct Outcome {
    /// Exit status, or the signal's number plus 1000 if it was killed by one.
    let status: Int32
    let output: String
    let errors: String

    var firstErrorLine: String { errors.split(separator: "\n").first.map(String.init) ?? "" }
    var outputLines: [String] { output.split(separator: "\n").map(String.init) }
  }

  /// The executable, beside the test bundle. On macOS that is a folder, hence the two ways.
  static let executable: String = {
    let bundles = Bundle.allBundles.map(\.bundlePath).filter { $0.hasSuffix(".xctest") }
    let start = bundles.first ?? CommandLine.arguments[0]
    return (start as NSString).deletingLastPathComponent + "/prism"
  }()

  /// A cache that holds nothing, so that no test sees the user's models.
  static let emptyCache = NSTemporaryDirectory() + "/prism-no-cache"

  /// Runs `prism arguments` to its end.
  ///
  /// - Parameters:
  ///   - input: standard input; nothing by default.
  ///   - interruptWhen: polled; SIGINT is sent once it holds.
  static func run(
    _ arguments: [String], input: String = "", environment: [String: String] = [:],
    interruptWhen: (() -> Bool)? = nil
  ) throws -> Outcome {
    try run([executable] + arguments, input: input, environment: environment, interruptWhen)
  }

  /// Runs a shell line in which `$PRISM` is the executable.
  static func shell(_ line: String, environment: [String: String] = [:]) throws -> Outcome {
    try run(["/bin/sh", "-c", line], input: "", environment: environment, nil)
  }

  private static func run(
    _ words: [String], input: String, environment: [String: String],
    _ interruptWhen: (() -> Bool)?
  ) throws -> Outcome {
    let folder = try TemporaryFolder()
    for name in ["out", "err"] { try Data().write(to: folder.url(name)) }
    try Data(input.utf8).write(to: folder.url("in"))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: words[0])
    process.arguments = Array(words.dropFirst())
    process.environment = ProcessInfo.processInfo.environment
      .merging(["PRISM": executable, "PRISM_CACHE": emptyCache]) { $1 }
      .merging(environment) { $1 }
    process.standardInput = try FileHandle(forReadingFrom: folder.url("in"))
    process.standardOutput = try FileHandle(forWritingTo: folder.url("out"))
    process.standardError = try FileHandle(forWritingTo: folder.url("err"))
    try process.run()
    var isInterrupted = false
    while process.isRunning {
      if !isInterrupted, interruptWhen?() == true {
        process.interrupt()
        isInterrupted = true
      }
      Thread.sleep(forTimeInterval: 0.01)
    }
    process.waitUntilExit()
    let killed = process.terminationReason == .uncaughtSignal
    return Outcome(
      status: process.terminationStatus + (killed ? 1000 : 0),
      output: String(decoding: try Data(contentsOf: folder.url("out")), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: folder.url("err")), as: UTF8.self))
  }
}
