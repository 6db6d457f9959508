/// How the layers of a batch run forward and backward; one implementation for each precision.
protocol LayerPass: AnyObject {
  /// Bytes kept of one row of one adapted layer, besides its input.
  var keptBytesPerRow: Int { get }

  /// Gets ready for the batch's rows, and for parameters that may have changed.
  ///
  /// - Parameter recomputes: the backward pass runs each layer again from its input, so that one
  ///   layer's memory serves all.
  func begin(recomputes: Bool)

  /// Runs all layers.
  func forward() throws

  /// Adds the gradient of every adapter parameter to `gradients`, from `batch.hiddenGradient`, which it
  /// overwrites.
  func backward(into gradients: UnsafeMutablePointer<Float>) throws
}
