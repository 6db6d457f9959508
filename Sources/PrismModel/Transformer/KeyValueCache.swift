package import CKernels
package import PrismTensor

/// Memory for `PRISM_BLOCK` positions of every layer's keys and values.
private final class KeyValueBlock {
  let address: UnsafeMutableRawPointer

  init(byteCount: Int) {
    // Every token of a sequence reads all of its blocks, as it reads all weights: large pages pay here too.
    // Running out ends the process, as in every Swift allocation; `GeneratorSettings.cacheTokens` bounds it.
    guard let memory = prism_memory(byteCount) else {
      preconditionFailure("no memory for \(byteCount) bytes of keys and values")
    }
    address = memory
    address.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
  }

  deinit { prism_memory_release(address) }
}

/// Hands out key-value memory and takes it back, so that it stays flat however long the queue is.
package final class KeyValuePool {
  package let layout: prism_cache_layout
  package let blockBytes: Int
  private var free: [KeyValueBlock] = []
  /// Blocks held: those in use and those waiting.
  private(set) package var blockCount = 0
  /// The most that were ever held at once.
  private(set) package var highestBlockCount = 0

  package init(_ model: ModelConfiguration, precision: Precision) {
    layout = prism_cache_layout(
      layers: model.layerCount, heads: model.keyValueHeadCount, head_size: model.headSize,
      precision: precision.code)
    blockBytes =
      model.layerCount * 2 * model.keyValueHeadCount * Int(PRISM_BLOCK) * model.headSize
      * precision.bytes
  }

  /// Blocks that caches hold now.
  package var usedBlockCount: Int { blockCount - free.count }

  package static var blockPositions: Int { Int(PRISM_BLOCK) }

  fileprivate func take() -> KeyValueBlock {
    if let block = free.popLast() { return block }
    blockCount += 1
    highestBlockCount = max(highestBlockCount, blockCount)
    return KeyValueBlock(byteCount: blockBytes)
  }

  /// Gives the waiting blocks back to the system, so that one stage's keys and values are not held
  /// through the next, which may be training.
  package func trim() {
    blockCount -= free.count
    free = []
  }

  /// Takes back the blocks that no other cache shares.
  fileprivate func giveBack(_ blocks: inout [KeyValueBlock]) {
    while var block = blocks.popLast() {
      if isKnownUniquelyReferenced(&block) { free.append(block) }
    }
  }

  fileprivate func copy(_ source: KeyValueBlock) -> KeyValueBlock {
    let block = take()
    block.address.copyMemory(from: source.address, byteCount: blockBytes)
    return block
  }
}

/// Keys and values of one sequence, in blocks of fixed size; full blocks can be shared.
///
/// Remembers which weights filled it: keys above the gate's layer differ between the routes, so a cache
/// filled under one must not be read under another.
package final class KeyValueCache {
  private let pool: KeyValuePool
  private var blocks: [KeyValueBlock] = []
  private var addresses: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  private var addressCapacity = 8
  private var listed = 0
  /// Positions filled.
  package private(set) var count = 0
  package private(set) var weights: RowWeights?
  package var route: Route? { weights?.route }

  package init(pool: KeyValuePool) {
    self.pool = pool
    addresses = .allocate(capacity: addressCapacity)
  }

  deinit {
    addresses.deallocate()
    pool.giveBack(&blocks)
  }

  /// Makes room for positions up to `total` and returns the blocks' addresses, valid until the next call.
  package func addresses(covering total: Int) -> UnsafeMutablePointer<UnsafeMutableRawPointer?> {
    let needed = (total + KeyValuePool.blockPositions - 1) / KeyValuePool.blockPositions
    if needed > addressCapacity {
      addresses.deallocate()
      addressCapacity = max(needed, 2 * addressCapacity)
      addresses = .allocate(capacity: addressCapacity)
      listed = 0
    }
    while blocks.count < needed { blocks.append(pool.take()) }
    while listed < blocks.count {
      addresses[listed] = blocks[listed].address
      listed += 1
    }
    return addresses
  }

  /// Records that all layers have filled positions up to `total` under `weights`.
  package func advance(to total: Int, weights: RowWeights) {
    precondition(
      self.weights == nil || self.weights == weights,
      "a cache filled under \(self.weights!) cannot go on under \(weights)")
    self.weights = weights
    count = total
  }

  /// Forgets positions from `length` on; their memory is filled again.
  package func rewind(to length: Int) {
    precondition(length <= count, "cannot rewind \(count) positions to \(length)")
    count = length
    if length == 0 { weights = nil }
  }

  /// A second cache with the same first `length` positions. Full blocks are shared; the rest is copied.
  package func fork(length: Int) -> KeyValueCache {
    precondition(length <= count, "cannot fork \(length) of \(count) positions")
    let other = KeyValueCache(pool: pool)
    let whole = length / KeyValuePool.blockPositions
    other.blocks = Array(blocks[..<whole])
    if length % KeyValuePool.blockPositions != 0 { other.blocks.append(pool.copy(blocks[whole])) }
    other.count = length
    other.weights = weights
    _ = other.addresses(covering: length)
    return other
  }
}
