import ArgumentParser
import Foundation
import PrismModel
import PrismPipeline
import PrismRouter

/// Says what is in a model, a bundle or a run.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Say what is in a model, a bundle or a run.",
    discussion: """
      A model: its kind, sizes and tensors. A bundle: the model it belongs to, gate, adapter and the \
      numbers of its run. A run: which stages are complete and what came out, even while it works.

      With --json one object whose key kind is model, bundle or run.

      EXAMPLE
        prism inspect smollm2-135m-instruct
        prism inspect run/bundle
        prism inspect --json run
      """)

  @Argument(help: "GGUF file, Hugging Face folder, known name, bundle or run.")
  var path: String

  @Flag(help: "Print one JSON object on one line.")
  var json = false

  func run() throws {
    let printer = Printer()
    if FileManager.default.fileExists(atPath: path + "/prism.json") {
      let bundle = try BundleInspection(path)
      return try json ? printer.json(bundle) : bundle.show(on: printer)
    }
    if RunInspection.isRun(path) {
      let run = try RunInspection(path)
      return try json ? printer.json(run) : run.show(on: printer)
    }
    let model = try ModelInspection(try ModelCache().resolve(path))
    try json ? printer.json(model) : model.show(on: printer)
  }
}
