/// Requests that wait for a place in the batch and for memory.
///
/// The one that needs least memory goes first, so that short requests do not stand behind long ones. But
/// the oldest is passed only so often, then everybody waits for it: nobody starves.
struct AdmissionQueue {
  static let overtakingLimit = 8

  private(set) var rows: [ServingRow] = []
  /// How often the oldest has been passed.
  private var overtakings = 0

  mutating func append(_ row: ServingRow) { rows.append(row) }

  /// Takes the next one out, if there is one that may go now.
  mutating func next(where fits: (ServingRow) -> Bool) -> ServingRow? {
    guard let smallest = rows.indices.min(by: { blocks($0) < blocks($1) }) else { return nil }
    let chosen = overtakings < Self.overtakingLimit ? smallest : 0
    guard fits(rows[chosen]) else { return nil }
    overtakings = chosen == 0 ? 0 : overtakings + 1
    return rows.remove(at: chosen)
  }

  /// Takes out those that will not be answered.
  mutating func remove(where isOver: (ServingRow) -> Bool) {
    guard let oldest = rows.first else { return }
    rows.removeAll(where: isOver)
    if rows.first !== oldest { overtakings = 0 }
  }

  private func blocks(_ index: Int) -> (Int, Int) { (rows[index].reservedBlocks, index) }
}
