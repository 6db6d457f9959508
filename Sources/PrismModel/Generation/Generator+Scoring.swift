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
    try check(tokens)
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
    var result = [[Float]](repeating: [], count: prompts.count)
    // Nothing is shared: serving reads a prompt in these very pieces, and the gate must see the same.
    try reader.read(
      prompts.map { .init(tokens: $0.tokens) }, layers: 0..<layer + 1, sharing: false
    ) { rows in
      for entry in rows {
        result[entry.sequence] = Array(pass.lastHiddenState(ofSegment: entry.segment))
      }
    }
    return result
  }

  /// Natural-log probability of each token of `continuation` after the prompt, under the given route.
  public func logProbabilities(
    of continuation: [Int32], after prompt: RenderedPrompt, route: Route = .base
  ) throws -> [Float] {
    try check(prompt)
    let whole = RenderedPrompt(tokens: prompt.tokens + continuation, text: "")
    try check(whole)
    if route == .adapter { try checkAdapter() }
    guard !continuation.isEmpty else { return [] }
    let size = model.configuration.vocabularySize
    var result: [Float] = []
    // The last token predicts nothing that is asked for.
    let read = PackedReader.Sequence(
      tokens: Array(whole.tokens.dropLast()), wanted: continuation.count, route: route)
    try reader.read([read], layers: allLayers) { rows in
      try reader.forEachLogits(of: rows.flatMap(\.range)) { part, logits in
        let normalizers = logSumExp(logits, rows: part.count, columns: size)
        for row in 0..<part.count {
          result.append(logits[row * size + Int(continuation[result.count])] - normalizers[row])
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
