package import Foundation
import PrismModel

/// `adapter_config.json` in the layout of Python peft.
package struct AdapterConfiguration: Hashable, Sendable {
  package var rank: Int
  package var alpha: Float
  /// Dropout the adapter was trained with; inference has none. Range 0..<1.
  package var dropout: Float
  package var layers: Range<Int>
  package var baseModelName: String

  package init(
    rank: Int, alpha: Float, dropout: Float, layers: Range<Int>, baseModelName: String
  ) {
    self.rank = rank
    self.alpha = alpha
    self.dropout = dropout
    self.layers = layers
    self.baseModelName = baseModelName
  }

  /// The keys this program reads or writes.
  private enum Key: String {
    case kind = "peft_type"
    case task = "task_type"
    case rank = "r"
    case alpha = "lora_alpha"
    case dropout = "lora_dropout"
    case modules = "target_modules"
    case layers = "layers_to_transform"
    case baseModel = "base_model_name_or_path"
    case bias
    case initial = "init_lora_weights"
    case inference = "inference_mode"
    case fanInFanOut = "fan_in_fan_out"
    case rankStabilised = "use_rslora"
    case decomposed = "use_dora"
    case savedModules = "modules_to_save"
    case rankPattern = "rank_pattern"
    case alphaPattern = "alpha_pattern"
    case layersPattern = "layers_pattern"
    case revision
  }

  /// Settings of peft that change what an adapter computes; only their "off" is supported.
  private static let unsupported: [String] =
    [
      Key.fanInFanOut, .rankStabilised, .decomposed, .savedModules, .rankPattern, .alphaPattern,
    ].map(\.rawValue) + [
      "use_qalora", "use_bdlora", "lora_bias", "layer_replication", "trainable_token_indices",
      "exclude_modules", "target_parameters", "alora_invocation_tokens", "arrow_config",
      "ensure_weight_tying", "kasa_config", "monteclora_config", "velora_config",
    ]

  /// Initialisations that also change the base model's weights.
  private static let changingInitialisations = ["pissa", "olora", "corda", "loftq", "lora_ga"]

  /// Largest rank read; the projections of known models are not much wider.
  private static let rankLimit = 4096

  package func encoded() throws -> Data {
    let values: [Key: JSONValue] = [
      .kind: .string("LORA"), .task: .string("CAUSAL_LM"), .rank: .number(Double(rank)),
      .alpha: .number(Double(alpha)), .dropout: .number(dropout.shortestDouble),
      .modules: .array(Projection.allCases.map { .string($0.rawValue) }),
      .layers: .array(layers.map { .number(Double($0)) }), .baseModel: .string(baseModelName),
      .bias: .string("none"), .initial: .bool(true), .inference: .bool(true),
      .fanInFanOut: .bool(false), .rankStabilised: .bool(false), .decomposed: .bool(false),
      .savedModules: .null, .rankPattern: .object([:]), .alphaPattern: .object([:]),
      .layersPattern: .null, .revision: .null,
    ]
    let named = Dictionary(uniqueKeysWithValues: values.map { ($0.key.rawValue, $0.value) })
    return try JSONFile.encode(named)
  }

  /// What `data` says, and everything in it that this program cannot do; `nil` where no
  /// configuration is left. `layerCount` is the base model's.
  package static func decode(
    _ data: Data, layerCount: Int
  ) throws -> (configuration: AdapterConfiguration?, problems: [String]) {
    let values = try JSONDecoder().decode([String: JSONValue].self, from: data)
    var problems: [String] = []
    func value(_ key: Key) -> JSONValue { values[key.rawValue] ?? .null }
    func complain(_ key: String, _ found: JSONValue, _ allowed: String) {
      problems.append("\(key) is \(found.summary), supported: \(allowed)")
    }
    for (key, only) in [(Key.kind, "LORA"), (.bias, "none")] where value(key) != .string(only) {
      complain(key.rawValue, value(key), "\"\(only)\"")
    }
    if case .string(let task) = value(.task), task != "CAUSAL_LM" {
      complain(Key.task.rawValue, value(.task), "\"CAUSAL_LM\"")
    }
    for key in unsupported {
      if let found = values[key], !found.isOff { complain(key, found, "off") }
    }
    if case .string(let name) = value(.initial),
      changingInitialisations.contains(where: { name.lowercased().hasPrefix($0) })
    {
      complain(Key.initial.rawValue, value(.initial), "ones that leave the base model alone")
    }
    let modules = Projection.allCases.map(\.rawValue)
    if case .array(let found) = value(.modules),
      Set(found) == Set(modules.map { .string($0) }), found.count == modules.count
    {
    } else {
      complain(Key.modules.rawValue, value(.modules), "all of " + modules.joined(separator: ", "))
    }
    let rank = value(.rank).integer ?? 0
    if !(1...rankLimit).contains(rank) {
      complain(Key.rank.rawValue, value(.rank), "1 to \(rankLimit)")
    }
    var alpha: Float = 0
    if case .number(let found) = value(.alpha) { alpha = Float(found) }
    if !(alpha > 0 && alpha.isFinite) {
      complain(Key.alpha.rawValue, value(.alpha), "a number above 0")
    }
    var dropout: Float = 0
    if case .number(let found) = value(.dropout) { dropout = Float(found) }
    if !(0..<1).contains(dropout) {
      complain(Key.dropout.rawValue, value(.dropout), "0 up to but not 1")
    }
    let layers = range(of: value(.layers), layerCount: layerCount)
    if layers == nil {
      complain(
        Key.layers.rawValue, value(.layers),
        "neighbouring layers of 0 to \(layerCount - 1), each once")
    }
    var name = ""
    if case .string(let found) = value(.baseModel) { name = found }
    guard let layers, problems.isEmpty else { return (nil, problems) }
    return (
      AdapterConfiguration(
        rank: rank, alpha: alpha, dropout: dropout, layers: layers, baseModelName: name), []
    )
  }

  /// Neighbouring layers of the model as a range; peft's `null` means all.
  private static func range(of value: JSONValue, layerCount: Int) -> Range<Int>? {
    guard case .array(let list) = value else {
      return value == .null && layerCount > 0 ? 0..<layerCount : nil
    }
    let layers = list.compactMap(\.integer).sorted()
    guard layers.count == list.count, let first = layers.first, let last = layers.last, first >= 0,
      last < layerCount, layers == Array(first...last)
    else { return nil }
    return first..<last + 1
  }
}

extension Float {
  /// The double with the same shortest decimal form, so that JSON says 0.05 and not
  /// 0.05000000074505806.
  package var shortestDouble: Double { Double(description) ?? Double(self) }
}
