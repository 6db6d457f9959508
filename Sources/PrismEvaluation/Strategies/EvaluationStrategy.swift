public import PrismPipeline

/// A way to answer a benchmark's items; the report compares them.
///
/// `prism`, `random-gate`, `oracle` and `average-persona` answer nothing themselves: for each item they
/// take what another strategy answered to it, which is what serving would have given, since a row's
/// answer depends on its own prompt and route alone.
public enum EvaluationStrategy: Hashable, Sendable {
  /// The model as it is.
  case base
  /// The persona that fits the item's category, in the prompt.
  case expert(PersonaPlacement)
  /// One persona for all items.
  case persona(name: String, PersonaPlacement)
  /// Mean over all twelve personas.
  case averagePersona(PersonaPlacement)
  /// Text of the length of a long persona that says nothing about experts: what length alone does.
  case controlText
  /// An adapter fine-tuned on the winning answers, for every item: the paper's baseline.
  case fineTuned
  /// The adapter for every item.
  case adapter
  /// The adapter for a random share of the items, as large as the gate's.
  case randomGate
  /// The gate decides.
  case prism
  /// Whichever of base and adapter scored better, item by item: the most that any gate could reach.
  case oracle

  /// Names without options, in the order they are reported in.
  static let plainNames = [
    "base", "expert", "average-persona", "control-text", "fine-tuned", "adapter",
    "random-gate", "prism", "oracle",
  ]

  /// Reads a name such as `base`, `expert`, `expert:short`, `persona:math:minimum:user`.
  /// Throws `EvaluationError.unknownStrategy`.
  public init(named name: String) throws {
    var parts = name.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    let head = parts.removeFirst()
    let persona = head == "persona" && !parts.isEmpty ? parts.removeFirst() : nil
    guard let placement = PersonaPlacement(parts),
      persona.map({ ShippedPersonas.names.contains($0) }) ?? true
    else { throw EvaluationError.unknownStrategy(name: name) }
    switch (head, persona) {
    case ("persona", let persona?): self = .persona(name: persona, placement)
    case ("expert", _): self = .expert(placement)
    case ("average-persona", _): self = .averagePersona(placement)
    case ("base", _) where parts.isEmpty: self = .base
    case ("control-text", _) where parts.isEmpty: self = .controlText
    case ("fine-tuned", _) where parts.isEmpty: self = .fineTuned
    case ("adapter", _) where parts.isEmpty: self = .adapter
    case ("random-gate", _) where parts.isEmpty: self = .randomGate
    case ("prism", _) where parts.isEmpty: self = .prism
    case ("oracle", _) where parts.isEmpty: self = .oracle
    default: throw EvaluationError.unknownStrategy(name: name)
    }
  }

  /// What `init(named:)` reads back.
  public var name: String {
    switch self {
    case .base: "base"
    case .expert(let placement): "expert" + placement.suffix
    case .persona(let name, let placement): "persona:" + name + placement.suffix
    case .averagePersona(let placement): "average-persona" + placement.suffix
    case .controlText: "control-text"
    case .fineTuned: "fine-tuned"
    case .adapter: "adapter"
    case .randomGate: "random-gate"
    case .prism: "prism"
    case .oracle: "oracle"
    }
  }

  /// Whether adapter and gate of a bundle are needed.
  public var needsBundle: Bool {
    switch self {
    case .adapter, .randomGate, .prism, .oracle: true
    case .base, .expert, .persona, .averagePersona, .controlText, .fineTuned: false
    }
  }
}

/// How long a persona is and where it stands.
public struct PersonaPlacement: Hashable, Sendable {
  public enum Place: String, Codable, Hashable, Sendable, CaseIterable { case system, user }

  public var length = Persona.Length.long
  public var place = Place.system

  public init(length: Persona.Length = .long, place: Place = .system) {
    self.length = length
    self.place = place
  }

  /// `nil` for a word that is neither a length nor a place, or more than one of a kind.
  init?(_ words: [String]) {
    let lengths = words.compactMap { Persona.Length(rawValue: $0) }
    let places = words.compactMap { Place(rawValue: $0) }
    guard lengths.count <= 1, places.count <= 1, lengths.count + places.count == words.count else {
      return nil
    }
    length = lengths.first ?? .long
    place = places.first ?? .system
  }

  /// Options that differ from the default, each after a colon.
  var suffix: String {
    (length == .long ? "" : ":" + length.rawValue) + (place == .system ? "" : ":" + place.rawValue)
  }
}
