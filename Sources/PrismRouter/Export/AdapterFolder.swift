import Foundation
import PrismModel

/// The adapter alone as Python peft and vLLM load it: a folder with `adapter_config.json`, whose
/// `layers_to_transform` names the adapted layers, and `adapter_model.safetensors`, fp32.
package enum AdapterFolder {
  /// Writes a new folder, all or nothing.
  ///
  /// Throws `RouterError.occupied` when something stands at `folder`, `ModelError.unwritable` when
  /// it cannot be written.
  package static func write(_ bundle: RouterBundle, to folder: String) throws {
    try DiskFiles.requireAbsent(folder)
    let target = URL(filePath: folder).standardizedFileURL
    let parent = target.deletingLastPathComponent()
    // Hidden, beside the target, so that the rename stays within one file system.
    let draft = parent.appending(path: ".\(target.lastPathComponent).\(UUID().uuidString).writing")
    do {
      // Foundation's own call does not say why it failed.
      guard mkdir(draft.path(percentEncoded: false), 0o777) == 0 else {
        throw NSError(domain: NSPOSIXErrorDomain, code: Int(errno))
      }
      do {
        try AdapterFiles.write(
          bundle.adapter, dropout: bundle.manifest.adapterDropout,
          baseModelName: bundle.manifest.model.name, to: draft.path(percentEncoded: false))
        try FileManager.default.moveItem(at: draft, to: target)
      } catch {
        // The first failure is the one to tell.
        try? FileManager.default.removeItem(at: draft)
        throw error
      }
      try DiskFiles.flush(parent)
    } catch ModelError.unwritable(_, let reason) {
      // Its path is in the hidden folder, which is gone.
      throw ModelError.unwritable(path: folder, reason: reason)
    } catch {
      throw ModelError.unwritable(path: folder, reason: plainReason(error))
    }
  }
}
