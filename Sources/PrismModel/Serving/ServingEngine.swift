import CKernels
import Foundation
import PrismTensor

/// Continuous batching: answers requests of many clients at once, each under its own route.
///
/// One thread of its own runs the steps and sleeps while there is nothing to do. A step is one forward
/// pass with a row for every running answer and a bounded share of the waiting prompts, so a long prompt
/// delays neither running answers nor short prompts beside it. Answers are those of `Generator` for
/// the same request alone (`ServingSettings.isBatchInvariant`).
///
/// **The gate** decides once for each request, from the whole prompt, within the pass that reads the
/// prompt. A gated prompt that is too long for one step goes through the layers up to the gate's
/// twice: first to decide, then, under its route, through all of them.
///
/// **Prefixes.** Keys and values of what has been read are kept, bounded, longest unused out first, and a
/// prompt that begins with the same tokens goes on from there: the next turn of a conversation reads
/// only what is new. What is kept belongs to the weights that made it. In a conversation the gate
/// decides for every user turn anew. It reads on from whatever is kept, because the layers up to its
/// own are the same under every route; if it then chooses other weights than those that made the prefix,
/// the layers above know nothing of the conversation and the prompt is read from the longest prefix
/// that the chosen weights have made, or from its start.
///
/// The engine ends when the last reference to it goes: requests that are left fail with
/// `ServingError.stopping`.
public final class ServingEngine: Sendable {
  public let model: LanguageModel
  public let settings: ServingSettings
  public let bundles: [ServingBundle]
  /// Tokens of prompt and answer together, at most: the model's context, or what `cacheBytes` holds.
  public let contextLimit: Int
  private let inbox: ServingInbox

  /// Starts the engine's thread, which uses as many threads of the team as the calling thread.
  ///
  /// Throws `ModelError.invalidSetting` for settings out of range, two bundles of one name or a gate
  /// above its adapter's first layer, and `TensorError` when memory is short.
  public init(
    model: LanguageModel, bundles: [ServingBundle] = [],
    settings: ServingSettings = ServingSettings()
  ) throws {
    try settings.validate()
    try Self.check(bundles, model)
    if settings.isBatchInvariant { prism_require_row_independence(1) }
    let loop = try ServingLoop(model: model, bundles: bundles, settings: settings)
    let inbox = ServingInbox(settings: settings, statistics: loop.statistics)
    self.model = model
    self.settings = settings
    self.bundles = bundles
    contextLimit = loop.contextLimit
    self.inbox = inbox
    let threads = Threads.count
    Threads.release()
    let thread = Thread {
      // The team's size belongs to the thread that starts it.
      Threads.use(threads)
      loop.run(inbox)
    }
    thread.name = "prism serving"
    thread.stackSize = 8 << 20
    thread.start()
  }

  deinit { inbox.stop(at: .now) }

  /// Queues a request and returns its events to come.
  ///
  /// Throws `ServingError` when the engine cannot take it and `ModelError` when it is not valid.
  public func submit(_ request: ServingRequest) throws -> ServingStream {
    try submit(request, isDecision: false)
  }

  /// The gate's decision alone: the prompt passes the embedding and the layers up to the gate's, beside
  /// what else runs. Range 0...1. Throws what `submit` and its stream throw.
  public func probability(of prompt: RenderedPrompt, bundle: String) async throws -> Float {
    let request = ServingRequest(
      prompt: prompt, sampling: SamplingParameters(temperature: 0, maxTokens: 1),
      routing: .gated(bundle, enforce: false))
    for try await event in try submit(request, isDecision: true) {
      if case .decided(_, let probability?) = event { return probability }
    }
    throw ServingError.stopping
  }

  public func statistics() -> ServingStatistics { inbox.statistics }

  /// Takes no new requests, finishes those that run or wait, and fails what is left after `time` with
  /// `ServingError.stopping`. Returns when the engine's thread is done.
  public func stop(within time: Duration) async {
    inbox.stop(at: .now + time)
    await inbox.waitForEnd()
  }

  private func submit(_ request: ServingRequest, isDecision: Bool) throws -> ServingStream {
    try request.sampling.validate()
    guard (0...20).contains(request.topLogProbabilities) else {
      throw ModelError.invalidSetting(
        name: "topLogProbabilities", value: "\(request.topLogProbabilities)", allowed: "0 to 20")
    }
    let tokens = request.prompt.tokens
    guard tokens.count < contextLimit else {
      throw ServingError.promptTooLong(tokens: tokens.count, limit: contextLimit)
    }
    try model.check(request.prompt)
    let channel = ServingChannel()
    let ticket = ServingTicket(
      request: request, bundle: try bundle(of: request.routing), isDecision: isDecision,
      channel: channel, submitted: .now)
    try inbox.submit(ticket)
    return ServingStream(channel)
  }

  private func bundle(of routing: ServingRouting) throws(ServingError) -> Int? {
    switch routing {
    case .base: return nil
    case .adapter(let name), .gated(let name, _):
      guard let index = bundles.firstIndex(where: { $0.name == name }) else {
        throw .unknownBundle(name, known: bundles.map(\.name))
      }
      return index
    }
  }

  private static func check(_ bundles: [ServingBundle], _ model: LanguageModel) throws {
    var names: Set<String> = []
    for bundle in bundles {
      guard names.insert(bundle.name).inserted else {
        throw ModelError.invalidSetting(
          name: "bundles", value: "two named \(bundle.name)", allowed: "different names")
      }
      try bundle.gate.check(adapter: bundle.adapter, layerCount: model.configuration.layerCount)
    }
  }
}
