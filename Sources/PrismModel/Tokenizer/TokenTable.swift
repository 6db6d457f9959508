/// The bytes of every id, in one buffer.
struct TokenTable: Sendable {
  private let storage: [UInt8]
  /// Token i lies at `offsets[i]..<offsets[i + 1]`.
  private let offsets: [Int]

  /// Ids without a token have no bytes.
  init(_ tokens: [[UInt8]]) {
    var storage: [UInt8] = []
    var offsets = [0]
    storage.reserveCapacity(tokens.reduce(0) { $0 + $1.count })
    offsets.reserveCapacity(tokens.count + 1)
    for token in tokens {
      storage.append(contentsOf: token)
      offsets.append(storage.count)
    }
    self.storage = storage
    self.offsets = offsets
  }

  var count: Int { offsets.count - 1 }

  subscript(id: Int32) -> ArraySlice<UInt8> {
    guard id >= 0, Int(id) < count else { return [] }
    return storage[offsets[Int(id)]..<offsets[Int(id) + 1]]
  }
}
