import Foundation
import Testing

@Suite("Answers on standard output")
struct AnswerTests {
  let folder: TemporaryFolder
  let model: String

  init() throws {
    folder = try TemporaryFolder()
    model = try TinyModel.make(in: folder)
  }

  private func generate(_ arguments: [String], input: String = "") throws -> PrismProcess.Outcome {
    try PrismProcess.run(
      ["generate", "--model", model, "--max-tokens", "8", "--threads", "1"] + arguments,
      input: input)
  }

  @Test("--json has every key, and one log-probability a token")
  func json() throws {
    let outcome = try generate(["--json", "Hello", "World"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.outputLines.count == 2)
    for line in outcome.outputLines {
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      #expect(
        object.keys.sorted() == [
          "finishReason", "logProbabilities", "probability", "promptTokenIDs", "route", "seconds",
          "text", "timeToFirstToken", "tokenIDs",
        ])
      #expect(object["timeToFirstToken"] is NSNull, "only a single prompt has one")
      let tokens = try #require(object["tokenIDs"] as? [Int])
      #expect((object["logProbabilities"] as? [Double])?.count == tokens.count)
      #expect((1...8).contains(tokens.count))
      #expect(object["route"] as? String == "base")
      #expect(object["probability"] is NSNull)
    }
  }

  @Test("a single answer says when its first token came, counted from the start of the process")
  func firstToken() throws {
    let clock = ContinuousClock()
    let start = clock.now
    let outcome = try generate(["--json", "Hello"])
    let whole = (clock.now - start) / .seconds(1)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    let first = try #require(object["timeToFirstToken"] as? Double)
    // The system counts a process's start in hundredths of a second.
    #expect(first > 0 && first < whole + 0.02, "\(first) of \(whole) s")
    let text = try generate(["Hello"])
    #expect(text.errors.hasPrefix("first token "), "\(text.errors)")
  }

  @Test("arguments, standard input and files ask the same question")
  func inputs() throws {
    func text(_ outcome: PrismProcess.Outcome) throws -> [String] {
      try outcome.outputLines.map { line in
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        return try #require(object?["text"] as? String)
      }
    }
    let lines = try folder.write("Hello\n\nWorld\n", to: "p.txt")
    let objects = try folder.write(
      "{\"prompt\": \"Hello\"}\n{\"prompt\": \"World\"}\n", to: "p.jsonl")
    let expected = try text(generate(["--json", "Hello", "World"]))
    #expect(expected.count == 2)
    #expect(try text(generate(["--json", "--file", lines])) == expected)
    #expect(try text(generate(["--json", "--file", objects])) == expected)
    #expect(try text(generate(["--json"], input: "Hello\n")) == [expected[0]])
    #expect(try text(generate(["--json", "--file", "-"], input: "Hello\nWorld")) == expected)
  }

  @Test("a streamed answer is the batched one, followed by its route")
  func streaming() throws {
    let streamed = try generate(["--temperature", "0", "Hello"])
    #expect(streamed.status == 0, "\(streamed.errors)")
    let batched = try generate(["--temperature", "0", "Hello", "Hello"])
    #expect(streamed.output.contains("[base, "))
    let answer = try #require(streamed.output.components(separatedBy: "\n[base, ").first)
    #expect(batched.output.components(separatedBy: "> Hello\n" + answer + "\n[base").count == 3)
  }

  @Test("a reader that goes away ends the command quietly")
  func closedOutput() throws {
    let prompts = (0..<200).map { "Prompt number \($0)" }.joined(separator: "\n")
    let file = try folder.write(prompts, to: "many.txt")
    let generate = "\"$PRISM\" generate --model '\(model)' --max-tokens 2 --threads 1"
    let head = try PrismProcess.shell(
      "{ \(generate) --json --file '\(file)'; echo status $? >&2; } 2>'\(folder.file("err"))' | head -n 1"
    )
    #expect(head.output.hasPrefix("{"))
    let errors = try String(contentsOf: folder.url("err"), encoding: .utf8)
    #expect(errors.contains("status 0"), "\(errors)")
    #expect(!errors.contains("error"))
    let closed = try PrismProcess.shell("\(generate) Hello >&-")
    #expect(closed.status == 0, "\(closed.errors)")
    let help = try PrismProcess.shell("\"$PRISM\" generate --help >&- 2>&-")
    #expect(help.status == 0)
  }

  @Test(
    "a full disk behind standard output is an error",
    .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
  func fullOutput() throws {
    let outcome = try PrismProcess.shell(
      "\"$PRISM\" generate --model '\(model)' --max-tokens 2 Hello > /dev/full")
    #expect(outcome.status == 1)
    #expect(outcome.errors.hasPrefix("error: cannot write to standard output"))
  }

  @Test("a prompt longer than the context is one sentence")
  func tooLong() throws {
    let outcome = try generate([String(repeating: "word ", count: 2000)])
    #expect(outcome.status == 1)
    #expect(outcome.output == "")
    #expect(outcome.errors.contains("the context holds 4096"), "\(outcome.errors)")
  }

  @Test("chat takes piped messages and its own commands, and says when the context is full")
  func chat() throws {
    let long = String(repeating: "word ", count: 1000)
    let input = """
      Hello
      /route
      /route adapter
      /sing
      /help
      \(long)
      /reset
      Hello again
      /quit
      never read
      """
    let outcome = try PrismProcess.run(
      ["chat", "--model", model, "--max-tokens", "4", "--json", "--temperature", "0"], input: input)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.outputLines.count == 2)
    #expect(outcome.errors.contains("The route is auto."))
    #expect(outcome.errors.contains("There is no adapter"))
    #expect(outcome.errors.contains("/sing is not known"))
    #expect(outcome.errors.contains("/system TEXT"))
    #expect(outcome.errors.contains("The context is full"))
  }

  @Test("chat keeps the conversation in the context")
  func history() throws {
    func promptLengths(_ input: String) throws -> [Int] {
      let outcome = try PrismProcess.run(
        ["chat", "--model", model, "--max-tokens", "4", "--json"], input: input)
      return try outcome.outputLines.map { line in
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        return try #require(object?["promptTokenIDs"] as? [Int]).count
      }
    }
    let kept = try promptLengths("Hello\nHello\n")
    #expect(kept.count == 2 && kept[1] > 2 * kept[0] - 8 && kept[1] > kept[0])
    let forgotten = try promptLengths("Hello\n/reset\nHello\n")
    #expect(forgotten.count == 2 && forgotten[0] == forgotten[1])
  }
}
