import ArgumentParser
import Foundation
import PrismModel
import PrismRouter

/// Writes a bundle's adapter for other programs.
struct ExportCommand: ParsableCommand {
  enum Format: String, CaseIterable, ExpressibleByArgument {
    case gguf
    case peft
  }

  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a bundle's adapter for llama.cpp (gguf) or for vLLM and peft (peft).",
    discussion: """
      gguf is one file for `llama-server --lora`. peft is a folder with adapter_config.json and \
      adapter_model.safetensors. The gate stays with prism, which decides and then asks such a \
      server for its base model or its adapter.

      EXAMPLE
        prism export --bundle run/bundle --to gguf --out adapter.gguf
        prism export --bundle run/bundle --to peft --out adapter
      """)

  @Option(
    help: ArgumentHelp(
      "Folder with adapter and gate, made by `prism distill`.", valueName: "folder"))
  var bundle: String

  @Option(
    help: ArgumentHelp(
      "The model it was made for, as a path or name. (default: the bundle's)",
      valueName: "path-or-name"))
  var model: String?

  @Option(help: "gguf or peft.")
  var to: Format

  @Option(help: ArgumentHelp("File or, for peft, new folder to write.", valueName: "path"))
  var out: String

  func run() throws {
    let files = try ModelFiles.open(try Session.modelPath(model: model, bundle: bundle))
    let loaded = try RouterBundle.load(
      bundle, model: files.configuration, expectedFingerprint: files.fingerprint,
      expectedTokenizerFingerprint: files.tokenizer.fingerprint)
    switch to {
    case .gguf: try AdapterGGUF.write(loaded, to: out)
    case .peft: try AdapterFolder.write(loaded, to: out)
    }
    let adapter = loaded.adapter
    try Printer().line(
      "\(out): rank \(adapter.rank), alpha \(adapter.alpha), layers "
        + "\(adapter.layers.lowerBound) to \(adapter.layers.upperBound - 1)")
  }
}
