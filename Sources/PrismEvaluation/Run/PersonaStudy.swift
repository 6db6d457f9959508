import PrismPipeline

/// The paper's study of when personas help: every shipped persona in every length and place.
public enum PersonaStudy {
  /// Lengths from the least to the most text, each at both places.
  static let placements: [PersonaPlacement] = PersonaPlacement.Place.allCases.flatMap { place in
    [Persona.Length.minimum, .short, .long].map { PersonaPlacement(length: $0, place: place) }
  }

  /// Names that `EvaluationStrategy` reads: base, the mean over the personas at each length and place,
  /// and each persona there.
  public static var strategies: [String] {
    let averages = placements.map { EvaluationStrategy.averagePersona($0) }
    let personas = placements.flatMap { placement in
      ShippedPersonas.names.map { EvaluationStrategy.persona(name: $0, placement) }
    }
    return ([.base] + averages + personas).map(\.name)
  }
}
