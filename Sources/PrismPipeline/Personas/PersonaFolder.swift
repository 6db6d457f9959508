import Foundation

/// Personas from a folder of text files: `NAME.txt` (or `.md`) holds one persona's text.
public enum PersonaFolder {
  /// Bytes of a persona's text at most; more would crowd the query out of small contexts.
  static let maximumBytes = 16_384

  /// Personas in the order of their names. Throws `PipelineError.personas` for a folder that is
  /// missing or holds no text file, and for a file that is empty, too long or not UTF-8.
  public static func read(_ path: String, length: Persona.Length) throws -> [Persona] {
    func refuse(_ place: String, _ problem: String) -> PipelineError {
      .personas(path: place, problem: problem)
    }
    let entries: [String]
    do {
      entries = try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      throw refuse(path, "no readable folder is there")
    }
    let files = entries.filter {
      !$0.hasPrefix(".") && ($0.hasSuffix(".txt") || $0.hasSuffix(".md"))
    }.sorted()
    guard !files.isEmpty else {
      throw refuse(path, "the folder has no .txt or .md file; put one persona in each")
    }
    let personas = try files.map { file in
      let place = path + "/" + file
      guard let data = FileManager.default.contents(atPath: place) else {
        throw refuse(place, "the file cannot be read")
      }
      guard data.count <= maximumBytes else {
        throw refuse(place, "the file has \(data.count) bytes; allowed: at most \(maximumBytes)")
      }
      guard let text = String(validating: data, as: UTF8.self) else {
        throw refuse(place, "the file is not UTF-8 text")
      }
      guard !text.trimmed.isEmpty else { throw refuse(place, "the file is empty") }
      let name = file.split(separator: ".").dropLast().joined(separator: ".")
      return Persona(
        name: name, domain: DomainName.words(of: name), length: length, text: text.trimmed)
    }
    guard Set(personas.map(\.name)).count == personas.count else {
      throw refuse(path, "two files have the same name but for their ending")
    }
    return personas
  }
}
