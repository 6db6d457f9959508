import Foundation

/// Serves one byte string over HTTP on this machine, with ranges and with faults on purpose.
///
/// Python's own `http.server` knows no ranges, hence the script.
final class RangeServer {
  enum Fault: String {
    case none
    /// The first answer breaks off half way.
    case breakOnce = "break"
    /// Ranges are ignored; every answer is the whole file with status 200.
    case whole
    /// Every answer is slow: ten pieces, a fifth of a second apart.
    case slow
    /// Every answer is 404.
    case missing
    /// Every answer breaks off before its first byte.
    case dead
  }

  private static let script = """
    import http.server, os, sys, threading, time
    data, fault, answers = open(sys.argv[1], "rb").read(), sys.argv[2], 0
    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *arguments):
            pass
        def do_GET(self):
            global answers
            answers += 1
            if fault == "missing":
                return self.send_error(404)
            if fault == "dead":
                return
            range_ = self.headers.get("Range")
            start = int(range_[6:-1]) if range_ and fault != "whole" else 0
            if start >= len(data):
                self.send_response(416)
                self.send_header("Content-Length", "0")
                return self.end_headers()
            body = data[start:]
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if fault == "break" and answers == 1:
                body = body[:len(body) // 2]
            pieces = 10 if fault == "slow" else 1
            size = len(body) // pieces + 1
            for at in range(0, len(body), size):
                self.wfile.write(body[at:at + size])
                self.wfile.flush()
                if fault == "slow":
                    time.sleep(0.2)
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()
    """

  let url: URL
  private let process = Process()
  /// The server ends when this is closed, whichever way the test ends. (A signal does not do: children
  /// of a worker thread are born with signals blocked.)
  private let lifeline = Pipe()

  /// Whether this machine has the Python that fetching needs.
  static let isAvailable: Bool = {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", "import http.server, zipfile"]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()

  init(serving path: String, fault: Fault = .none) throws {
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", Self.script, path, fault.rawValue]
    process.standardInput = lifeline
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let line = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
    let port = line.trimmingCharacters(in: .whitespacesAndNewlines)
    url = URL(string: "http://127.0.0.1:\(port)/archive.zip") ?? URL(fileURLWithPath: "/")
  }

  deinit {
    try? lifeline.fileHandleForWriting.close()
    process.waitUntilExit()
  }
}
