/// The forms of a response of which the loose score needs only one to follow an instruction.
package enum LooseResponses {
  /// The response; then without its first line, its last and both, each stripped; then those four
  /// again without asterisks. Eight in all.
  package static func variants(of response: ScalarText) -> [ScalarText] {
    let text = response.scalars
    let first = text.firstIndex(of: "\n")
    let last = text.lastIndex(of: "\n")
    let withoutFirst = first.map { text[($0 + 1)...] } ?? []
    let withoutLast = last.map { text[..<$0] } ?? []
    var withoutBoth: ArraySlice<Unicode.Scalar> = []
    if let first, let last, first < last { withoutBoth = text[(first + 1)..<last] }
    let plain =
      [response] + [withoutFirst, withoutLast, withoutBoth].map { ScalarText($0).stripped }
    return plain + plain.map { form in ScalarText(form.scalars.filter { $0 != "*" }) }
  }
}
