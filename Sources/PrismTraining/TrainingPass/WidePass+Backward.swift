import CKernels
import PrismModel
import PrismTensor

extension WidePass {
  func backward(into gradients: UnsafeMutablePointer<Float>) throws {
    for layer in adapter.weights.layers.reversed() {
      if recomputes {
        batch.hidden.pointer.update(
          from: input(layer).pointer, count: rows * model.configuration.hiddenSize)
        try forward(layer: layer)
      }
      try backward(layer: layer, into: gradients)
    }
  }

  private func backward(layer: Int, into gradients: UnsafeMutablePointer<Float>) throws {
    let shape = model.configuration
    let weights = model.layers[layer]
    let frozen = backwardWeights[layer]
    let kept = savedLayer(layer)

    // hidden = middle + down(silu(gate) up)
    prism_swiglu(kept.gateUp.pointer, rows, shape.feedForwardSize, activated.pointer, nil)
    try product(frozen.down, batch.hiddenGradient, into: scratch.activated)
    try addGradient(
      group: 3, layer: layer, x: activated, dy: batch.hiddenGradient, kept: kept, dx: scratch.activated,
      gradients: gradients)
    prism_swiglu_backward(
      kept.gateUp.pointer, scratch.activated.pointer, rows, shape.feedForwardSize,
      scratch.gateUp.pointer)
    norm(kept.middle, weights.feedForwardNorm)
    try product(frozen.gateUp, scratch.gateUp, into: scratch.normed)
    try addGradient(
      group: 2, layer: layer, x: normed, dy: scratch.gateUp, kept: kept, dx: scratch.normed,
      gradients: gradients)
    normBackward(kept.middle, weights.feedForwardNorm)

    // middle = input + output(attention(qkv(norm(input))))
    try product(frozen.output, batch.hiddenGradient, into: scratch.attended)
    try addGradient(
      group: 1, layer: layer, x: kept.attended, dy: batch.hiddenGradient, kept: kept,
      dx: scratch.attended, gradients: gradients)
    var layout = cacheLayout
    prism_attention_backward(
      &layout, kept.queryKeyValue.pointer, shape.queryKeyValueSize, shape.headCount, batch.segments,
      batch.segments.count, kept.attended.pointer, kept.logDenominators.pointer,
      scratch.attended.pointer, scratch.queryKeyValue.pointer)
    rotate(scratch.queryKeyValue, sign: -1)
    norm(input(layer), weights.attentionNorm)
    // Below the lowest adapter nothing learns, so nothing needs the gradient.
    let isLowest = layer == adapter.weights.layers.lowerBound
    if !isLowest { try product(frozen.queryKeyValue, scratch.queryKeyValue, into: scratch.normed) }
    try addGradient(
      group: 0, layer: layer, x: normed, dy: scratch.queryKeyValue, kept: kept,
      dx: isLowest ? nil : scratch.normed, gradients: gradients)
    if !isLowest { normBackward(input(layer), weights.attentionNorm) }
  }

  /// Gradients of one projection group's A and B, and what flows through them to x.
  private func addGradient(
    group: Int, layer: Int, x: Buffer<Float>, dy: Buffer<Float>, kept: WideLayer,
    dx: Buffer<Float>?, gradients: UnsafeMutablePointer<Float>
  ) throws {
    let projections = ActiveAdapter.groups[group]
    let weights = adapter.weights
    let rank = weights.rank
    let sizes = projections.map { $0.size(in: model.configuration) }
    let inputs = sizes[0].input
    let width = rank * projections.count
    let dyStride = sizes.reduce(0) { $0 + $1.output }
    let dlow = scratch.low.pointer
    var column = 0
    for (index, projection) in projections.enumerated() {
      let outputs = sizes[index].output
      let dyPart = MatrixView(dy.pointer + column, stride: dyStride)
      let b = MatrixView(adapter.b(layer, projection), stride: rank)
      try multiply(
        dyPart, b, rows: rows, columns: rank, inner: outputs, alpha: weights.scale,
        into: dlow + index * rank, stride: width)
      let low = MatrixView(kept.low[group].pointer + index * rank, stride: width)
      try multiply(
        dyPart.transpose, low, rows: outputs, columns: rank, inner: rows, alpha: weights.scale,
        beta: 1, into: gradients + weights.rangeOfB(layer: layer, projection).lowerBound,
        stride: rank)
      column += outputs
    }
    let input = droppedOut(x, columns: inputs, layer: layer, group: group)
    let dlowView = MatrixView(dlow, stride: width)
    try multiply(
      dlowView.transpose, MatrixView(input, stride: inputs), rows: width, columns: inputs,
      inner: rows, beta: 1,
      into: gradients + weights.rangeOfA(layer: layer, projections[0]).lowerBound, stride: inputs)
    guard let dx else { return }
    let through = scratch.adapterInput.pointer
    try multiply(
      dlowView, MatrixView(adapter.a(layer, projections[0]), stride: inputs), rows: rows,
      columns: inputs, inner: width, into: through, stride: inputs)
    applyMask(through, columns: inputs, layer: layer, group: group)
    prism_axpy(1, through, dx.pointer, rows * inputs)
  }

  /// The residual gradient += gradient through a norm of `x`, given the gradient of its output in `scratch.normed`.
  private func normBackward(_ x: Buffer<Float>, _ weight: [Float]) {
    let shape = model.configuration
    prism_rms_norm_backward(
      x.pointer, weight, shape.normEpsilon, scratch.normed.pointer, rows, shape.hiddenSize,
      batch.hiddenGradient.pointer)
  }
}
