import Foundation

/// What a user asks, before the chat template.
struct Prompt {
  let system: String?
  let text: String
}

/// Reads prompts from files and standard input.
enum PromptFile {
  /// Larger files are refused before they fill the memory. Bytes.
  private static let sizeLimit = 64 << 20

  private struct Line: Decodable {
    let prompt: String
    let system: String?
  }

  /// The text at `path`, `-` being standard input. Throws `CommandError`.
  static func text(at path: String) throws -> String {
    let data = path == "-" ? try standardInput() : try contents(of: path)
    guard data.count <= sizeLimit else {
      throw CommandError.cannotRead(path: path, reason: "it is larger than \(sizeLimit >> 20) MiB")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw CommandError.cannotRead(path: path, reason: "it is not UTF-8 text")
    }
    return text
  }

  /// One object of a JSON Lines file; its own system prompt wins.
  static func prompt(inJSON text: String, path: String, line: Int, system: String?) throws -> Prompt
  {
    do {
      let object = try JSONDecoder().decode(Line.self, from: Data(text.utf8))
      guard !object.prompt.isEmpty else {
        throw CommandError.badPrompt(path: path, line: line, reason: "\"prompt\" is empty")
      }
      return Prompt(system: object.system ?? system, text: object.prompt)
    } catch is DecodingError {
      throw CommandError.badPrompt(
        path: path, line: line, reason: "expected an object with \"prompt\", a string")
    }
  }

  private static func contents(of path: String) throws -> Data {
    do {
      return try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw CommandError.cannotRead(path: path, reason: "no readable file is there")
    }
  }

  private static func standardInput() throws -> Data {
    var data = Data()
    while data.count <= sizeLimit {
      guard let bytes = try StandardStreams.read(limit: 1 << 16) else {
        if Interruption.isRequested { break }
        continue
      }
      if bytes.isEmpty { break }
      data.append(contentsOf: bytes)
    }
    return data
  }
}
