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
      try core.isStopping
        ? Response.json(Health(status: "stopping"), status: .serviceUnavailable)
        : Response.json(Health(status: "ok"))
    }
    router.get("metrics") { _, _ in
      let text = core.metrics.text(
        engine: core.engine.statistics(), connections: core.connections.count)
      return Response(
        status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
  }
}
