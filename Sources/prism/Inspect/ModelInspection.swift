import PrismModel

/// What `prism inspect` says of a model.
struct ModelInspection: Encodable {
  let kind = "model"
  let path: String
  let fingerprint: String
  let model: ModelSummary

  init(_ path: String) throws {
    let files = try ModelFiles.open(path)
    self.path = path
    fingerprint = files.fingerprint
    model = files.summary
  }

  func show(on printer: Printer) throws {
    let types = model.tensorTypes.sorted { $0.value > $1.value }
      .map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    try printer.line(printer.style.bold("\(path): a model"))
    try printer.table([
      ("format", model.format),
      ("architecture", model.architecture),
      ("parameters", Quantity.count(model.parameterCount)),
      ("size", Quantity.bytes(model.fileBytes)),
      ("tensors", types),
      (
        "shape",
        "\(model.layerCount) layers, hidden \(model.hiddenSize), feed-forward "
          + "\(model.feedForwardSize), heads of \(model.headSize)"
      ),
      ("context", "\(model.contextLength) tokens"),
      ("vocabulary", "\(model.vocabularySize) tokens"),
      ("chat template", model.hasChatTemplate ? "its own" : "none; prompts go in as they are"),
      ("fingerprint", fingerprint),
    ])
  }
}
