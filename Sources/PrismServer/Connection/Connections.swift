import NIOCore
import Synchronization

/// The open connections of a server.
final class Connections: Sendable {
  private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

  var count: Int { channels.withLock { $0.count } }

  func add(_ channel: any Channel) {
    channels.withLock { $0[ObjectIdentifier(channel)] = channel }
  }

  func remove(_ channel: any Channel) {
    channels.withLock { $0[ObjectIdentifier(channel)] = nil }
  }

  /// Closes what a graceful end could not.
  func closeAll() {
    for channel in channels.withLock({ Array($0.values) }) { channel.close(promise: nil) }
  }
}

/// Whether a connection's client still listens.
final class ClientWatch: Sendable {
  private struct State {
    var isGone = false
    var onGone: (@Sendable () -> Void)?
  }

  private let state = Mutex(State())

  var isGone: Bool { state.withLock { $0.isGone } }

  /// Calls `body` once when the client goes away, at once if it is gone already. One request of a
  /// connection is answered at a time, so the latest call replaces earlier ones.
  func onGone(_ body: @escaping @Sendable () -> Void) {
    let isGone = state.withLock { state in
      state.onGone = state.isGone ? nil : body
      return state.isGone
    }
    if isGone { body() }
  }

  /// The request is answered; a client that leaves now cancels nothing.
  func forget() { state.withLock { $0.onGone = nil } }

  func markGone() {
    let body = state.withLock { state in
      state.isGone = true
      defer { state.onGone = nil }
      return state.onGone
    }
    body?()
  }
}
