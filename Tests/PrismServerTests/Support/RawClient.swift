import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One TCP connection to a server of this machine, for what no HTTP client would do.
final class RawClient: @unchecked Sendable {
  struct Answer {
    let status: Int
    let headers: [String: String]
    let body: String

    /// The body as JSON.
    func object() throws -> [String: Any] {
      try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any] ?? [:]
    }

    var error: [String: Any] { (try? object()["error"] as? [String: Any]) ?? [:] }
    var code: String? { error["code"] as? String }
    var param: String? { error["param"] as? String }

    /// The data of a stream's events.
    var events: [String] {
      body.components(separatedBy: "\n\n").filter { !$0.isEmpty }.map {
        $0.hasPrefix("data: ") ? String($0.dropFirst(6)) : "no data: " + $0
      }
    }

    func eventObjects() throws -> [[String: Any]] {
      try events.filter { $0 != "[DONE]" }.map {
        try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
      }
    }
  }

  /// No test waits longer than this for a server that says nothing.
  private static let patience = Duration.seconds(20)

  private let descriptor: Int32
  private var isOpen = true

  init(port: Int, receiveBuffer: Int32? = nil) throws {
    #if canImport(Glibc)
      descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    if var size = receiveBuffer {
      setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    }
    // For a server that does not read.
    var limit = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port)).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
  }

  deinit { leave() }

  func leave() {
    if isOpen { close(descriptor) }
    isOpen = false
  }

  func send(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      // The server's event loops have switched off the signal that a closed connection raises.
      let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }

  /// What arrives until `end` is in it, the server closes, says nothing for `patience` or the task is
  /// cancelled.
  func receive(until end: String? = nil) async -> String {
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    var limit = ContinuousClock.now + Self.patience
    while ContinuousClock.now < limit {
      let count = recv(descriptor, &part, part.count, Int32(MSG_DONTWAIT))
      if count > 0 {
        bytes += part[..<count]
        limit = .now + Self.patience
        if let end, String(decoding: bytes, as: UTF8.self).contains(end) { break }
      } else if count < 0, [EAGAIN, EINTR].contains(errno) {
        // A blocking wait would hold up a thread that the server needs.
        do { try await Task.sleep(for: .milliseconds(2)) } catch { break }
      } else {
        break
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  static func post(
    _ server: LiveServer, _ path: String, _ body: String, headers: [String: String] = [:]
  ) async throws -> Answer {
    try await ask(server, "POST", path, body: body, headers: headers)
  }

  /// Sends a request and reads its answer to the end of the connection.
  static func ask(
    _ server: LiveServer, _ method: String, _ path: String, body: String? = nil,
    headers: [String: String] = [:]
  ) async throws -> Answer {
    let client = try RawClient(port: server.port)
    client.send(
      request(method, path, body, headers: headers.merging(["Connection": "close"]) { $1 }))
    return parse(await client.receive())
  }

  static func request(
    _ method: String, _ path: String, _ body: String?, headers: [String: String] = [:]
  ) -> String {
    var all = ["Host": "localhost"]
    if let body {
      all["Content-Type"] = "application/json"
      all["Content-Length"] = "\(body.utf8.count)"
    }
    all.merge(headers) { $1 }
    let lines = all.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\r\n" }
    return "\(method) \(path) HTTP/1.1\r\n" + lines.joined() + "\r\n" + (body ?? "")
  }

  static func parse(_ text: String) -> Answer {
    let parts = text.components(separatedBy: "\r\n\r\n")
    let lines = parts[0].components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ")
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let pair = line.split(separator: ":", maxSplits: 1)
      if pair.count == 2 {
        headers[pair[0].lowercased()] = pair[1].trimmingCharacters(in: .whitespaces)
      }
    }
    let rest = parts.dropFirst().joined(separator: "\r\n\r\n")
    let body = headers["transfer-encoding"] == "chunked" ? unchunked(rest) : rest
    return Answer(
      status: words.count > 1 ? Int(words[1]) ?? 0 : 0, headers: headers, body: body)
  }

  private static func unchunked(_ text: String) -> String {
    var bytes = Array(text.utf8)[...]
    var result: [UInt8] = []
    while let end = bytes.firstIndex(of: 10) {
      let line = String(decoding: bytes[..<end], as: UTF8.self).trimmingCharacters(in: .whitespaces)
      guard let size = Int(line.replacingOccurrences(of: "\r", with: ""), radix: 16), size > 0
      else { break }
      result += bytes[(end + 1)...].prefix(size)
      bytes = bytes[(end + 1)...].dropFirst(size + 2)
    }
    return String(decoding: result, as: UTF8.self)
  }
}

/// Waits until `holds`, at most `limit`; false when it never did.
func eventually(_ limit: Duration = .seconds(5), _ holds: () -> Bool) async -> Bool {
  let end = ContinuousClock.now + limit
  while !holds() {
    if ContinuousClock.now > end { return false }
    try? await Task.sleep(for: .milliseconds(10))
  }
  return true
}
