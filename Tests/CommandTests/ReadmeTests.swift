import Foundation
import Testing

@Suite("What the documentation says can be typed")
struct ReadmeTests {
  /// Lines of the fenced `sh` blocks of a document.
  private func shellLines(_ name: String) throws -> [String] {
    let text = try String(
      contentsOf: TinyModel.repository.appendingPathComponent(name), encoding: .utf8)
    var isInside = false
    return text.components(separatedBy: "\n").filter { line in
      if line.hasPrefix("```") {
        isInside = line == "```sh"
        return false
      }
      return isInside && !line.isEmpty
    }
  }

  @Test(
    "every prism command in the documents parses",
    arguments: [
      "README.md", "docs/benchmarks.md", "docs/formats.md", "docs/performance.md",
      "docs/serving.md",
    ])
  func commands(name: String) throws {
    let lines = try shellLines(name).filter { $0.hasPrefix("prism ") }
    #expect(!lines.isEmpty)
    for line in lines { try ShellLine.expectParses(line) }
  }

  @Test("every script in the README is there and can be run")
  func scripts() throws {
    let scripts = try shellLines("README.md").compactMap { line in
      line.split(separator: " ").first.map(String.init)
    }.filter { $0.hasPrefix("script/") || $0.hasPrefix("runs/") }
    #expect(scripts.contains("script/demo") && scripts.contains("script/test"))
    for script in scripts {
      let path = TinyModel.repository.appendingPathComponent(script).path
      #expect(FileManager.default.isExecutableFile(atPath: path), "\(script)")
    }
  }
}
