/// Reads the rotary embedding of a `config.json`: `rope_theta` and `rope_scaling` at the top, or
/// both within `rope_parameters` as transformers 5 writes them.
struct RopeJSON {
  private let node: JSONNode
  private let path: String
  /// The object that describes the scaling, and its key.
  private let parameters: (key: String, node: JSONNode)?
  private(set) var problems: [String] = []

  init(node: JSONNode, path: String) {
    self.node = node
    self.path = path
    parameters =
      ["rope_parameters", "rope_scaling"].lazy.compactMap { key in
        node[key].map { (key, $0) }
      }.first
  }

  /// The base of the geometric series of rotary frequencies.
  mutating func base() -> Double {
    guard let value = parameters?.node["rope_theta"] ?? node["rope_theta"] else { return 10_000 }
    if let number = value.double { return number }
    problems.append("rope_theta is \(value.kind) instead of a number")
    return 0
  }

  /// Throws `ModelError.unsupported` for a kind of scaling this version does not have.
  mutating func scaling(context: Int) throws -> RopeScaling {
    guard let (key, scaling) = parameters else { return .none }
    guard case .object = scaling else {
      problems.append("\(key) is \(scaling.kind) instead of an object")
      return .none
    }
    guard let kind = scaling["rope_type"] ?? scaling["type"] else {
      if key == "rope_parameters" && scaling["rope_theta"] != nil { return .none }
      problems.append("\(key) has no rope_type")
      return .none
    }
    switch kind.text {
    case "default":
      return .none
    case "linear":
      return .linear(factor: number("factor", of: scaling, key))
    case "llama3":
      return .llama3(
        factor: number("factor", of: scaling, key),
        lowFactor: number("low_freq_factor", of: scaling, key),
        highFactor: number("high_freq_factor", of: scaling, key),
        originalContext: original(of: scaling, key, default: context))
    default:
      throw ModelError.unsupported(
        path: path, what: "the rope type \(kind.text ?? kind.kind)",
        supported: "default, linear, llama3")
    }
  }

  private mutating func number(_ name: String, of scaling: JSONNode, _ key: String) -> Double {
    if let number = scaling[name]?.double { return number }
    problems.append("\(key).\(name) is \(scaling[name]?.kind ?? "missing") instead of a number")
    return 0
  }

  private mutating func original(of scaling: JSONNode, _ key: String, default fallback: Int) -> Int
  {
    let name = "original_max_position_embeddings"
    guard let value = scaling[name] else { return fallback }
    if let integer = value.integer { return integer }
    problems.append("\(key).\(name) is \(value.kind) instead of an integer")
    return 0
  }
}
