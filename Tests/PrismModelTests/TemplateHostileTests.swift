import Foundation
import PrismModel
import PrismTesting
import Testing

@Suite("Hostile chat templates") struct TemplateHostileTests {
  private static let messages = [
    ChatMessage(role: .system, content: "Be brief."), ChatMessage(role: .user, content: "Hi"),
    ChatMessage(role: .assistant, content: "<think>a</think>Yes?"),
    ChatMessage(role: .user, content: "Bye"),
  ]

  private static func nest(_ open: String, _ inner: String, _ close: String, _ count: Int) -> String
  {
    String(repeating: open, count: count) + inner + String(repeating: close, count: count)
  }

  static let hostile: [String] = [
    "{% for i in range(10**12) %}x{% endfor %}", "{{ 'a' * 10**12 }}", "{{ [1] * 10**12 }}",
    "{{ 10**100 }}", "{{ 9223372036854775807 + 1 }}", "{{ (-9223372036854775807 - 1) // -1 }}",
    "{{ -(-9223372036854775807 - 1) }}", "{{ (-9223372036854775807 - 1)|abs }}",
    "{{ 9223372036854775807 * 2 }}", "{{ 99999999999999999999 }}", "{{ 1e300|int }}",
    "{{ range(-9223372036854775807, 9223372036854775807) }}",
    "{{ range(0, 10, -9223372036854775807 - 1) }}{{ raise_exception('end') }}",
    "{{ 'abc'[::-9223372036854775807 - 1] }}{{ raise_exception('end') }}",
    "{{ 'abc'[9223372036854775807:-9223372036854775807 - 1:9223372036854775807] }}{{ missing.x }}",
    "{% set ns = namespace(s='ab') %}{% for i in range(99999) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
    "{% set ns = namespace(s='ab') %}{% for i in range(60) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
    "{% set ns = namespace(l=[1]) %}{% for i in range(60) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
    "{% set ns = namespace(l=[]) %}{% for i in range(99999) %}{% set ns.l = [ns.l] %}{% endfor %}",
    "{% set ns = namespace(l=[]) %}{% for i in range(99999) %}{% set ns.l = {'a': ns.l} %}{% endfor %}",
    "{% set ns = namespace(l=['x' * 99]) %}{% for i in range(40) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l }}",
    "{% set a = namespace(l=[1]) %}{% set b = namespace(l=[1]) %}{% for i in range(40) %}{% set a.l = [a.l, a.l] %}{% set b.l = [b.l, b.l] %}{% endfor %}{{ a.l == b.l }}",
    "{% set ns = namespace(l=[1]) %}{% for i in range(40) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l|tojson }}",
    "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor %}{% endfor %}{% endfor %}",
    "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
    "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    "{% macro f() %}{{ g() }}{% endmacro %}{% macro g() %}{{ f() ~ f() }}{% endmacro %}{{ f() }}",
    "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(99) }}",
    "{% set t = 'a' * 1000000 %}{{ (t + 'b' + t).find('a' * 500000 + 'c') }}{{ missing.x }}",
    "{% set t = 'a' * 100000 %}{% for i in range(99999) %}{{ t|replace('a', t) }}{% endfor %}",
    "{{ 'x'|indent(10**12) }}{{ 'a\n'|indent(10**12) }}", "{{ messages|tojson(indent=10**12) }}",
    "{{ ('a\n' * 10000)|indent(10000) }}", "{{ (',' * 1000000).split(',')|join('-' * 1000000) }}",
    "{{ range(99999)|map('string')|join('x' * 9999) }}",
    nest("(", "1", ")", 50000), "{{ " + nest("(", "1", ")", 50000) + " }}",
    "{{ " + nest("[", "1", "]", 50000) + " }}", "{{ " + nest("{1:", "1", "}", 50000) + " }}",
    "{{ " + String(repeating: "-", count: 50000) + "1 }}",
    "{{ " + String(repeating: "not ", count: 50000) + "1 }}",
    "{{ 1" + String(repeating: " + 1", count: 50000) + " }}",
    "{{ x" + String(repeating: ".y", count: 50000) + " }}",
    "{{ x" + String(repeating: "|upper", count: 50000) + " }}",
    "{{ x" + String(repeating: "[0]", count: 50000) + " }}",
    "{{ x" + String(repeating: "()", count: 50000) + " }}",
    "{{ 1" + String(repeating: " if 1 else 1", count: 50000) + " }}",
    "{{ f(" + nest("f(", "1", ")", 50000) + ") }}",
    nest("{% if 1 %}", "x", "{% endif %}", 20000),
    nest("{% for i in [1] %}", "x", "{% endfor %}", 20000),
    nest("{% set a %}", "x", "{% endset %}", 20000),
    nest("{% macro f() %}", "x", "{% endmacro %}", 20000),
    "{% set " + nest("(", "a", ")", 50000) + " = 1 %}",
    "{{", "{%", "{#", "{{ 'a", "{{ \"a\\", "{% if", "{% if x", "{% if x %}", "{% for",
    "{% for x in",
    "{% for x in y %}", "{% set", "{% set x", "{% set x =", "{% set x %}", "{% macro",
    "{% macro f(",
    "{% macro f() %}", "{% raw %}", "{% generation %}", "{{ (", "{{ [", "{{ {", "{{ f(", "{{ x[",
    "{{ x.",
    "{{ x|", "{{ x is", "{{ x if", "{{ 1 +", "{{ '\\x", "{{ '\\u12", "{{ '\\U00110000' }}",
    "{{ '\\ud800' }}",
    "{{ 1e", "{{ 0x }}", "{{ {'a' }}", "{{ {'a': }}", "{% endfor %}", "}}{{ }}",
  ]

  /// Unoptimised code runs the same steps some ten times slower.
  private static var patience: Duration {
    #if DEBUG
      .seconds(100)
    #else
      .seconds(10)
    #endif
  }

  @Test("A hostile template ends with an error in bounded time", arguments: hostile)
  func ends(source: String) throws {
    let start = ContinuousClock.now
    #expect(throws: ModelError.self) {
      let template = try ChatTemplate(source: source)
      _ = try template.render(
        messages: Self.messages, beginToken: "<s>", endToken: "</s>", addGenerationPrompt: true)
      if source.hasPrefix("(") { throw ModelError.noChatTemplate }
    }
    #expect(ContinuousClock.now - start < Self.patience)
  }

  @Test("Damaged templates render or throw, and never trap")
  func mutations() throws {
    var sources = try ["turns", "headers", "brackets", "thinking", "no-system", "macros"].map {
      try TemplateFixtures.text("own-\($0).jinja")
    }
    let snippets = try TemplateFixtures.read([TemplateCase].self, "snippets.json")
    sources += snippets.compactMap(\.source).filter { $0.count > 40 }
    var mutator = Mutator(seed: 11)
    var rendered = 0
    var refused = 0
    let start = ContinuousClock.now
    for round in 0..<3000 {
      // Half of the rounds damage whole templates, half snippets.
      let place = round % 2 == 0 ? round / 2 % 6 : 6 + round / 2 % (sources.count - 6)
      let bytes = mutator.mutate(Array(sources[place].utf8))
      do {
        let template = try ChatTemplate(source: String(decoding: bytes, as: UTF8.self))
        _ = try template.render(
          messages: Self.messages, beginToken: "<s>", endToken: "</s>", addGenerationPrompt: true)
        rendered += 1
      } catch is ModelError {
        refused += 1
      }
    }
    #expect(rendered > 300 && refused > 300, "\(rendered) rendered, \(refused) refused")
    #expect(ContinuousClock.now - start < Self.patience * 1.5)
  }
}
