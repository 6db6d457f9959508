import PrismModel
import PrismRouter

/// The names that requests may give as `model`: `NAME` for the base model, and for its bundle
/// `NAME:adapter` and `NAME:prism`. With several bundles they are `NAME:BUNDLE:adapter` and
/// `NAME:BUNDLE:prism`.
struct ModelTable: Sendable {
  enum Kind: Hashable, Sendable {
    case base
    case adapter(ServedModel.Bundle)
    /// The bundle's gate decides.
    case routed(ServedModel.Bundle)
  }

  struct Entry: Hashable, Sendable {
    let id: String
    let kind: Kind
  }

  let entries: [Entry]

  init(_ model: ServedModel) {
    var entries = [Entry(id: model.name, kind: .base)]
    for bundle in model.bundles {
      let stem = model.bundles.count > 1 ? "\(model.name):\(bundle.name)" : model.name
      entries.append(Entry(id: stem + ":adapter", kind: .adapter(bundle)))
      entries.append(Entry(id: stem + ":prism", kind: .routed(bundle)))
    }
    self.entries = entries
  }

  /// Throws `APIError` 404 for a name that is not served.
  func entry(_ id: String) throws -> Entry {
    guard let entry = entries.first(where: { $0.id == id }) else {
      throw APIError.modelNotFound(id, known: entries.map(\.id))
    }
    return entry
  }
}

extension ModelTable.Entry {
  func routing(_ mode: GateMode) -> ServingRouting {
    switch kind {
    case .base: .base
    case .adapter(let bundle): .adapter(bundle.name)
    case .routed(let bundle):
      mode == .off ? .base : .gated(bundle.name, enforce: mode == .enforce)
    }
  }

  /// Whether the gate is asked, and followed; a route that the request names itself is `off`.
  func gateMode(_ mode: GateMode) -> GateMode {
    if case .routed = kind { mode } else { .off }
  }

  var bundle: ServedModel.Bundle? {
    switch kind {
    case .base: nil
    case .adapter(let bundle), .routed(let bundle): bundle
    }
  }
}
