public import ArgumentParser
import Foundation
import PrismModel
public import PrismRouter
import PrismServer

extension GateMode: ExpressibleByArgument {}

/// Where the server listens and who may ask.
struct ListenOptions: ParsableArguments {
  @Option(help: "Address to listen on; other machines can reach any but a loopback one.")
  var host = "127.0.0.1"

  @Option(help: "Port; 0 takes a free one and prints it.")
  var port = 8080

  @Option(
    help: ArgumentHelp(
      "File with the keys clients may show, one a line; PRISM_API_KEYS has them with commas.",
      valueName: "file"))
  var apiKeyFile: String?

  @Flag(help: "Let everybody who reaches the address ask, without a key.")
  var allowAnonymous = false

  @Option(
    help: ArgumentHelp(
      "Web site whose pages may use the server, such as https://example.org; * for all.",
      valueName: "origin"))
  var cors: String?

  /// Keys of the file and of the environment.
  func keys() throws -> [String] {
    let listed = ProcessInfo.processInfo.environment["PRISM_API_KEYS"] ?? ""
    var keys = KeyRing.keys(ofLines: listed.replacingOccurrences(of: ",", with: "\n"))
    if let path = apiKeyFile {
      do {
        let found = KeyRing.keys(ofLines: try String(contentsOfFile: path, encoding: .utf8))
        guard !found.isEmpty else {
          throw CommandError.cannotRead(path: path, reason: "it holds no key")
        }
        keys += found
      } catch let error as CocoaError {
        throw CommandError.cannotRead(path: path, reason: plainReason(error))
      }
    }
    return keys
  }
}

/// How requests share the model.
struct BatchOptions: ParsableArguments {
  @Option(help: "Answers written together.")
  var maxBatch = ServingSettings().maximumBatch

  @Option(help: "MiB for keys and values of answers and kept conversations.")
  var cacheMb = ServingSettings().cacheBytes >> 20

  @Option(help: "Tokens guessed from an answer's own text; 0 guesses none.")
  var draftTokens = ServingSettings().draftTokens

  @Flag(help: "Let sums depend on who else is served, where that is faster.")
  var varyWithBatch = false

  func validate() throws {
    guard (1...256).contains(maxBatch) else {
      throw ValidationError("--max-batch is \(maxBatch); allowed: 1 to 256")
    }
    guard (0...16).contains(draftTokens) else {
      throw ValidationError("--draft-tokens is \(draftTokens); allowed: 0 to 16")
    }
    guard (1...1 << 24).contains(cacheMb) else {
      throw ValidationError("--cache-mb is \(cacheMb); allowed: 1 to 16777216")
    }
  }

  func settings(queueLimit: Int) -> ServingSettings {
    ServingSettings(
      maximumBatch: maxBatch, queueLimit: queueLimit, cacheBytes: cacheMb << 20,
      draftTokens: draftTokens, isBatchInvariant: !varyWithBatch)
  }
}

/// What one client, and all together, may ask for.
struct LimitOptions: ParsableArguments {
  @Option(help: "Bytes of a request.")
  var maxBody = 1 << 20

  @Option(help: "Tokens of a prompt. (default: the model's context)")
  var maxPromptTokens: Int?

  @Option(help: "Tokens of an answer, and what one gets that names no number.")
  var maxTokens = 1024

  @Option(help: "Answers that one request may ask for.")
  var maxChoices = 8

  @Option(help: "Requests that wait; further ones are told to come back.")
  var maxQueue = 64

  @Option(help: "Open connections; further ones wait.")
  var maxConnections = 1024

  @Option(help: "Seconds in which a request must arrive.")
  var readSeconds = 30.0

  @Option(help: "Seconds for which a connection may rest between two requests.")
  var idleSeconds = 75.0

  @Option(help: "Seconds in which a client must take what is written to it.")
  var writeSeconds = 30.0

  @Option(help: "Seconds from a request to its answer's end.")
  var requestSeconds = 300.0

  @Option(help: "Seconds for which answers may finish when the server is told to stop.")
  var shutdownSeconds = 30.0

  func validate() throws {
    guard (1...65536).contains(maxQueue) else {
      throw ValidationError("--max-queue is \(maxQueue); allowed: 1 to 65536")
    }
    let times = [
      ("--read-seconds", readSeconds), ("--idle-seconds", idleSeconds),
      ("--write-seconds", writeSeconds), ("--request-seconds", requestSeconds),
      ("--shutdown-seconds", shutdownSeconds),
    ]
    for (name, seconds) in times where !(0...86_400).contains(seconds) {
      throw ValidationError("\(name) is \(seconds); allowed: 0 to 86400")
    }
  }

  func apply(to settings: inout ServerSettings) {
    settings.maximumBodyBytes = maxBody
    settings.maximumPromptTokens = maxPromptTokens
    settings.maximumAnswerTokens = maxTokens
    settings.maximumChoices = maxChoices
    settings.maximumConnections = maxConnections
    settings.headTime = .seconds(min(readSeconds, 10))
    settings.bodyTime = .seconds(readSeconds)
    settings.idleTime = .seconds(idleSeconds)
    settings.writeTime = .seconds(writeSeconds)
    settings.requestTime = .seconds(requestSeconds)
    settings.shutdownTime = .seconds(shutdownSeconds)
  }
}
