import CKernels
import PrismTensor

extension Generator {
  public func nextTokenLogProbabilities(
    _ prompts: [RenderedPrompt], of tokens: [Int32], onProgress: (Int) -> Continuation
  ) throws -> [[Float]] {
    try check(tokens)
    let size = model.configuration.vocabularySize
    var result = [[Float]](repeating: [], count: prompts.count)
    var done = 0
    try forEachPack(of: prompts, layers: model.configuration.layerCount) { indices in
      for start in stride(from: 0, to: indices.count, by: 64) {
        let part = Array(start..<min(start + 64, indices.count))
        let logits = try pass.lastLogits(ofSegments: part)
        for (row, segment) in part.enumerated() {
          let rowLogits = logits + row * size
          let normalizer = prism_log_sum_exp(rowLogits, size, nil)
          result[indices[segment]] = tokens.map { rowLogits[Int($0)] - normalizer }
        }
      }
      done += indices.count
      if onProgress(done) == .stop { throw Interrupted() }
    }
    return result
  }

  public func features(_ prompts: [RenderedPrompt], afterLayer layer: Int) throws -> [[Float]] {
    let layerCount = model.configuration.layerCount
    guard (0..<layerCount).contains(layer) else {
      throw ModelError.invalidSetting(
        name: "layer", value: "\(layer)", allowed: "0 to \(layerCount - 1)")
    }
    var result = [[Float]](repeating: [], count: prompts.count)
    try forEachPack(of: prompts, layers: layer + 1) { indices in
      for (segment, index) in indices.enumerated() {
        result[index] = Array(pass.lastHiddenState(ofSegment: segment))
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
    let size = model.configuration.vocabularySize
    let cache = KeyValueCache(pool: pool)
    var result: [Float] = []
    // The last token predicts nothing that is asked for.
    let read = whole.tokens.dropLast()
    for start in stride(from: 0, to: read.count, by: settings.maximumRows) {
      let end = min(start + settings.maximumRows, read.count)
      pass.begin([BatchSegment(cache: cache, tokens: Array(read[start..<end]), route: route)])
      try pass.run(layers: 0..<model.configuration.layerCount)
      pass.commit()
      let wanted = Array(max(start, prompt.tokens.count - 1)..<max(end, prompt.tokens.count - 1))
      for part in stride(from: 0, to: wanted.count, by: 64) {
        let rows = wanted[part..<min(part + 64, wanted.count)]
        let logits = try pass.logits(ofRows: rows.map { $0 - start })
        for (row, position) in rows.enumerated() {
          let rowLogits = logits + row * size
          result.append(rowLogits[Int(whole.tokens[position + 1])] - prism_log_sum_exp(rowLogits, size, nil))
        }
      }
    }
    return result
  }

  /// Packs base-model prompts into passes of at most `maximumRows` rows and calls `body` with the
  /// prompts' indices, in segment order, once layers `0..<layers` have run over their last rows.
  private func forEachPack(
    of prompts: [RenderedPrompt], layers: Int, body: ([Int]) throws -> Void
  ) throws {
    for prompt in prompts { try check(prompt) }
    var index = 0
    while index < prompts.count {
      var pack: [Int] = []
      var rows = 0
      while index < prompts.count, pack.isEmpty || rows + prompts[index].tokens.count <= settings.maximumRows {
        pack.append(index)
        rows += prompts[index].tokens.count
        index += 1
      }
      if rows > settings.maximumRows {
        try readInPieces(prompts[pack[0]], layers: layers)
      } else {
        pass.begin(pack.map { BatchSegment(cache: KeyValueCache(pool: pool), tokens: prompts[$0].tokens) })
        try pass.run(layers: 0..<layers)
      }
      countTokens(rows)
      try body(pack)
    }
  }

  private func readInPieces(_ prompt: RenderedPrompt, layers: Int) throws {
    let cache = KeyValueCache(pool: pool)
    for start in stride(from: 0, to: prompt.tokens.count, by: settings.maximumRows) {
      let end = min(start + settings.maximumRows, prompt.tokens.count)
      pass.begin([BatchSegment(cache: cache, tokens: Array(prompt.tokens[start..<end]))])
      try pass.run(layers: 0..<layers)
      pass.commit()
    }
  }
}
