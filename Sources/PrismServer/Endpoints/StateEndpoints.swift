import HTTPTypes
import Hummingbird
import NIOCore

/// `GET /health` and `GET /metrics`.
struct StateEndpoints {
  let core: ServerCore

  private struct Health: Encodable {
    let status: String
  }

  func add(to router: Router<PrismContext>) {
    router.get("health") { _, _ in
      if core.isStopping {
        return try Response.json(Health(status: "stopping"), status: .serviceUnavailable)
      }
      if let route = core.fleet?.missingRoutes.first {
        return try Response.json(
          Health(status: "no upstream for \(route) is up"), status: .serviceUnavailable)
      }
      return try Response.json(Health(status: "ok"))
    }
    router.get("metrics") { _, _ in
      let text = core.metrics.text(
        engine: core.gates.statistics(), connections: core.connections.count)
      let upstreams = core.fleet.map { $0.metrics.text($0.standing) } ?? ""
      return Response(
        status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: text + upstreams)))
    }
  }
}
