import Foundation
import PrismModel

/// The adapter alone as Python peft and vLLM load it: a folder with `adapter_config.json`, whose
/// `layers_to_transform` names the adapted layers, and `adapter_model.safetensors`.
package enum AdapterFolder {
  /// Writes a new folder, all or nothing.
  ///
  /// Throws `RouterError.occupied` when something stands at `folder`, `.unreadable` or `ModelError`
  /// when it cannot be written.
  package static func write(
    _ bundle: RouterBundle, baseModelName: String, to folder: String
  ) throws {
    let files = FileManager.default
    let target = URL(filePath: folder).standardizedFileURL
    guard !files.fileExists(atPath: target.path(percentEncoded: false)) else {
      throw RouterError.occupied(path: folder, reason: "there is something already")
    }
    let parent = target.deletingLastPathComponent()
    // Hidden, beside the target, so that the rename stays within one file system.
    let draft = parent.appending(path: ".\(target.lastPathComponent).\(UUID().uuidString).writing")
    do {
      try files.createDirectory(at: draft, withIntermediateDirectories: true)
      do {
        try AdapterFiles.write(
          bundle.adapter, dropout: bundle.manifest.adapterDropout, baseModelName: baseModelName,
          to: draft.path(percentEncoded: false))
        try files.moveItem(at: draft, to: target)
      } catch {
        // The first failure is the one to tell.
        try? files.removeItem(at: draft)
        throw error
      }
    } catch let error as CocoaError {
      throw RouterError.unreadable(path: folder, reason: plainReason(error))
    }
  }
}
