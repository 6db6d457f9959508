import Foundation

/// Text resources of this target: personas, prompts, presets.
enum ShippedText {
  /// Throws `PipelineError.missingResource` where the build lacks it.
  static func read(_ name: String) throws -> String {
    guard let root = Bundle.module.resourceURL,
      let text = try? String(contentsOf: root.appendingPathComponent(name), encoding: .utf8)
    else { throw PipelineError.missingResource(name: name) }
    return text
  }
}
