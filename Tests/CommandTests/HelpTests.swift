import Foundation
import Testing

@Suite("Help teaches the tool")
struct HelpTests {
  static let flags: [(command: String, flags: [String])] = [
    (
      "distill",
      [
        "--model", "--out", "--preset", "--config", "--domains", "--personas", "--queries",
        "--seed", "--weights", "--precision", "--threads", "--fresh", "--json",
      ]
    ),
    (
      "generate",
      [
        "--model", "--bundle", "--route", "--system", "--file", "--temperature", "--top-p",
        "--top-k", "--min-p", "--max-tokens", "--stop", "--seed", "--precision", "--threads",
        "--json",
      ]
    ),
    (
      "chat",
      [
        "--model", "--bundle", "--route", "--system", "--temperature", "--top-p", "--top-k",
        "--min-p", "--max-tokens", "--stop", "--seed", "--json",
      ]
    ),
    ("route", ["--model", "--bundle", "--system", "--file", "--json"]),
    (
      "eval",
      [
        "--model", "--bundle", "--run", "--data", "--benchmarks", "--strategies", "--limit",
        "--out",
        "--shots", "--prompt-style", "--max-tokens", "--seed", "--judge", "--judge-model",
        "--judge-key", "--weights", "--fresh", "--json",
      ]
    ),
    (
      "study",
      [
        "--model", "--data", "--benchmarks", "--limit", "--out", "--shots", "--prompt-style",
        "--max-tokens", "--seed", "--judge", "--judge-model", "--judge-key", "--weights", "--fresh",
        "--json",
      ]
    ),
    (
      "serve",
      [
        "--model", "--bundle", "--name", "--gate", "--host", "--port", "--api-key-file",
        "--allow-anonymous", "--cors", "--max-body", "--max-prompt-tokens", "--max-tokens",
        "--max-choices", "--max-queue", "--max-connections", "--read-seconds", "--idle-seconds",
        "--write-seconds", "--request-seconds", "--shutdown-seconds", "--log-prompts", "--weights",
        "--precision", "--threads", "--max-batch", "--cache-mb", "--draft-tokens",
        "--vary-with-batch",
        "--upstream", "--router-model", "--base-name", "--adapter-name", "--lora-id",
        "--upstream-key-env", "--connect-seconds", "--health-seconds",
      ]
    ),
    ("export", ["--bundle", "--model", "--to", "--out"]),
    ("report", ["run"]),
    ("inspect", ["--json", "path"]),
    ("bench", ["--model", "--only", "--rounds", "--precision", "--threads", "--json"]),
    ("models", ["--fetch", "--json"]),
  ]

  @Test("every command's help has an example and names every flag", arguments: flags)
  func help(command: String, flags: [String]) throws {
    let outcome = try PrismProcess.run([command, "--help"])
    #expect(outcome.status == 0)
    #expect(outcome.errors == "")
    #expect(outcome.output.contains("EXAMPLE"))
    #expect(outcome.output.contains("prism \(command) "))
    for flag in flags { #expect(outcome.output.contains(flag), "\(flag) is missing") }
  }

  @Test("the first help names every command and an example")
  func root() throws {
    let outcome = try PrismProcess.run(["--help"])
    #expect(outcome.status == 0)
    for (command, _) in Self.flags { #expect(outcome.output.contains("  \(command) ")) }
    #expect(outcome.output.contains("EXAMPLE"))
    #expect(try PrismProcess.run([]).output == outcome.output)
    #expect(try PrismProcess.run(["--version"]).output == "0.1.0\n")
  }

  @Test("every example in the help parses")
  func examples() throws {
    for (command, _) in Self.flags {
      let help = try PrismProcess.run([command, "--help"]).output
      let lines = help.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      let examples = lines.filter { $0.hasPrefix("prism \(command)") }
      #expect(!examples.isEmpty)
      for example in examples { try ShellLine.expectParses(example) }
    }
  }
}
