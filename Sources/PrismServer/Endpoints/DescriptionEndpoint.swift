import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import PrismRouter

/// `GET /openapi.json`: this server's own description, with its model names and limits filled in.
struct DescriptionEndpoint {
  private let text: ByteBuffer

  /// Throws when the description cannot be read, which only a damaged installation does.
  init(core: ServerCore) throws {
    let path = ServerResources.path("openapi.json")
    var document = try JSONDecoder().decode(
      JSONValue.self, from: Data(contentsOf: URL(filePath: path)))
    let schemas = ["components", "schemas"]
    let names = core.table.entries.map { JSONValue.string($0.id) }
    document.set(.array(names), at: schemas + ["ModelName", "enum"])
    let routed = core.table.entries.filter { $0.bundle != nil }.map { JSONValue.string($0.id) }
    document.set(
      .array(routed.isEmpty ? names : routed), at: schemas + ["RoutedModelName", "enum"])
    if routed.count != 2 {
      // Nobody can tell which of several gates, or none, is meant.
      let route = schemas + ["RouteRequest"]
      document.set(.array([.string("model")]), at: route + ["required"])
      document.set(
        .object(["$ref": .string("#/components/schemas/RoutedModelName")]),
        at: route + ["properties", "model"])
    }
    let limits = core.limits
    for (schema, value) in [
      ("AnswerTokens", limits.maximumAnswerTokens), ("AnswerCount", limits.maximumChoices),
    ] {
      document.set(.number(Double(value)), at: schemas + [schema, "maximum"])
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    text = ByteBuffer(bytes: try encoder.encode(document))
  }

  func add(to router: Hummingbird.Router<PrismContext>) {
    router.get("openapi.json") { _, _ in
      Response(
        status: .ok, headers: [.contentType: "application/json"],
        body: ResponseBody(byteBuffer: text))
    }
  }
}

extension JSONValue {
  /// Sets the member at the end of `path`, making objects on the way.
  fileprivate mutating func set(_ value: JSONValue, at path: [String]) {
    guard let name = path.first else {
      self = value
      return
    }
    var members: [String: JSONValue] = [:]
    if case .object(let found) = self { members = found }
    members[name, default: .object([:])].set(value, at: Array(path.dropFirst()))
    self = .object(members)
  }
}

/// Files that come with the server.
enum ServerResources {
  static func path(_ name: String) -> String {
    Bundle.module.bundlePath + "/Resources/" + name
  }
}
