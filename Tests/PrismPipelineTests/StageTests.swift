import Foundation
import PrismModel
import PrismPipeline
import PrismTesting
import PrismTraining
import Testing

@Suite("Stages")
struct StageTests {
  @Test(
    "query cleaning",
    arguments: [
      ("How do rockets steer in space?", "How do rockets steer in space?"),
      ("  \n 1. How do rockets steer?\nSecond line", "How do rockets steer?"),
      ("2) \"How do rockets steer?\"", "How do rockets steer?"),
      ("**Question:** How do rockets steer?", "How do rockets steer?"),
      ("Query 3: “How do rockets steer?”", "How do rockets steer?"),
      ("- *How do rockets steer?*", "How do rockets steer?"),
      ("\"How do rockets steer?", "How do rockets steer?"),
      ("3 apples cost 2 euros; what do 7 cost?", "3 apples cost 2 euros; what do 7 cost?"),
      ("\"Hamlet\" and \"Macbeth\": which is older?", "\"Hamlet\" and \"Macbeth\": which is older?"),
      ("\"Hamlet\" or rather \"Macbeth\"", "\"Hamlet\" or rather \"Macbeth\""),
      ("exactly fifteen", nil), ("exactly sixteen!", "exactly sixteen!"),
      ("", nil), ("   \n\n", nil), ("Here is a question for you:", nil), ("1234567890 1234567890", nil),
    ] as [(String, String?)])
  func cleaning(answer: String, expected: String?) throws {
    let engine = try ScriptedEngine(answer: { _ in answer })
    var configuration = PrismConfiguration()
    configuration.queries.perPersona = 1
    configuration.queries.attempts = 1
    let stage = try GenerateQueries(configuration: configuration, engine: engine)
    let personas = [Persona(name: "p", domain: "p", length: .long, text: "You are p.")]
    if let expected {
      #expect(try stage.run(personas, report: { _ in .more }).map(\.text) == [expected])
    } else {
      #expect(throws: PipelineError.self) { _ = try stage.run(personas, report: { _ in .more }) }
    }
  }

  @Test("queries are topped up to N, without duplicates, by a bounded number of prompts")
  func topUp() throws {
    var configuration = PrismConfiguration()
    configuration.queries.perPersona = 6
    configuration.engine.unitItems = 4
    // Three of four seeds give the same words; the rest differ.
    let engine = try ScriptedEngine(answer: { request in
      request.sampling.seed % 4 != 0
        ? "Always the same question?" : "What about number \(request.sampling.seed)?"
    })
    let personas = ["a", "b"].map {
      Persona(name: $0, domain: $0, length: .long, text: "You are \($0).")
    }
    configuration.queries.attempts = 100
    let stage = try GenerateQueries(configuration: configuration, engine: engine)
    let rows = try stage.run(personas, report: { _ in .more })
    #expect(rows.count == 12)
    #expect(Set(rows.map { $0.text.lowercased() }).count == 12)
    #expect(rows.filter { $0.persona == "a" }.count == 6)
    #expect(Set(engine.requests.map(\.sampling.seed)).count == engine.requests.count)
  }

  @Test("the held-out share is close to what was asked, and the split depends on the text alone")
  func split() {
    // 10,000 draws at 0.2: standard deviation 0.004. The texts are fixed, so this cannot flake;
    // a fair hash would fail the bound of 0.02 (5 deviations) once in 1.7 million choices of texts.
    let texts = (0..<10_000).map { "What is the meaning of item \($0)?" }
    let heldOut = texts.filter { Query.split(of: $0, heldOutShare: 0.2) == .heldOut }
    #expect(abs(Double(heldOut.count) / 10_000 - 0.2) < 0.02)
    let first = Query(persona: "a", text: texts[0], heldOutShare: 0.2)
    let second = Query(persona: "b", text: texts[0], heldOutShare: 0.2)
    #expect(first.split == second.split && first.id != second.id)
    #expect(texts.allSatisfy { Query.split(of: $0, heldOutShare: 0) == .train })
  }

  @Test("the model writes personas; unusable text is asked for again, then refused")
  func personas() throws {
    var configuration = PrismConfiguration()
    configuration.personas.length = .minimum
    configuration.personas.attempts = 3
    var asked = 0
    let engine = try ScriptedEngine(answer: { _ in
      asked += 1
      return asked == 1 ? "Sure!" : "Here you go:\n\"You are a chemist.\""
    })
    let stage = try GeneratePersonas(configuration: configuration, engine: engine)
    let rows = try stage.run(["organic_chemistry"], report: { _ in .more })
    #expect(rows.map(\.text) == ["You are a chemist."])
    #expect(rows[0].domain == "organic chemistry")
    #expect(engine.requests.count == 2)
    let silent = try ScriptedEngine(answer: { _ in "I cannot" })
    #expect(
      throws: PipelineError.noUsablePersona(domain: "tea", attempts: 3, lastAnswer: "I cannot")
    ) {
      _ = try GeneratePersonas(configuration: configuration, engine: silent)
        .run(["tea"], report: { _ in .more })
    }
  }

  @Test("an example turn comes before the domain, and a looping answer says everything once")
  func personaExample() throws {
    var configuration = PrismConfiguration()
    configuration.personas.length = .short
    let engine = try ScriptedEngine(answer: { _ in
      "You are a chemist who explains reactions with care. You love every part of the work, from "
        + "salts to gases. You love every part of the work, from salts to oils. You ask first."
    })
    let rows = try GeneratePersonas(configuration: configuration, engine: engine)
      .run(["chemistry"], report: { _ in .more })
    #expect(
      rows[0].text == "You are a chemist who explains reactions with care. You love every part of "
        + "the work, from salts to gases. You ask first.")
    let prompt = try #require(engine.requests.first).prompt.text
    let example = try #require(prompt.range(of: "You are an experienced gardener"))
    let domain = try #require(prompt.range(of: "chemistry"))
    #expect(example.upperBound < domain.lowerBound)
  }

  @Test("shipped personas have the lengths they promise", arguments: Persona.Length.allCases)
  func shipped(length: Persona.Length) throws {
    let range: ClosedRange<Int> =
      switch length {
      case .long: 100...150
      case .short: 45...75
      case .minimum: 3...8
      }
    let personas = try ShippedPersonas.personas(length: length)
    #expect(personas.count == 12)
    for persona in personas {
      let words = persona.text.split(separator: " ").count
      #expect(range.contains(words), "\(persona.name): \(words) words")
      #expect(persona.text.hasPrefix("You "))
    }
  }

  @Test("answers: the base side has no persona, each side its own seed")
  func answers() throws {
    let engine = try ScriptedEngine(answer: { $0.prompt.text.contains("PERSONA") ? "with" : "without" })
    let personas = [Persona(name: "p", domain: "p", length: .long, text: "PERSONA")]
    let queries = (0..<5).map { Query(persona: "p", text: "Question \($0)", heldOutShare: 0.2) }
    let rows = try AnswerTwice(configuration: PrismConfiguration(), engine: engine)
      .run(AnswerTwice.Input(queries: queries, personas: personas), report: { _ in .more })
    #expect(rows.map(\.query) == queries)
    #expect(rows.allSatisfy { $0.base.text == "without" && $0.persona.text == "with" })
    #expect(Set(engine.requests.map(\.sampling.seed)).count == 10)
  }
}
