import Foundation
package import PrismModel
package import PrismTensor

/// Forward and backward pass of the adapter over packed sequences; the base weights are frozen.
///
/// The forward pass keeps what the backward pass needs. Where that would take more than
/// `keptBytesLimit`, it keeps only the layers' inputs and the backward pass runs each layer again;
/// gradients are the same to the bit.
package final class TrainingPass {
  package let model: Transformer
  package let adapter: ActiveAdapter
  let backwardWeights: BackwardWeights
  private let batch: TrainingBatch
  private let layers: any LayerPass
  private let keptBytesLimit: Int

  /// Bytes that `forward` keeps for `backward`, at most: an eighth of the machine's memory.
  package static var defaultKeptBytesLimit: Int {
    Int(clamping: ProcessInfo.processInfo.physicalMemory / 8)
  }

  package init(
    model: Transformer, adapter: ActiveAdapter, backward: BackwardWeights, dropout: Float,
    keptBytesLimit: Int = defaultKeptBytesLimit
  ) {
    self.model = model
    self.adapter = adapter
    self.keptBytesLimit = keptBytesLimit
    backwardWeights = backward
    batch = TrainingBatch(model: model, dropout: dropout)
    layers =
      NarrowPass.supports(model)
      ? NarrowPass(batch: batch, adapter: adapter, backward: backward)
      : WidePass(batch: batch, adapter: adapter, backward: backward)
  }

  /// Runs all layers over the sequences, packed one after another.
  ///
  /// - Parameter dropoutSeed: fixes the dropout masks; `nil` turns dropout off.
  package func forward(_ sequences: [[Int32]], dropoutSeed: UInt64?) throws {
    batch.begin(sequences, dropoutSeed: dropoutSeed)
    layers.begin(recomputes: recomputes(rows: batch.rows))
    try layers.forward()
  }

  /// Adds the gradient of every adapter parameter to `gradients`, laid out like the parameters.
  ///
  /// Starts from `hiddenGradient`, which it overwrites. The base weights receive none.
  package func backward(into gradients: UnsafeMutablePointer<Float>) throws {
    try layers.backward(into: gradients)
  }

  /// Rows of the batch.
  package var rows: Int { batch.rows }

  /// Residual stream after the last layer that ran, `[R, D]`.
  package var hidden: Buffer<Float> { batch.hidden }

  /// Gradient of the loss with respect to `hidden`; the caller fills it before `backward`.
  package var hiddenGradient: Buffer<Float> { batch.hiddenGradient }

  /// Whether layers of a batch of so many rows run a second time in the backward pass.
  package func recomputes(rows: Int) -> Bool {
    let perLayer = layers.keptBytesPerRow + 4 * model.configuration.hiddenSize
    let (bytes, overflow) = (rows * adapter.weights.layers.count)
      .multipliedReportingOverflow(by: perLayer)
    return overflow || bytes > keptBytesLimit
  }
}
