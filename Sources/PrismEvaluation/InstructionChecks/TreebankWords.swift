/// Words as NLTK's `word_tokenize` cuts one sentence: the Penn Treebank's conventions, by passes that
/// put spaces between what belongs apart.
package enum TreebankWords {
  private typealias Scalars = [Unicode.Scalar]

  package static func words(of sentence: ScalarText) -> [ScalarText] {
    var text = openingQuotes(sentence.scalars)
    text = finalPeriod(text, closing: "])}>\"'»”’ ")
    text = colonsAndCommas(text)
    text = ellipses(text)
    text = padded(text, "@;#$%&")
    text = finalPeriod(text, closing: "])}>\"'")
    text = padded(text, "?!")
    text = apostrophesBeforeSpace(text)
    text = padded(text, "*[](){}<>")
    text = replaced(text, "--", by: " -- ")
    text = padded([" "] + text + [" "], "»”’")
    text = replaced(text, "''", by: " '' ")
    text = replaced(text, "\"", by: " '' ")
    text = singleSpaces(text)
    text = cut(text, before: shortClitics)
    text = cut(text, before: longClitics)
    return TreebankContractions.split(text).flatMap { ScalarText($0).words }
  }

  private static func openingQuotes(_ text: Scalars) -> Scalars {
    var result = padded(text, "«“‘„")
    result = runs(result, of: "`", atLeast: 1)
    if result.first == "\"" { result.replaceSubrange(0..<1, with: "``".unicodeScalars) }
    result = replaced(result, "``", by: " `` ")
    result = quotesAfterOpening(result)
    return detachedApostrophes(result)
  }

  /// A double quote, or two single ones, after a space or an opening bracket.
  private static func quotesAfterOpening(_ text: Scalars) -> Scalars {
    var result: Scalars = []
    var index = 0
    while index < text.count {
      result.append(text[index])
      let isOpening = " ([{<".unicodeScalars.contains(text[index])
      index += 1
      guard isOpening, index < text.count else { continue }
      let width =
        text[index] == "\"" ? 1 : text[index...].starts(with: "''".unicodeScalars) ? 2 : 0
      guard width > 0 else { continue }
      result += " `` ".unicodeScalars
      index += width
    }
    return result
  }

  /// An apostrophe before a word of one character that is no clitic stands alone.
  private static func detachedApostrophes(_ text: Scalars) -> Scalars {
    var result: Scalars = []
    for index in text.indices {
      result.append(text[index])
      guard text[index] == "'", index + 1 < text.count, PythonScalar.isWord(text[index + 1]),
        !"mtsdn".unicodeScalars.contains(PythonScalar.folded(text[index + 1])),
        index + 2 >= text.count || !PythonScalar.isWord(text[index + 2])
      else { continue }
      result.append(" ")
    }
    return result
  }

  /// A full stop at the end, perhaps with closing marks behind it, stands alone.
  private static func finalPeriod(_ text: Scalars, closing: String) -> Scalars {
    guard let period = text.lastIndex(of: "."), period > 0, text[period - 1] != "." else {
      return text
    }
    let rest = text[(period + 1)...]
    let space = rest.drop { closing.unicodeScalars.contains($0) }
    guard space.allSatisfy(PythonScalar.isSpace) else { return text }
    return text[..<period] + " . ".unicodeScalars + rest[..<space.startIndex] + [" "]
  }

  /// A colon or comma stands alone unless a digit follows; the character behind it is passed over.
  private static func colonsAndCommas(_ text: Scalars) -> Scalars {
    var result: Scalars = []
    var index = 0
    while index < text.count {
      let isMark = text[index] == ":" || text[index] == ","
      if isMark, index + 1 < text.count, !PythonScalar.isDigit(text[index + 1]) {
        result += [" ", text[index], " ", text[index + 1]]
        index += 2
      } else {
        result.append(text[index])
        index += 1
      }
    }
    if let last = result.last, last == ":" || last == "," {
      result.replaceSubrange((result.count - 1)..., with: [" ", last, " "])
    }
    return result
  }

  private static func ellipses(_ text: Scalars) -> Scalars { runs(text, of: ".", atLeast: 2) }

  private static func apostrophesBeforeSpace(_ text: Scalars) -> Scalars {
    var result: Scalars = []
    var index = 0
    while index < text.count {
      result.append(text[index])
      index += 1
      if result.last != "'", text[index...].starts(with: "' ".unicodeScalars) {
        result += " ' ".unicodeScalars
        index += 2
      }
    }
    return result
  }

  /// With the space that must follow; mixed case is no clitic.
  private static let shortClitics = forms(["'s ", "'m ", "'d ", "' "])
  private static let longClitics = forms(["'ll ", "'re ", "'ve ", "n't "])

  private static func forms(_ clitics: [String]) -> [Scalars] {
    clitics.flatMap { [Array($0.unicodeScalars), Array($0.uppercased().unicodeScalars)] }
  }

  /// Cuts clitics from the words they end; the space behind one is passed over with it.
  private static func cut(_ text: Scalars, before clitics: [Scalars]) -> Scalars {
    var result: Scalars = []
    var index = 0
    while index < text.count {
      let scalar = text[index]
      result.append(scalar)
      index += 1
      guard scalar != "'", scalar != " ", index < text.count,
        "'nN".unicodeScalars.contains(text[index]),
        let clitic = clitics.first(where: { text[index...].starts(with: $0) })
      else { continue }
      result += [" "] + clitic
      index += clitic.count
    }
    return result
  }
}

extension TreebankWords {
  /// Spaces around each of `marks`.
  private static func padded(_ text: [Unicode.Scalar], _ marks: String) -> [Unicode.Scalar] {
    let marks = Array(marks.unicodeScalars)
    var result: [Unicode.Scalar] = []
    result.reserveCapacity(text.count)
    for scalar in text {
      let isMark = marks.contains(scalar)
      if isMark { result.append(" ") }
      result.append(scalar)
      if isMark { result.append(" ") }
    }
    return result
  }

  /// Spaces around each run of `mark`.
  private static func runs(
    _ text: [Unicode.Scalar], of mark: Unicode.Scalar, atLeast least: Int
  ) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    var index = 0
    while index < text.count {
      var end = index
      while end < text.count, text[end] == mark { end += 1 }
      if end - index >= least {
        result += [" "] + text[index..<end] + [" "]
        index = end
      } else {
        result.append(text[index])
        index += 1
      }
    }
    return result
  }

  private static func replaced(
    _ text: [Unicode.Scalar], _ mark: String, by replacement: String
  ) -> [Unicode.Scalar] {
    let mark = Array(mark.unicodeScalars)
    var result: [Unicode.Scalar] = []
    var index = 0
    while index < text.count {
      if text[index] == mark[0], text[index...].starts(with: mark) {
        result += replacement.unicodeScalars
        index += mark.count
      } else {
        result.append(text[index])
        index += 1
      }
    }
    return result
  }

  private static func singleSpaces(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    for scalar in text {
      if !PythonScalar.isSpace(scalar) {
        result.append(scalar)
      } else if result.last != " " {
        result.append(" ")
      }
    }
    return result
  }
}
