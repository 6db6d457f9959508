/// What a reader of English knows about full stops that end no sentence.
enum SentenceWords {
  /// Without their last full stop. Forms like `e.g.` and `etc.` are left out on purpose: the reference
  /// ends a sentence after them.
  static let abbreviations: Set<String> = words(
    """
    mr mrs ms dr prof gen sen rep reps col maj lt adm st jr sr messrs ph.d m.b.a
    inc corp co cos ltd bros cie
    jan feb aug sep sept oct nov dec tues wed fri
    ariz calif colo conn fla ga ill kan ky mich minn nev okla ore pa tenn va vt wash wis
    a.m p.m u.s u.s.a u.k u.n u.s.s.r d.c l.a n.y n.j n.c n.h n.m n.d s.c r.i w.va s.a n.v b.v s.p.a
    ave ft mg yr vs ok j.r j.p j.k
    c d e f g h k l m n p r s t v w
    """)

  /// Capitalised after an abbreviation or an ellipsis, they open a sentence.
  static let openers: Set<String> = words(
    """
    although among both but despite does even he her here however i if in indeed instead it many
    meanwhile moreover most nevertheless nonetheless nor please similarly since so some such the there
    therefore these they this though thus under when which while yet your
    """)

  /// Words that are written small in the middle of a sentence, so that a capital means something.
  static func isOrdinary(_ word: String) -> Bool {
    openers.contains(word) || others.contains(word)
  }

  private static let others: Set<String> = words(
    """
    a an and are as at be because before after all also any by can do for from had has have his how
    into is its just let like may more my new no not now of on once one only or other our out over
    she take than that them then those to two up use was we were what where who why will with would you
    """)

  private static func words(_ text: String) -> Set<String> {
    Set(text.split(whereSeparator: \.isWhitespace).map(String.init))
  }
}
