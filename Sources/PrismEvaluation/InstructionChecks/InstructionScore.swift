/// Which instructions of one prompt a response follows. Both lists are `[instruction]`, in the order
/// of the checks.
public struct InstructionScore: Codable, Hashable, Sendable {
  /// The response as it is.
  public let strict: [Bool]
  /// Any of eight forms of the response: as it is or without asterisks, and whole, without the first
  /// line, without the last or without both. Forgives an introduction and Markdown emphasis.
  public let loose: [Bool]

  /// Scores a response against all instructions of its prompt.
  public init(response: String, checks: [InstructionCheck]) {
    let text = ScalarText(response)
    let variants = LooseResponses.variants(of: text)
    let strict = checks.map { $0.isFollowed(by: text) }
    self.strict = strict
    loose = zip(checks, strict).map { check, isFollowed in
      isFollowed || variants.dropFirst().contains { check.isFollowed(by: $0) }
    }
  }

  /// Whether the response as it is follows every instruction.
  public var followsAllStrictly: Bool { strict.allSatisfy { $0 } }
  /// Whether for every instruction some form of the response follows it.
  public var followsAllLoosely: Bool { loose.allSatisfy { $0 } }
}

/// IFEval's four numbers, each a share from 0 to 1.
public struct InstructionAccuracy: Codable, Hashable, Sendable {
  /// Share of prompts whose every instruction is followed, strictly.
  public let promptStrict: Double
  /// Share of prompts whose every instruction is followed, loosely.
  public let promptLoose: Double
  /// Share of followed instructions over all prompts, strictly.
  public let instructionStrict: Double
  /// Share of followed instructions over all prompts, loosely.
  public let instructionLoose: Double

  /// `nil` without any instruction.
  public init?(_ scores: [InstructionScore]) {
    let strict = scores.flatMap(\.strict)
    let loose = scores.flatMap(\.loose)
    guard !strict.isEmpty else { return nil }
    func share(_ followed: Int, of count: Int) -> Double { Double(followed) / Double(count) }
    promptStrict = share(scores.count(where: \.followsAllStrictly), of: scores.count)
    promptLoose = share(scores.count(where: \.followsAllLoosely), of: scores.count)
    instructionStrict = share(strict.count { $0 }, of: strict.count)
    instructionLoose = share(loose.count { $0 }, of: loose.count)
  }
}
