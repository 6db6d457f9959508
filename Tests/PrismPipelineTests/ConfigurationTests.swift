import Foundation
import PrismPipeline
import PrismTesting
import PrismTraining
import Testing

@Suite("Configuration")
struct ConfigurationTests {
  @Test("a configuration names its nearest preset and what differs")
  func nearestPreset() throws {
    for preset in Preset.allCases {
      var configuration = try preset.configuration()
      let same = try Preset.nearest(to: configuration)
      #expect(same.preset == preset && same.changed.isEmpty)
      configuration.engine.seed = 7
      configuration.adapter.rank += 1
      let other = try Preset.nearest(to: configuration)
      #expect(other.preset == preset && other.changed == ["adapter.rank", "engine.seed"])
    }
  }

  private func problems(_ yaml: String) -> [String] {
    do {
      _ = try PrismConfiguration(yaml: yaml)
      return []
    } catch PipelineError.configuration(_, let problems) {
      return problems
    } catch {
      return ["another error: \(error)"]
    }
  }

  @Test("missing keys take defaults")
  func defaults() throws {
    #expect(try PrismConfiguration(yaml: "") == PrismConfiguration())
    #expect(try PrismConfiguration(yaml: "queries:\n") == PrismConfiguration())
    let one = try PrismConfiguration(yaml: "queries:\n  perPersona: 7\n")
    var expected = PrismConfiguration()
    expected.queries.perPersona = 7
    #expect(one == expected)
  }

  @Test(
    "one problem, named by its key path",
    arguments: [
      (
        "queries:\n  perPersonas: 3",
        "unknown key queries.perPersonas; did you mean queries.perPersona?"
      ),
      ("querys: {}", "unknown key querys; did you mean queries?"),
      ("queries:\n  perPersona: many", "queries.perPersona is \"many\"; expected a whole number"),
      ("queries:\n  perPersona: 1.5", "queries.perPersona is 1.5"),
      ("queries:\n  temperature: true", "queries.temperature is true; expected a number"),
      ("queries:\n  perPersona: 0", "queries.perPersona is 0; allowed: 1 to 10000"),
      ("queries: 3", "queries is not a block of keys"),
      ("judge:\n  policy: fair", "judge.policy is \"fair\"; allowed: debiased, strict"),
      ("judge:\n  margin: .nan", "judge.margin is .nan, which is not a finite number"),
      ("judge:\n  margin: -.inf", "judge.margin is -.inf"),
      ("personas:\n  names: [alchemy]", "personas.names has \"alchemy\", which does not ship"),
      ("personas:\n  names: 3", "personas.names is 3; expected a list"),
      ("adapter:\n  rank: 0", "adapter.rank is 0; allowed: 1 to 256"),
      ("gate:\n  threshold: 2", "gate.threshold is 2.0, allowed: 0 to 1"),
      ("gate:\n  hiddenSizes: [a]", "gate.hiddenSizes is [\"a\"]; expected a whole number"),
      ("engine:\n  seed: -1", "engine.seed is -1"),
      ("engine:\n  seed: 99999999999999999999", "engine.seed is 99999999999999999999"),
      ("- a\n- b", "is not a list of `section:` blocks"),
      ("queries: [", "is not YAML"),
      ("a: &x 1\nb: *x", "line 1 has an anchor or alias"),
      ("queries:\n  perPersona: 3\n  perPersona: 4", "is not YAML"),
    ])
  func oneProblem(yaml: String, expected: String) {
    let found = problems(yaml)
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix(expected) == true, "\(found)")
  }

  @Test("every problem at once")
  func allProblems() {
    let found = problems(
      """
      queries: {perPersona: none, temperatur: 1, maxTokens: 0}
      judge: {policy: fair, margin: low}
      adapter: {epochs: 0, rank: deep}
      gate: {dropout: 1}
      nonsense: 1
      """)
    #expect(found.count == 9, "\(found)")
  }

  @Test(
    "hostile YAML throws",
    arguments: [
      String(repeating: "[", count: 5000),
      String(repeating: "- ", count: 5000) + "a",
      String(repeating: "{a: ", count: 5000),
      (0..<500).map { String(repeating: " ", count: $0) + "a:\n" }.joined(),
      "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n",
      String(repeating: "x", count: 100_000), "\u{0}", "? [a, b]\n: c", "!!binary x: y",
      "\u{FEFF}queries: {perPersona: \u{7}}",
    ])
  func hostile(yaml: String) {
    #expect(throws: PipelineError.self) { _ = try PrismConfiguration(yaml: yaml) }
  }

  @Test("presets parse, hold their promises and survive a round trip", arguments: Preset.allCases)
  func presets(preset: Preset) throws {
    let configuration = try preset.configuration()
    #expect(configuration.problems.isEmpty)
    let again = try PrismConfiguration(yaml: try configuration.yaml())
    #expect(again == configuration)
    #expect(try again.hash() == configuration.hash())
  }

  @Test("the paper's numbers")
  func paper() throws {
    let paper = try Preset.paper.configuration()
    #expect(paper.personas.names == ShippedPersonas.names)
    #expect(paper.personas.source == .written)
    #expect(paper.queries.perPersona == 50 && paper.queries.temperature == 0.9)
    #expect(paper.queries.tooShort == 15)
    #expect(paper.answers.temperature == 0.7 && paper.answers.maxTokens == 512)
    #expect(paper.judge.policy == .strict)
    #expect(paper.adapter.rank == 16 && paper.adapter.alpha == 32)
    #expect(paper.adapter.dropout == 0.05 && paper.adapter.learningRate == 2e-4)
    #expect(paper.adapter.weightDecay == 0.01 && paper.adapter.gradientClip == 1)
    #expect(paper.adapter.effectiveBatch == 16 && paper.adapter.epochs == 10)
    #expect(paper.adapter.maxTokens == 1024 && paper.adapter.temperature == 2)
    #expect(paper.adapter.topTokens == 64)
    #expect(paper.gate.hiddenSizes == [128, 64] && paper.gate.threshold == 0.5)
    #expect(paper.route.gateLayer == 0)
    #expect(try Preset.default.configuration().judge.policy == .debiased)
  }

  @Test("an unknown preset lists the known ones")
  func unknownPreset() {
    #expect(throws: PipelineError.unknownPreset(name: "huge", known: ["demo", "default", "paper"]))
    {
      _ = try Preset(named: "huge")
    }
  }

  @Test("1,500 mutated configurations parse or throw a PipelineError")
  func mutations() throws {
    let seeds = try Preset.allCases.map { Array(try $0.configuration().yaml().utf8) }
    var parsed = 0
    for index in 0..<1500 {
      var mutator = Mutator(seed: UInt64(index))
      let bytes = mutator.mutate(seeds[index % seeds.count])
      do {
        _ = try PrismConfiguration(yaml: String(decoding: bytes, as: UTF8.self))
        parsed += 1
      } catch is PipelineError {
      }
    }
    // Both ways must occur, or the mutations test nothing.
    #expect(parsed > 10 && parsed < 1490)
  }
}
