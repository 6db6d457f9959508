import Foundation
import PrismPipeline
import Testing

@Suite("Persona folder")
struct PersonaFolderTests {
  @Test(
    "what cannot be used is named",
    arguments: [
      ([:], "the folder has no .txt or .md file"), (["a.txt": []], "the file is empty"),
      (["a.txt": [32, 10]], "the file is empty"), (["a.txt": [0xFF, 0xFE]], "the file is not UTF-8"),
      (["a.txt": Array(repeating: 97, count: 20_000)], "the file has 20000 bytes"),
      (["a.txt": [97], "a.md": [98]], "two files have the same name"),
    ] as [([String: [UInt8]], String)])
  func refused(files: [String: [UInt8]], expected: String) throws {
    let path = NSTemporaryDirectory() + "/prism-personas-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    for (name, bytes) in files { try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name)) }
    do {
      _ = try PersonaFolder.read(path, length: .long)
      Issue.record("accepted")
    } catch PipelineError.personas(_, let problem) {
      #expect(problem.hasPrefix(expected), "\(problem)")
    }
  }

  @Test("files are read in the order of their names")
  func read() throws {
    let path = NSTemporaryDirectory() + "/prism-personas-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    for name in ["b_c.txt", "a.md", ".hidden.txt", "notes.pdf"] {
      try Data("You are \(name).\n".utf8).write(to: URL(fileURLWithPath: path + "/" + name))
    }
    let personas = try PersonaFolder.read(path, length: .short)
    #expect(personas.map(\.name) == ["a", "b_c"])
    #expect(personas[1].domain == "b c" && personas[1].text == "You are b_c.txt.")
  }
}
