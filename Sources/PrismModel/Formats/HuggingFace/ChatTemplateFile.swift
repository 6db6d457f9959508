package import Foundation

/// Finds the chat template of a Hugging Face folder.
package enum ChatTemplateFile {
  private static let longestFile = 4_000_000

  /// `chat_template.jinja`, else `chat_template` of `tokenizer_config.json`: a string, or a list of
  /// named templates of which `default` is meant. Nil when there is none.
  package static func read(folder: URL) throws -> String? {
    let jinja = folder.appendingPathComponent("chat_template.jinja").path
    if FileManager.default.fileExists(atPath: jinja) { return try text(jinja) }
    let settings = folder.appendingPathComponent("tokenizer_config.json").path
    guard FileManager.default.fileExists(atPath: settings) else { return nil }
    let node = try JSONReader.parse(path: settings, byteLimit: longestFile)
    switch node["chat_template"] {
    case nil: return nil
    case .string(let text): return text
    case .array(let entries):
      if let entry = entries.first(where: { $0["name"]?.text == "default" }),
        let text = entry["template"]?.text
      {
        return text
      }
      throw ModelError.malformed(
        path: settings, at: "chat_template", expected: "a template named default",
        found: entries.compactMap { $0["name"]?.text }.joined(separator: ", "))
    case let other?:
      throw ModelError.malformed(
        path: settings, at: "chat_template", expected: "a string or a list of named templates",
        found: other.kind)
    }
  }

  private static func text(_ path: String) throws -> String {
    let file = try MappedFile(path: path)
    guard file.count <= longestFile, let text = String(validating: file.bytes, as: UTF8.self) else {
      throw ModelError.malformed(
        path: path, at: "its contents", expected: "at most \(longestFile) bytes of UTF-8 text",
        found: "something else")
    }
    return text
  }
}
