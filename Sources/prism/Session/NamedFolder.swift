import Foundation

/// A bundle's folder and the name it is served under.
struct NamedFolder {
  let name: String
  let folder: String

  /// - Parameter argument: `FOLDER` or `NAME=FOLDER`.
  init(_ argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2, !parts[0].contains("/"), !parts[0].isEmpty {
      (name, folder) = (String(parts[0]), String(parts[1]))
      return
    }
    folder = argument
    let path = URL(filePath: argument).standardizedFileURL
    // Runs call theirs `bundle`, so the run's own name says more.
    let isOfRun = path.lastPathComponent == "bundle"
    name = (isOfRun ? path.deletingLastPathComponent() : path).lastPathComponent
  }
}
