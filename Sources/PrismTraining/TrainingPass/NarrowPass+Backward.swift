import CKernels
import PrismModel
import PrismTensor

extension NarrowPass {
  func backward(into gradients: UnsafeMutablePointer<Float>) throws {
    let size = model.configuration.hiddenSize
    let layers = adapter.weights.layers
    prism_train_narrow(
      rows, size, batch.hiddenGradient.pointer, scratch.residualGradient.pointer, 1,
      narrow.backward(layers.upperBound - 1, 3))
    for layer in layers.reversed() {
      if recomputes {
        batch.hidden.pointer.update(from: input(layer).pointer, count: rows * size)
        try forward(layer: layer, input: nil, pending: nil, isRepeat: true)
      }
      try backward(layer: layer, into: gradients)
    }
  }

  /// Gradients of one layer, from `hiddenGradient` and its narrowed copy to those of the layer below.
  private func backward(layer: Int, into gradients: UnsafeMutablePointer<Float>) throws {
    let shape = model.configuration
    let weights = model.layers[layer]
    let frozen = backwardWeights[layer]
    let kept = keptLayer(layer)
    func addGradient(_ group: Int, x: Buffer<UInt16>, dy: Buffer<UInt16>) {
      narrow.addGradient(layer, group, rows: rows, x: x, dy: dy, to: gradients)
    }

    // hidden = middle + down(silu(gate) up)
    try frozen.down.multiply(
      scratch.residualGradient.pointer, rows: rows, into: scratch.activated.pointer)
    addGradient(3, x: kept.activated, dy: scratch.residualGradient)
    prism_train_swiglu_backward(
      rows, shape.feedForwardSize, scratch.activated.pointer, narrow.backward(layer, 3),
      kept.gateUp.pointer, scratch.gateUpGradient.pointer, narrow.backward(layer, 2))
    try frozen.gateUp.multiply(
      scratch.gateUpGradient.pointer, rows: rows, into: scratch.normed.pointer)
    addGradient(2, x: kept.feedForwardNormed, dy: scratch.gateUpGradient)
    prism_train_norm_backward(
      rows, shape.hiddenSize, scratch.normed.pointer, narrow.backward(layer, 2),
      kept.middle.pointer, weights.feedForwardNorm, shape.normEpsilon, batch.hiddenGradient.pointer,
      scratch.residualGradient.pointer, narrow.backward(layer, 1))

    // middle = input + output(attention(qkv(norm(input))))
    try frozen.output.multiply(
      scratch.residualGradient.pointer, rows: rows, into: scratch.attended.pointer)
    addGradient(1, x: kept.attended, dy: scratch.residualGradient)
    prism_train_attended_backward(
      rows, shape.headCount, shape.headSize, scratch.attended.pointer, narrow.backward(layer, 1),
      kept.attended.pointer, scratch.attendedGradient.pointer, scratch.delta.pointer)
    prism_train_attention_backward(
      kept.queryKeyValue.pointer, shape.headCount, shape.keyValueHeadCount, shape.headSize,
      batch.segments, batch.segments.count, rows, kept.logDenominators.pointer, scratch.delta.pointer,
      scratch.attendedGradient.pointer, scratch.queryGradient.pointer,
      scratch.keyValueParts.pointer)
    prism_train_qkv_backward(
      rows, shape.headCount, shape.keyValueHeadCount, shape.headSize,
      scratch.queryGradient.pointer, scratch.keyValueParts.pointer, batch.positions, batch.ropeTable,
      scratch.queryKeyValueGradient.pointer, narrow.backward(layer, 0))
    addGradient(0, x: kept.normed, dy: scratch.queryKeyValueGradient)
    // Below the lowest adapter nothing learns, so nothing needs the gradient.
    if layer == adapter.weights.layers.lowerBound { return }
    try frozen.queryKeyValue.multiply(
      scratch.queryKeyValueGradient.pointer, rows: rows, into: scratch.normed.pointer)
    prism_train_norm_backward(
      rows, shape.hiddenSize, scratch.normed.pointer, narrow.backward(layer, 0), input(layer).pointer,
      weights.attentionNorm, shape.normEpsilon, batch.hiddenGradient.pointer,
      scratch.residualGradient.pointer, narrow.backward(layer - 1, 3))
  }
}
