import Foundation
import PrismModel
import PrismRouter
import Testing

@Suite("Router")
struct RouterTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let mode: GateMode
    let policy: RoutePolicy
    let probability: Float?
    let route: Route
    let served: Route
    let reason: RouteDecision.Reason

    var testDescription: String { "\(mode) \(policy) \(probability.map { "\($0)" } ?? "unasked")" }
  }

  static let cases = [
    Case(
      mode: .enforce, policy: .auto, probability: 0.6, route: .adapter, served: .adapter,
      reason: .gate),
    Case(
      mode: .enforce, policy: .auto, probability: 0.5, route: .adapter, served: .adapter,
      reason: .gate),
    Case(
      mode: .enforce, policy: .auto, probability: 0.4999, route: .base, served: .base, reason: .gate
    ),
    Case(
      mode: .shadow, policy: .auto, probability: 0.9, route: .adapter, served: .base,
      reason: .shadow),
    Case(
      mode: .shadow, policy: .adapter, probability: 0.1, route: .base, served: .adapter,
      reason: .requested),
    Case(mode: .off, policy: .auto, probability: 0.9, route: .base, served: .base, reason: .off),
    Case(
      mode: .off, policy: .adapter, probability: nil, route: .base, served: .adapter,
      reason: .requested),
    Case(
      mode: .enforce, policy: .base, probability: 0.9, route: .adapter, served: .base,
      reason: .requested),
  ]

  @Test(arguments: cases) func decisions(_ example: Case) {
    let router = Router(gate: BundleToys.gate(layer: 1), mode: example.mode)
    let decision = router.decide(probability: example.probability, policy: example.policy)
    #expect(decision.route == example.route)
    #expect(decision.servedRoute == example.served)
    #expect(decision.reason == example.reason)
    #expect(decision.probability == (example.mode == .off ? nil : example.probability))
    #expect(decision.threshold == 0.5 && decision.gateLayer == 1)
  }

  @Test func theThresholdMovesTheRoute() {
    let features = (0..<32).map { Float($0) / 5 }
    let gate = BundleToys.gate()
    let probability = gate.probability(of: features)
    #expect(probability > 0 && probability < 1)
    let at = Router(gate: gate.with(threshold: probability)).decide(features: features)
    let above = Router(gate: gate.with(threshold: probability.nextUp)).decide(features: features)
    #expect(at.servedRoute == .adapter && above.servedRoute == .base)
    #expect(at.probability == probability)
  }

  @Test func decisionsSurviveJSON() throws {
    let decision = Router(gate: BundleToys.gate()).decide(probability: 0.75)
    let data = try JSONEncoder().encode(decision)
    #expect(try JSONDecoder().decode(RouteDecision.self, from: data) == decision)
    #expect(String(decoding: data, as: UTF8.self).contains("\"servedRoute\":\"adapter\""))
  }
}
