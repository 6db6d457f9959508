/// A stored tensor as fingerprint and summary see it.
struct TensorRecord {
  let name: String
  let shape: [Int]
  let type: String
  /// Valid as long as the file it comes from.
  let bytes: UnsafeRawBufferPointer

  var count: Int { shape.reduce(1, *) }
}
