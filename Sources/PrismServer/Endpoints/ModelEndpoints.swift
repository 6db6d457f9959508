import Foundation
import Hummingbird

/// `GET /v1/models` and `GET /v1/models/{id}`.
struct ModelEndpoints {
  let core: ServerCore

  private struct Model: Encodable {
    let id: String
    let object = "model"
    /// When the server started, seconds since 1970.
    let created: Int
    let ownedBy = "prism"
  }

  private struct List: Encodable {
    let object = "list"
    let data: [Model]
  }

  func add(to router: Router<PrismContext>) {
    router.get("v1/models") { _, _ in
      try Response.json(
        List(data: core.table.entries.map { Model(id: $0.id, created: core.startTime) }))
    }
    router.get("v1/models/:id") { _, context in
      let id = context.parameters.get("id") ?? ""
      return try Response.json(
        Model(
          id: try core.table.entry(id.removingPercentEncoding ?? id).id, created: core.startTime))
    }
  }
}
