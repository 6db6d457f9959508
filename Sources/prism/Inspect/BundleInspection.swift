import Foundation
import PrismRouter

/// What `prism inspect` says of a bundle.
struct BundleInspection: Encodable {
  let kind = "bundle"
  let path: String
  /// Bytes of each file.
  let files: [String: Int]
  let bundle: BundleManifest

  /// Throws `RouterError` when `prism.json` is damaged.
  init(_ path: String) throws {
    self.path = path
    bundle = try RouterBundle.manifest(of: path)
    files = try RouterBundle.fileNames.reduce(into: [:]) { sizes, name in
      do {
        let attributes = try FileManager.default.attributesOfItem(atPath: path + "/" + name)
        sizes[name] = (attributes[.size] as? NSNumber)?.intValue ?? 0
      } catch {
        throw RouterError.unreadable(path: path + "/" + name, reason: "the file is missing")
      }
    }
  }

  func show(on printer: Printer) throws {
    try printer.line(printer.style.bold("\(path): a bundle"))
    try printer.table([
      ("model", bundle.model.name),
      ("fingerprint", bundle.model.fingerprint),
      (
        "gate",
        "reads layer \(bundle.gateLayer), \(bundle.features.count) features; the adapter answers "
          + "from probability \(bundle.threshold)"
      ),
    ])
    try printer.table(files.sorted { $0.key < $1.key }.map { ($0.key, Quantity.bytes($0.value)) })
    guard !bundle.numbers.isEmpty else { return }
    try printer.line("The run it came from:")
    try printer.table(
      bundle.numbers.sorted { $0.key < $1.key }.map { ($0.key, Quantity.decimal($0.value, 4)) })
  }
}
