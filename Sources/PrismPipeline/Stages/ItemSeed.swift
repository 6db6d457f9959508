import PrismTensor

/// The sampling seed of one item of one stage: neither order, batch nor restart changes it.
enum ItemSeed {
  static func seed(_ seed: UInt64, _ stage: StageName, _ item: UInt64, _ attempt: UInt64 = 0)
    -> UInt64
  {
    var generator = SeededGenerator(seed: seed, UInt64(stage.number), item, attempt)
    return generator.next()
  }
}
