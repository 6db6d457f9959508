import PrismEvaluation
import Testing

@Suite("Paired outcomes")
struct PairedOutcomeTests {
  /// `[both, first only, second only, neither]` as two lists.
  private func readings(_ counts: [Int]) -> (first: [Bool], second: [Bool]) {
    let kinds = [(true, true), (true, false), (false, true), (false, false)]
    let pairs = zip(counts, kinds).flatMap { [(Bool, Bool)](repeating: $1, count: $0) }
    return (pairs.map(\.0), pairs.map(\.1))
  }

  /// 1e-10, and relative to p where it is tiny; scipy's own binomial is the looser side.
  @Test func mcNemarMatchesScipy() throws {
    let cases = try StatisticsFixture.load().mcNemar
    #expect(cases.count > 10)
    for example in cases {
      let found = McNemarTest.twoSided(b: example.b, c: example.c)
      #expect(
        abs(found - example.pValue) <= 1e-10 * example.pValue, "b \(example.b), c \(example.c)")
      #expect(found == McNemarTest.twoSided(b: example.c, c: example.b))
    }
  }

  /// b = 1 and c = 4: 2 * (C(5,0) + C(5,1)) / 2^5 = 12/32. Items read alike do not speak.
  @Test func mcNemarByHand() throws {
    let (first, second) = readings([30, 1, 4, 9])
    let found = try McNemarTest(first: first, second: second)
    #expect(found.outcomes.firstOnly == 1 && found.outcomes.secondOnly == 4)
    #expect(found.outcomes.both == 30 && found.outcomes.neither == 9)
    #expect(found.outcomes.count == 44)
    #expect(abs(found.pValue - 0.375) < 1e-15)
  }

  @Test func mcNemarWithoutDifferenceIsOne() throws {
    #expect(try McNemarTest(first: [true, false], second: [true, false]).pValue == 1)
    #expect(try McNemarTest(first: [true], second: [false]).pValue == 1)
    // 2 * 2^-2 for both to one side.
    #expect(try McNemarTest(first: [true, true], second: [false, false]).pValue == 0.5)
  }

  /// 2^-99999 has no double; 2 * 2^-1000 has.
  @Test func mcNemarAtTheEndsOfTheScale() {
    #expect(McNemarTest.twoSided(b: 0, c: 100_000) == 0)
    let least = McNemarTest.twoSided(b: 1000, c: 0)
    #expect(abs(least * 0x1p999 - 1) < 1e-10)
  }

  @Test func kappaMatchesTheFormula() throws {
    for example in try StatisticsFixture.load().agreements {
      let found = try BinaryAgreement(first: example.first, second: example.second)
      #expect(abs(found.agreement - example.agreement) < 1e-12)
      guard case .value(let kappa) = found.kappa else {
        Issue.record("kappa is undefined")
        continue
      }
      #expect(abs(kappa - example.kappa) < 1e-12)
    }
  }

  /// 20 both, 5 first only, 10 second only, 15 neither: agreement 35/50; by chance
  /// (25 * 30 + 25 * 20) / 2500 = 1/2; kappa (0.7 - 0.5) / (1 - 0.5) = 0.4.
  @Test func kappaByHand() throws {
    let (first, second) = readings([20, 5, 10, 15])
    let found = try BinaryAgreement(first: first, second: second)
    #expect(found.agreement == 0.7)
    #expect(found.kappa == .value(0.4))
  }

  @Test func kappaOfConstantReadings() throws {
    let yes = [true, true, true]
    #expect(try BinaryAgreement(first: yes, second: yes).kappa == .undefined)
    let no = yes.map { !$0 }
    #expect(try BinaryAgreement(first: no, second: no).kappa == .undefined)
    // Opposites: chance agreement is 0 and so is the observed.
    #expect(try BinaryAgreement(first: yes, second: no).kappa == .value(0))
  }

  /// Six items, one of each kind, and a second one the gate wrongly sends to the adapter.
  @Test func gateAgainstOracle() throws {
    let found = try GateConfusion(
      routed: [true, true, true, true, false, false, false],
      baseScores: [0, 1, 0.5, 9, 0, 1, 0.5], adapterScores: [1, 0, 0.5, 8, 1, 0, 0.5])
    #expect([found.adapterAdapter, found.adapterBase, found.adapterEither] == [1, 2, 1])
    #expect([found.baseAdapter, found.baseBase, found.baseEither] == [1, 1, 1])
    #expect(found.count == 7 && found.routedCount == 4)
    #expect(found.decidedCount == 5 && found.rightCount == 2)
  }
}
