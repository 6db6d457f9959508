/// What adapter training brings the student closer to.
public enum AdapterObjective: Hashable, Sendable {
  /// The teacher's distribution, who sees the persona: the paper's distillation.
  case teacher
  /// The answers' own tokens: ordinary fine-tuning, the paper's baseline. No teacher looks at anything;
  /// `temperature` and `topTokens` have no meaning.
  case answers
}
