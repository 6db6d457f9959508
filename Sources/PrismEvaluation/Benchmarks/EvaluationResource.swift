import Foundation

/// Files that ship with this target.
enum EvaluationResource {
  /// Throws `EvaluationError.missingResource` where the build lacks it.
  static func url(_ name: String) throws -> URL {
    guard let url = Bundle.module.resourceURL?.appendingPathComponent(name),
      FileManager.default.fileExists(atPath: url.path)
    else { throw EvaluationError.missingResource(name: name) }
    return url
  }

  static func file(_ name: String) throws -> BenchmarkFile {
    let url = try url(name)
    return try BenchmarkFile(name, in: url.deletingLastPathComponent())
  }
}
