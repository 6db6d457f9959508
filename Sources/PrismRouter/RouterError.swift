/// Everything that can be wrong with an adapter, a gate or a bundle, one sentence each.
public enum RouterError: Error, Hashable, CustomStringConvertible {
  /// A file or folder cannot be opened, read or written.
  case unreadable(path: String, reason: String)
  /// A JSON file does not hold what its format says.
  case malformed(path: String, reason: String)
  /// Several things are wrong at once; every one is listed.
  case problems(path: String, [String])
  /// The bundle was written by a newer or older program.
  case version(path: String, found: Int, supported: Int)
  /// The bundle was made for another model.
  case otherModel(path: String, name: String, expected: String, found: String)
  /// The bundle was made for another tokenizer.
  case otherTokenizer(path: String, expected: String, found: String)
  /// A number is outside its range.
  case outOfRange(path: String, what: String, found: String, allowed: String)
  /// Writing would destroy something else.
  case occupied(path: String, reason: String)

  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "cannot use \(path): \(reason)"
    case .malformed(let path, let reason):
      "\(path) is damaged: \(reason); write the bundle again"
    case .problems(let path, let problems):
      "\(path) has \(problems.count) problem\(problems.count == 1 ? "" : "s"): "
        + problems.joined(separator: "; ")
    case .version(let path, let found, let supported):
      "\(path) has bundle format \(found), this program reads format \(supported); "
        + (found > supported ? "use a newer prism" : "distill the bundle again")
    case .otherModel(let path, let name, let expected, let found):
      "\(path) was made for the model \(name) with fingerprint \(found), not for the one given (\(expected)); name that model or distill again"
    case .otherTokenizer(let path, let expected, let found):
      "\(path) was made with a tokenizer of fingerprint \(found), the model given has \(expected); name the same model file or distill again"
    case .outOfRange(let path, let what, let found, let allowed):
      "\(path): \(what) is \(found), allowed: \(allowed)"
    case .occupied(let path, let reason):
      "will not replace \(path): \(reason); give another name or move it away"
    }
  }
}
