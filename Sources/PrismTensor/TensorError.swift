/// A numeric routine could not run.
public enum TensorError: Error, Equatable, CustomStringConvertible {
  /// oneDNN refused a product; `status` is its `dnnl_status_t`.
  case productFailed(rows: Int, inputs: Int, outputs: Int, status: Int)
  /// A matrix could not be packed.
  case packingFailed(inputs: Int, outputs: Int, format: WeightFormat)

  public var description: String {
    switch self {
    case .productFailed(let rows, let inputs, let outputs, let status):
      "the matrix product [\(rows), \(inputs)] x [\(inputs), \(outputs)] failed with oneDNN status \(status); try --precision fp32"
    case .packingFailed(let inputs, let outputs, let format):
      "a [\(inputs), \(outputs)] matrix could not be packed as \(format.rawValue): oneDNN does not support it here or memory ran out; try --precision fp32 or a smaller model"
    }
  }
}
