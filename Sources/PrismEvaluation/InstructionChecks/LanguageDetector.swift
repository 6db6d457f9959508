import Foundation

/// Says in which language a text is written, for answers of about fifty words and more.
///
/// IFEval's reference asks `langdetect`, a classifier over letter trigrams trained on Wikipedia that
/// draws random numbers. This one is deterministic and small: the script of most letters leaves a few
/// languages, and among those the frequent words of each and the letter pairs in them decide. It knows
/// the same 55 languages. It differs on short texts, on texts in several languages, and on text in
/// capital letters, which `langdetect` mostly skips: here case makes no difference. A language that is
/// not among the 55 is taken for the nearest one, as there.
package struct LanguageDetector: Sendable {
  /// Codes as `langdetect` writes them, sorted.
  package let languages: [String]
  private let profiles: [LanguageScript: [LanguageProfile]]

  /// Text beyond this many code points is not looked at, as in `langdetect`.
  private static let longest = 10_000

  /// What English is ahead by, in nats: most answers are English, and a few common words alone should
  /// not make Afrikaans of one. Two or three frequent words of another language outweigh it.
  private static let englishLead = 3.0

  /// The detector of this package, read once.
  package static func shipped() throws -> LanguageDetector { try shippedResult.get() }

  private static let shippedResult = Result {
    let name = "languages.json"
    guard let file = Bundle.module.url(forResource: "languages", withExtension: "json") else {
      throw EvaluationError.evaluationResource(name: name, problem: "it is missing")
    }
    do {
      return try LanguageDetector(json: Data(contentsOf: file))
    } catch {
      throw EvaluationError.evaluationResource(name: name, problem: "\(error)")
    }
  }

  private struct Entry: Decodable {
    let code: String
    let script: LanguageScript
    /// The most frequent words; none where the script alone decides.
    let frequent: String
    /// Words that show how the language spells.
    let ordinary: String
  }

  init(json: Data) throws {
    let entries = try JSONDecoder().decode([Entry].self, from: json)
    languages = entries.map(\.code).sorted()
    let all = entries.map { entry in
      LanguageProfile(
        code: entry.code, script: entry.script, frequent: entry.frequent.split(separator: " "),
        ordinary: entry.ordinary.split(separator: " "))
    }
    profiles = Dictionary(grouping: all, by: \.script)
  }

  /// Whether the text is in `language`, or in none that could be named: the reference counts a text
  /// without a letter it knows as followed.
  package func isConsistent(_ text: ScalarText, with language: String) -> Bool {
    self.language(of: text).map { $0 == language } ?? true
  }

  /// The most likely language; `nil` without any letter of a known script.
  package func language(of text: ScalarText) -> String? {
    let text = text.slice(0..<Self.longest)
    guard let script = script(of: text), let candidates = profiles[script] else { return nil }
    guard candidates.count > 1 else { return candidates.first?.code }
    var scores = candidates.map { $0.code == "en" ? Self.englishLead : 0 }
    for word in words(of: text, script: script) {
      for index in candidates.indices { scores[index] += candidates[index].score(word) }
    }
    return zip(candidates, scores).max { $0.1 < $1.1 }?.0.code
  }

  /// The script of most letters, those that stand for a syllable or a word counted accordingly.
  private func script(of text: ScalarText) -> LanguageScript? {
    var counts: [LanguageScript: Int] = [:]
    for scalar in text.scalars {
      if let script = LanguageScript.of(scalar) { counts[script, default: 0] += script.letters }
    }
    // A Japanese text may hold more Chinese characters than its own, a Chinese one holds hardly any.
    if let kana = counts[.kana], let han = counts[.han], kana * 10 >= han {
      counts[.kana] = kana + han
      counts[.han] = nil
    }
    // The order of the cases decides a tie.
    return LanguageScript.allCases.filter { counts[$0] != nil }
      .max { (counts[$0] ?? 0) < (counts[$1] ?? 0) }
  }

  /// Runs of the script's letters in lower case; Chinese characters one by one.
  private func words(of text: ScalarText, script: LanguageScript) -> [[Unicode.Scalar]] {
    let letters = text.lowercased.scalars
    if script == .han {
      return letters.filter { LanguageScript.of($0) == .han }.map { [$0] }
    }
    return letters.split { LanguageScript.of($0) != script }.map(Array.init)
  }
}
