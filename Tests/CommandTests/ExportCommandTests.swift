import Foundation
import Testing

@Suite("Exporting from the command line", .serialized)
struct ExportCommandTests {
  let folder: TemporaryFolder
  let model: String

  init() throws {
    folder = try TemporaryFolder()
    model = try TinyModel.make(in: folder)
  }

  /// A bundle for the tiny model.
  private func bundle() throws -> String {
    let config = try folder.write(TinyModel.settings, to: "tiny.yaml")
    let outcome = try PrismProcess.run([
      "distill", "--model", model, "--out", folder.file("run"), "--config", config,
    ])
    try #require(outcome.status == 0, "\(outcome.errors)")
    return folder.file("run/bundle")
  }

  @Test("both formats are written, nothing is replaced, and a full disk leaves nothing behind")
  func exports() throws {
    let bundle = try bundle()
    for (format, name) in [("gguf", "adapter.gguf"), ("peft", "adapter")] {
      let command = ["export", "--bundle", bundle, "--to", format, "--out", folder.file(name)]
      let first = try PrismProcess.run(command)
      #expect(first.status == 0, "\(first.errors)")
      #expect(first.output == "\(folder.file(name)): rank 2, alpha 32.0, layers 1 to 2\n")
      let again = try PrismProcess.run(command)
      #expect(again.status == 1 && again.output == "")
      #expect(again.errors.hasPrefix("error: will not replace "), "\(again.errors)")
      // A limit of 1 KiB on files stands for a disk that fills up while the tensors are written.
      let full = try PrismProcess.shell(
        """
        trap '' XFSZ; ulimit -f 2
        "$PRISM" export --bundle '\(bundle)' --to \(format) --out '\(folder.file("full"))'
        """)
      #expect(full.status == 1 && full.output == "")
      #expect(
        full.errors == "error: cannot write \(folder.file("full")): File too large\n",
        "\(full.errors)")
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    #expect(names == ["adapter", "adapter.gguf", "run", "tiny", "tiny.yaml"])
    let inside = try FileManager.default.contentsOfDirectory(atPath: folder.file("adapter"))
    #expect(inside.sorted() == ["adapter_config.json", "adapter_model.safetensors"])
  }

  @Test("a missing flag and another model are one sentence")
  func refusals() throws {
    #expect(try PrismProcess.run(["export", "--to", "gguf", "--out", "x"]).status == 64)
    #expect(try PrismProcess.run(["export", "--bundle", "b", "--out", "x"]).status == 64)
    let format = try PrismProcess.run(["export", "--bundle", "b", "--to", "onnx", "--out", "x"])
    #expect(format.status == 64 && format.errors.contains("'gguf' and 'peft'"), "\(format.errors)")
    let none = try PrismProcess.run([
      "export", "--model", model, "--bundle", folder.file("none"), "--to", "gguf", "--out", "x",
    ])
    #expect(none.status == 1 && none.errors.contains(folder.file("none")), "\(none.errors)")
  }
}
