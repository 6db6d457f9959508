/// How far two yes-or-no readings of the same items agree, such as a judge's refusals and those
/// found by opening phrase.
package struct BinaryAgreement: Codable, Hashable, Sendable {
  /// Agreement beyond chance.
  package enum Kappa: Codable, Hashable, Sendable {
    /// -1...1; 0 is what two unrelated readings with these shares of yes would reach.
    case value(Double)
    /// Both readings say the same of every item, so that chance alone explains all agreement.
    case undefined
  }

  package let outcomes: PairedOutcomes
  /// Share of items read alike, 0...1.
  package let agreement: Double
  /// Cohen 1960.
  package let kappa: Kappa

  /// Readings: `[item]`, in one order. Throws without items and for lists that differ in length.
  package init(first: [Bool], second: [Bool]) throws {
    outcomes = try PairedOutcomes(first, second, for: "agreement")
    let count = Double(outcomes.count)
    let alike = Double(outcomes.both + outcomes.neither)
    let firstYes = Double(outcomes.both + outcomes.firstOnly)
    let secondYes = Double(outcomes.both + outcomes.secondOnly)
    agreement = alike / count
    // Chance agreement times the squared count: whole numbers, so the comparison is exact.
    let chance = firstYes * secondYes + (count - firstYes) * (count - secondYes)
    let room = count * count - chance
    kappa = room > 0 ? .value((alike * count - chance) / room) : .undefined
  }
}
