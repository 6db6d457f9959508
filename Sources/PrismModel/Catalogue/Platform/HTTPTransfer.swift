import Foundation
import Synchronization

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// One HTTP request whose body is appended to a file as it arrives.
///
/// Unchecked: `file` is touched only on the session's serial delegate queue, everything else is
/// behind the lock.
final class HTTPTransfer: NSObject, URLSessionDataDelegate, @unchecked Sendable {
  /// How the transfer stands.
  struct State {
    /// Bytes in the file.
    var received: Int
    /// Bytes of the whole file, once the server has said.
    var total: Int?
    var ending: Ending?
  }

  enum Ending: Equatable {
    case complete
    case cancelled
    /// The server answered with a status that carries no file.
    case refused(status: Int)
    /// The connection failed or broke off; worth another try.
    case lost(reason: String)
    /// The file cannot be written.
    case unwritable(reason: String)
  }

  private let file: FileHandle
  private let offset: Int
  private let state: Mutex<State>

  /// Appends to `file`, which holds the first `offset` bytes already.
  init(file: FileHandle, offset: Int) {
    self.file = file
    self.offset = offset
    state = Mutex(State(received: offset))
  }

  /// Runs to its end; `onProgress` is called on this thread about ten times a second.
  func run(_ url: URL, onProgress: (State) -> Continuation) -> Ending {
    var request = URLRequest(url: url)
    request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
    if offset > 0 { request.setValue("bytes=\(offset)-", forHTTPHeaderField: "Range") }
    let configuration = URLSessionConfiguration.ephemeral
    configuration.timeoutIntervalForRequest = 30
    let session = URLSession(configuration: configuration, delegate: self, delegateQueue: nil)
    defer { session.finishTasksAndInvalidate() }
    let task = session.dataTask(with: request)
    task.resume()
    while true {
      let now = state.withLock { $0 }
      if let ending = now.ending { return ending }
      if onProgress(now) == .stop { task.cancel() }
      Thread.sleep(forTimeInterval: 0.1)
    }
  }

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
  ) {
    let status = (response as? HTTPURLResponse)?.statusCode ?? 200
    let length = response.expectedContentLength
    guard status == 200 || status == 206 else {
      end(.refused(status: status))
      return completionHandler(.cancel)
    }
    do {
      // 200 is the whole file again: what was there is thrown away.
      if status == 200 { try file.truncate(atOffset: 0) }
      state.withLock { state in
        if status == 200 { state.received = 0 }
        if length > 0 { state.total = state.received + Int(length) }
      }
      completionHandler(.allow)
    } catch {
      end(.unwritable(reason: error.localizedDescription))
      completionHandler(.cancel)
    }
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    guard state.withLock({ $0.ending == nil }) else { return }
    do {
      try file.write(contentsOf: data)
      state.withLock { $0.received += data.count }
    } catch {
      end(.unwritable(reason: error.localizedDescription))
      dataTask.cancel()
    }
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?
  ) {
    guard let error else { return end(.complete) }
    let cancelled = (error as? URLError)?.code == .cancelled
    end(cancelled ? .cancelled : .lost(reason: error.localizedDescription))
  }

  /// The first ending counts: a cancellation that follows a refusal does not hide it.
  private func end(_ ending: Ending) {
    state.withLock { state in
      if state.ending == nil { state.ending = ending }
    }
  }
}
