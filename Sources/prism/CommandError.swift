/// What can go wrong in the command itself, one sentence each.
enum CommandError: Error, CustomStringConvertible {
  case cannotPrint(reason: String)
  case cannotRead(path: String, reason: String)
  /// A prompt file holds something that is no prompt.
  case badPrompt(path: String, line: Int, reason: String)
  case noPrompt
  /// Neither a model nor a bundle, which would name its own, is there.
  case noModel
  /// `--fresh` would discard what another command made.
  case freshWouldDiscard(path: String, what: String)
  /// Nothing at the path is a model, a bundle or a run.
  case unknownKind(path: String)
  /// The bundle's model, found through the bundle's own record, is not there.
  case bundleModel(bundle: String, name: String, reason: String)

  /// Two bundles would be served under one name.
  case bundleName(name: String)

  /// There is neither a run nor a finished evaluation at the path.
  case nothingToReport(path: String)

  var description: String {
    switch self {
    case .cannotPrint(let reason):
      "cannot write to standard output: \(reason)"
    case .cannotRead(let path, let reason):
      "cannot read \(path): \(reason)"
    case .badPrompt(let path, let line, let reason):
      "line \(line) of \(path) is no prompt: \(reason)"
    case .noPrompt:
      "there is no prompt; give one as an argument, on standard input or with --file"
    case .noModel:
      "no model is named, and there is no bundle that names its own; say --model or --bundle"
    case .freshWouldDiscard(let path, let what):
      "\(path) holds \(what), which --fresh would discard; choose another --out"
    case .bundleName(let name):
      "two bundles are named \(name); give them names of their own with --bundle NAME=FOLDER"
    case .nothingToReport(let path):
      "\(path) holds neither results.json nor configuration.yaml; name the --out folder of a finished `prism distill` or `prism eval`"
    case .unknownKind(let path):
      "\(path) is neither a model (GGUF file or Hugging Face folder), a bundle (prism.json) nor a run (configuration.yaml)"
    case .bundleModel(let bundle, let name, let reason):
      "\(bundle) was made for the model \(name), which is not found (\(reason)); say where it is with --model"
    }
  }
}
