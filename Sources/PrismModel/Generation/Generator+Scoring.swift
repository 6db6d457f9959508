import CKernels
import PrismTensor

extension Generator {
  public func nextTokenLogProbabilities(
    _ prompts: [RenderedPrompt], of tokens: [Int32], onProgress: (Int) -> Continuation
  ) throws -> [[Float]] {
    try nextTokenLogProbabilities(
      prompts, of: tokens, routes: prompts.map { _ in .base }, onProgress: onProgress)
  }

  /// The same with a route for each prompt.
  public func nextTokenLogProbabilities(
    _ prompts: [RenderedPrompt], of tokens: [Int32], routes: [Route],
    onProgress: (Int) -> Continuation
  ) throws -> [[Float]] {
    try model.check(tokens)
    for prompt in prompts { try check(prompt) }
    guard routes.count == prompts.count else {
      throw ModelError.invalidSetting(
        name: "routes", value: "\(routes.count)",
        allowed: "one for each of \(prompts.count) prompts")
    }
    if routes.contains(.adapter) { try checkAdapter() }
    let size = model.configuration.vocabularySize
    var result = [[Float]](repeating: [], count: prompts.count)
    try reader.read(
      zip(prompts, routes).map { .init(tokens: $0.tokens, route: $1) }, layers: allLayers,
      onFinish: { if onProgress($0) == .stop { throw Interrupted() } }
    ) { rows in
      try reader.forEachLogits(of: rows.map(\.range.lowerBound)) { part, logits in
        let normalizers = logSumExp(logits, rows: part.count, columns: size)
        for (row, index) in part.enumerated() {
          result[rows[index].sequence] = tokens.map {
            logits[row * size + Int($0)] - normalizers[row]
          }
        }
      }
    }
    return result
  }

  public func features(_ prompts: [RenderedPrompt], afterLayer layer: Int) throws -> [[Float]] {
    let layerCount = model.configuration.layerCount
    guard (0..<layerCount).contains(layer) else {
      throw ModelError.invalidSetting(
        name: "layer", value: "\(layer)", allowed: "0 to \(layerCount - 1)")
    }
    for prompt in prompts { try check(prompt) }
    return try reader.features(prompts, afterLayer: layer)
  }

  /// Natural-log probability of each token of `continuation` after the prompt, under the given route.
  public func logProbabilities(
    of continuation: [Int32], after prompt: RenderedPrompt, route: Route = .base
  ) throws -> [Float] {
    try logProbabilities([
      ScoredContinuation(prompt: prompt, continuation: continuation, route: route)
    ])[0]
  }

  /// The same for many: they share passes, and prompts in common are read once.
  public func logProbabilities(
    _ scored: [ScoredContinuation], onProgress: (Int) -> Continuation = { _ in .more }
  ) throws -> [[Float]] {
    for entry in scored {
      try check(entry.prompt)
      try check(RenderedPrompt(tokens: entry.prompt.tokens + entry.continuation, text: ""))
      if entry.route == .adapter { try checkAdapter() }
    }
    var result = scored.map { [Float](repeating: 0, count: $0.continuation.count) }
    let asked = scored.indices.filter { !scored[$0].continuation.isEmpty }
    let size = model.configuration.vocabularySize
    // The last token predicts nothing that is asked for.
    let reads = asked.map { index in
      PackedReader.Sequence(
        tokens: scored[index].prompt.tokens + scored[index].continuation.dropLast(),
        wanted: scored[index].continuation.count, route: scored[index].route)
    }
    try reader.read(
      reads, layers: allLayers, onFinish: { if onProgress($0) == .stop { throw Interrupted() } }
    ) { rows in
      let places = rows.flatMap { entry in
        entry.range.map { (asked[entry.sequence], entry.offset + $0 - entry.range.lowerBound) }
      }
      try reader.forEachLogits(of: rows.flatMap(\.range)) { part, logits in
        let normalizers = logSumExp(logits, rows: part.count, columns: size)
        for (row, (index, position)) in places[part].enumerated() {
          let token = Int(scored[index].continuation[position])
          result[index][position] = logits[row * size + token] - normalizers[row]
        }
      }
    }
    return result
  }

  var allLayers: Range<Int> { 0..<model.configuration.layerCount }
}

/// log(sum(exp(x))) of each row of `[rows, columns]`.
private func logSumExp(_ x: UnsafePointer<Float>, rows: Int, columns: Int) -> [Float] {
  var sums = [Float](repeating: 0, count: rows)
  sums.withUnsafeMutableBufferPointer { sums in
    parallel(rows) { sums[$0] = prism_log_sum_exp(x + $0 * columns, columns, nil) }
  }
  return sums
}

/// Tokens whose probability after a prompt is asked for.
public struct ScoredContinuation: Hashable, Sendable {
  public var prompt: RenderedPrompt
  public var continuation: [Int32]
  public var route: Route

  public init(prompt: RenderedPrompt, continuation: [Int32], route: Route = .base) {
    self.prompt = prompt
    self.continuation = continuation
    self.route = route
  }
}
