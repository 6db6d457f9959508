/// The fifteen sub-categories of the paper's overall score.
package enum OverallCategory: String, CaseIterable, Codable, Hashable, Sendable {
  package enum Benchmark: String, Codable, Hashable, Sendable { case mtBench, mmlu, safety }

  case writing = "mt_bench/writing"
  case roleplay = "mt_bench/roleplay"
  case reasoning = "mt_bench/reasoning"
  case math = "mt_bench/math"
  case coding = "mt_bench/coding"
  case extraction = "mt_bench/extraction"
  case stem = "mt_bench/stem"
  case humanities = "mt_bench/humanities"
  case mmluSTEM = "mmlu/stem"
  case mmluHumanities = "mmlu/humanities"
  case mmluSocialSciences = "mmlu/social_sciences"
  case mmluOther = "mmlu/other"
  case harmBench = "safety/harmbench"
  case jailbreak = "safety/jailbreak"
  case pkuSafeRLHF = "safety/pku_saferlhf"

  package var benchmark: Benchmark {
    switch self {
    case .writing, .roleplay, .reasoning, .math, .coding, .extraction, .stem, .humanities: .mtBench
    case .mmluSTEM, .mmluHumanities, .mmluSocialSciences, .mmluOther: .mmlu
    case .harmBench, .jailbreak, .pkuSafeRLHF: .safety
    }
  }

  /// The scale an item is scored on: a rating of 1 to 10, or 0 to 1 (right, refused).
  package var itemRange: ClosedRange<Double> { benchmark == .mtBench ? 1...10 : 0...1 }

  /// What an item's score is multiplied by to lie on 0 to 100. The paper's overall of 71.8 from
  /// 7.56, 71.7 and 60.3 fits ten times the rating (71.5, the means being rounded and MMLU's taken
  /// over questions); stretching 1...10 to 0...100 would give 70.1.
  package var factor: Double { benchmark == .mtBench ? 10 : 100 }
}
