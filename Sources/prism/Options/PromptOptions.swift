import ArgumentParser
import Foundation

/// Where prompts come from: arguments, a file, or standard input.
struct PromptOptions: ParsableArguments {
  @Argument(help: "The prompts. Without any, and without --file, standard input is one prompt.")
  var prompts: [String] = []

  @Option(
    help: ArgumentHelp(
      "Read prompts from a file, one a line; a .jsonl file has objects with \"prompt\" and perhaps \"system\". - is standard input.",
      valueName: "path"))
  var file: String?

  @Option(help: ArgumentHelp("System prompt.", valueName: "text"))
  var system: String?

  func validate() throws {
    if file != nil && !prompts.isEmpty {
      throw ValidationError("give prompts as arguments or with --file, not both")
    }
    if file == nil && prompts.isEmpty && StandardStreams.isTerminal(StandardStreams.input) {
      throw ValidationError("\(CommandError.noPrompt)")
    }
  }

  /// Every prompt, none of them empty. Throws `CommandError`.
  func read() throws -> [Prompt] {
    let found = try unchecked()
    guard !found.isEmpty else { throw CommandError.noPrompt }
    return found
  }

  private func unchecked() throws -> [Prompt] {
    if let file {
      let lines = try PromptFile.text(at: file).split(
        separator: "\n", omittingEmptySubsequences: false)
      return try lines.enumerated().compactMap { index, line in
        let text = line.trimmingCharacters(in: .whitespacesAndNewlines)
        if text.isEmpty { return nil }
        guard file.hasSuffix(".jsonl") else { return Prompt(system: system, text: text) }
        return try PromptFile.prompt(inJSON: text, path: file, line: index + 1, system: system)
      }
    }
    let texts = prompts.isEmpty ? [try PromptFile.text(at: "-")] : prompts
    return texts.compactMap { text in
      let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
      return trimmed.isEmpty ? nil : Prompt(system: system, text: trimmed)
    }
  }
}
