"""Small templates for the interpreter's tests: (source, variables)."""

import itertools

MESSAGES = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": " Hi "},
    {"role": "assistant", "content": "Yes?", "tool_calls": [{"function": {"name": "f", "arguments": {"x": 1}}}]},
    {"role": "user", "content": "Bye"},
]
VARIABLES = {
    "messages": MESSAGES,
    "text": "  Hello, World\n", "word": "straße", "name": "Ünï cødé", "empty": "", "nothing": None,
    "yes": True, "no": False, "zero": 0, "n": 7, "m": -3, "x": 2.5, "big": 9007199254740993,
    "items": [3, 1, 2], "words": ["b", "A", "c", "a"], "mixed": [1, "a", None, 2.0, True, [1], {"k": "v"}],
    "nested": [[1, 2], [3, 4]], "map": {"b": 1, "a": 2, "C": 3}, "people": [
        {"name": "Bo", "age": 3, "tags": {"x": 1}}, {"name": "al", "age": 1, "tags": {"x": 2}},
        {"name": "Cy", "age": 2, "tags": {"x": 3}}],
    "html": "<a href=\"x\">'&'</a>", "lines": "one\n\ntwo\n three", "emoji": "👩‍👩‍👧 e\u0301",
    "tools": [{"type": "function", "function": {"name": "get", "parameters": {"type": "object", "properties": {
        "city": {"type": "string", "description": "Wo? \"da\" ü"}}, "required": ["city"]}}}],
}

EXPRESSIONS = r"""
1 + 2 * 3 | (1 + 2) * 3 | 7 // 2 | -7 // 2 | 7 % 3 | -7 % 3 | 7 % -3 | 7 / 2 | 6 / 2 | 2 ** 10 | 2 ** -1 | 2 ** 3 ** 2
-n | +n | - - n | -2 ** 2 | 7.5 // 2 | -7.5 % 2 | 1e3 | 1.5e-7 | 1e16 | 1e22 | 123456789.125 | 0.1 + 0.2 | 1_000 | 0x1F | 0b101 | 0o17
1 / 0 | 1 // 0 | 1 % 0 | 1.0 / 0 | "a" * 3 | 3 * "ab" | "a" * -1 | [1, 2] * 2 | [1] + [2] | (1,) + (2,) | "a" + "b" | "a" + 1 | 1 + "a"
yes + 1 | yes * 3 | not yes | not not n | no or "x" | yes and "x" | "" or 0 | nothing and 1 | 1 if yes else 2 | 1 if no else 2 | 1 if no
(1 if no) is undefined | 1 if no else 2 if no else 3 | "a" ~ 1 ~ none ~ 2.0 ~ true | "a" ~ missing ~ "b" | 1 ~ 2 + 3
1 < 2 | 1 < 2 < 3 | 3 > 2 > 2 | 1 == 1.0 | 1 == true | "a" < "b" | "a" == "a" | "e\u0301" == "é" | [1, 2] == [1, 2] | [1] == (1,) | {"a": 1} == {"a": 1.0} | none == false
1 < "a" | none < 1 | [1, 2] < [1, 3] | 1 != 2 | "a" in "abc" | "d" not in "abc" | "" in "abc" | 1 in items | 9 in items | "a" in map | "z" in map | 1 in missing | 1 in 2 | n in [7] and yes | not n in [7] | (1, 2) in [(1, 2)]
missing | missing.x | missing["x"] | missing == missing2 | missing + 1 | missing ~ "" | missing < 1 | not missing | missing is defined | missing() | messages[0].nope | messages[0].nope.deeper | messages[9] | messages[9].x
none | true | false | none.x | none["x"] | none is none | [none, true, 1.0, "q'", 'd"', "b'\"", "\n\t\\"] | {"a": [1, (2,)], 1: none} | () | (1,) | (1, 2) | 1, 2 | [[]] | {} | "\x07\u200b\xe9\U0001F600" | ["\x07\u200b\xe9\U0001F600\u3000"] | "\é" | "\101" | "a\qb" | 'it''s' | "a" "b"
items[0] | items[-1] | items[5] | items["a"] | items[1:] | items[:-1] | items[::-1] | items[::2] | items[-2:] | items[5:] | items[1:2:1] | items[::0] | "abcdef"[1:4] | "abcdef"[::-2] | "abcdef"[-3:] | "abcdef"[4:1:-1] | "abc"[1] | "abc"[9] | items[yes] | items[1.0] | items.0 | nested.1.0 | nested[1][0] | emoji[0] | emoji[::-1]
map.a | map["a"] | map.zz | map["zz"] is defined | map.items() | map.get("a") | map.get("z") | map.get("z", 5) | map.keys() |list | map.values() |list | map.update({"q": 1}) | items.append(1) | map.items | list
map.pop("a") | map.items() |list | length | messages[0]["role"] | messages[0].role | messages[-1].content | messages | length | map | length | empty | length | n | length | "abc".upper() | "ABC".lower() | "aBc dEf".title() | "aBc dEf".capitalize() | " a ".strip() | " a ".lstrip() ~ "|" | " a ".rstrip() ~ "|" | "xxaxx".strip("x") | "xyaxy".rstrip("yx")
"a,b,,c".split(",") | "a b  c ".split() | " a b  c ".split(none, 1) | "a,b,c".split(",", 1) | "a,b,c".rsplit(",", 1) | "abc".split("") | "a</think>b".split("</think>")[-1] | "abc".split("x")[-1] | "".split() | "".split(",") | "a\nb\r\nc".splitlines() | "abc".startswith("ab") | "abc".startswith(("x", "a")) | "abc".endswith("bc") | "abc".endswith("x") | "abc".startswith("") | "abcabc".find("c") | "abcabc".find("x") | "abcabc".rfind("b") | "abcabc".count("bc") | "abc".index("c") | "abc".index("x") | "abc".replace("b", "xx") | "aaa".replace("a", "b", 2) | "abc".replace("", "-") | "-".join(["a", "b"]) | "abc".removeprefix("a") | "abc".removesuffix("bc") | "12".isdigit() | "".isdigit() | "1a".isalnum() | "ab".isalpha() | "AB".isupper() | "ab1".islower() | " ".isspace() | word.upper() | word.title() | name.lower()
"abc".nope | "abc".nope() | "abc".__class__ | items.index(2) | items.count(1) | items.index(99) | "abc"|length|string + "x"
text|trim | "xax"|trim("x") | 5|trim | text|length | word|upper | "ABC"|lower | "hello wORLD-foo (bar)"|title | "hELLO"|capitalize | items|join(",") | items|join | words|join(", ") | people|join(", ", attribute="name") | missing|join | "abc"|join("-") | mixed|join("/")
missing|default("d") | missing|d("d") | ""|default("d") | ""|default("d", true) | none|default("d") | none|default("d", boolean=true) | 0|default(1, true) | missing|default | items|first | items|last | []|first | []|last | "abc"|first | "abc"|last | map|first | "abc"|list | map|list | 5|list | none|list | missing|list
words|map("upper")|list | people|map(attribute="name")|list | people|map(attribute="tags.x")|list | people|map(attribute="nope", default="-")|list | nested|map(attribute=0)|list | nested|map("join", "+")|list | words|map("nofilter")|list | items|map("string")|list
people|selectattr("age", "gt", 1)|map(attribute="name")|list | people|selectattr("name", "equalto", "Bo")|list|length | people|selectattr("nope")|list | people|selectattr("tags.x", "==", 2)|map(attribute="name")|list | people|rejectattr("age", "eq", 1)|map(attribute="name")|list | messages|selectattr("role", "in", ["user", "system"])|list|length | messages|selectattr("tool_calls", "defined")|list|length | messages|rejectattr("tool_calls", "defined")|list|length
items|select("odd")|list | items|reject("odd")|list | mixed|select("string")|list | mixed|select|list | mixed|reject|list | items|select("divisibleby", 3)|list | items|reject("equalto", 3)|join(",") | items|select("nosuchtest")|list
"a-b-c"|replace("-", "+") | "aaa"|replace("a", "b", 1) | 121|replace(1, 3) | 5|string + "x" | items|string | none|string | 3.0|string | "42"|int | "4.7"|int | "x"|int | "x"|int(5) | 3.9|int | -3.9|int | "0x1f"|int(0, 16) | "101"|int(base=2) | none|int | true|int | " 12 "|int | "1e3"|int | "3.5"|float | "x"|float | 3|float | "x"|float(1.5) | "nan"|float | "inf"|float
map|items|list | {}|items|list | missing|items|list | items|items|list | html|safe | html|e | html|escape | items|sort | items|sort(reverse=true) | words|sort | words|sort(case_sensitive=true) | people|sort(attribute="age")|map(attribute="name")|list | people|sort(attribute="name")|map(attribute="name")|list | mixed|sort | map|sort | words|unique|list | words|unique(case_sensitive=true)|list | [1, 1.0, true, 2]|unique|list | items|reverse|list | "abc"|reverse | map|dictsort | map|dictsort(true) | map|dictsort(false, "value") | map|dictsort(reverse=true) | map|dictsort(by="x")
2.5|round | 3.5|round | 2.675|round(2) | 2.4|round(method="ceil") | 2.6|round(0, "floor") | 42|round | 2.345|round(1, "ceil") | "a"|round | 1.5|round(method="x") | -5|abs | 5.5|abs | "a"|abs | items|sum | people|sum(attribute="age") | items|min | items|max | words|max | []|min | items|sum(start=10)
lines|indent | lines|indent(2) | lines|indent(2, true) | lines|indent(2, first=true, blank=true) | lines|indent("> ") | lines|indent(width=1)
tools|tojson | tools|tojson(indent=2) | map|tojson(sort_keys=true) | map|tojson(separators=(",", ":")) | mixed|tojson | emoji|tojson | emoji|tojson(ensure_ascii=true) | "a\"\\\n\t\u0001/é"|tojson | none|tojson | 1.0|tojson | 1e22|tojson | missing|tojson | {"a": {}}|tojson(indent=4) | []|tojson(indent=2) | [[], {}]|tojson(indent=1) | {1: 2, none: 3, true: 4}|tojson | (1, 2)|tojson | html|tojson | [1, [2, {"a": [3]}]]|tojson(indent=3)
n is odd | n is even | n is number | x is number | yes is number | n is integer | yes is integer | x is float | yes is boolean | n is boolean | "a" is string | n is string | map is mapping | items is mapping | items is iterable | "a" is iterable | n is iterable | items is sequence | map is sequence | n is sequence | missing is sequence | missing is iterable | yes is true | no is false | 1 is true | nothing is none | missing is none | missing is undefined | n is defined | n is divisibleby 7 | n is divisibleby(2) | n is eq 7 | n is equalto(8) | n is ne 7 | n is lt 8 | n is ge 7 | n is gt(7) | n is in [7, 8] | n is not in [1] | "a" is in "abc" | "AB" is upper | "ab" is lower | range is callable | n is callable | n is sameas 7 | n is not none and yes | n is nosuchtest | n is not odd | n is == 7 | n is divisibleby 0
n is defined and n is odd | n is string or x is number | not n is string | (n is odd) == true | n is eq 7 | string | n is lessthan 9 | n is defined | string | -n | abs | -3|abs | (1, 2)|length | [1, 2, 3][1:]|first | map["a"]|string ~ "!" | "%s" | upper | messages[0]["content"] | upper | trim
range(3) |list | range(1, 4) |list | range(5, 0, -2) |list | range(0) |list | range(1, 2, 0) |list | range(200000) |list | range(3)|length | range(10)[2:5] |list | range(3)|sum | 2 in range(3) | dict(a=1, b="c") | dict({"x": 1}, y=2) | dict(a=1).a | namespace(a=1).a | namespace({"b": 2}).b | namespace().zz | raise_exception("no!") | nofunction(1) | strftime_now("%d %b %Y") | strftime_now("%Y-%m-%d %H:%M:%S %j %A %a %B %y %p %I %%") | strftime_now("%-d/%-m")
n|nofilter | n|upper(1) | items|join(",", "a", "b") | n(1) | "a"() | items.0() | big | big + 1 | [big] | 1 if | (1 | [1 | {1: 2 | {[1]: 2} | {"a": 1}.a | {"a": 1, "a": 2} | [1,] | {"a": 1,} | (1,) | "unclosed | n..x | n. | n[ | n[1:2:3:4] | n | | n ! | n @ | 1 2 | n is | not | in | * | "\ud800" | "\xZZ" | {% | %} | f(*[1]) | f(a=1, 2)
"""

STATEMENTS = [
    "{% if yes %}a{% endif %}", "{% if no %}a{% else %}b{% endif %}", "{% if no %}a{% elif yes %}b{% else %}c{% endif %}",
    "{% if no %}a{% elif no %}b{% elif n %}d{% else %}c{% endif %}", "{% if missing %}a{% endif %}|",
    "{% if yes %}{% if no %}x{% else %}y{% endif %}{% endif %}", "{% if yes %}a", "{% endif %}", "{% if %}a{% endif %}",
    "{% else %}", "{% if yes %}a{% endfor %}", "{% nosuchtag %}", "{% %}", "{{ }}", "{{", "{%", "{# a", "{{ n }", "{% if yes }",
    "{% for i in items %}{{ i }},{% endfor %}", "{% for i in [] %}x{% else %}none{% endfor %}",
    "{% for i in items %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }};{% endfor %}",
    "{% for i in items %}{{ loop.previtem }}<{{ i }}>{{ loop.nextitem }} {% endfor %}",
    "{% for i in items %}{{ loop.cycle('a', 'b') }}{% endfor %}", "{% for i in items %}{{ loop.depth }}{% for j in items %}{{ loop.depth0 }}{% endfor %}{% endfor %}",
    "{% for a, b in nested %}{{ a }}-{{ b }} {% endfor %}", "{% for k, v in map.items() %}{{ k }}={{ v }} {% endfor %}",
    "{% for k, v in map|items %}{{ k }}={{ v }}{{ ', ' if not loop.last }}{% endfor %}", "{% for k in map %}{{ k }}{% endfor %}",
    "{% for k, v in map|dictsort %}{{ k }}{{ v }}{% endfor %}", "{% for (a, b) in nested %}{{ a + b }} {% endfor %}",
    "{% for a, b in items %}x{% endfor %}", "{% for a, b, c in nested %}x{% endfor %}", "{% for c in 'héy' %}[{{ c }}]{% endfor %}",
    "{% for i in n %}x{% endfor %}", "{% for i in none %}x{% endfor %}", "{% for i in missing %}x{% else %}e{% endfor %}",
    "{% for i in items if i > 1 %}{{ loop.index }}/{{ loop.length }}:{{ i }} {% else %}no{% endfor %}",
    "{% for i in items if i > 9 %}x{% else %}no{% endfor %}", "{% for i in range(10) %}{% if i == 3 %}{% break %}{% endif %}{{ i }}{% endfor %}",
    "{% for i in range(6) %}{% if i is odd %}{% continue %}{% endif %}{{ i }}{% endfor %}", "{% break %}", "{% continue %}",
    "{% for i in range(3) %}{% for j in range(3) %}{% if j == i %}{% break %}{% endif %}{{ i }}{{ j }} {% endfor %}{% endfor %}",
    "{% for i in 1, 2, 3 %}{{ i }}{% endfor %}", "{% for i in items[1:] %}{{ i }}{% endfor %}", "{% for i in items|sort|reverse %}{{ i }}{% endfor %}",
    "{% for i in items %}{% set q = i %}{% endfor %}{{ q is defined }}", "{% set q = 0 %}{% for i in items %}{% set q = q + i %}{{ q }} {% endfor %}{{ q }}",
    "{% for i in items %}{{ i }}{% endfor %}{{ i is defined }}", "{% for n in items %}{{ n }}{% endfor %}{{ n }}", "{{ loop is defined }}",
    "{% for i in items %}{% for j in nested %}{{ loop.index }}{% endfor %}{{ loop.index }}|{% endfor %}", "{% for m in messages %}{{ m.role }}{{ m['content']|trim }}{% endfor %}",
    "{% for m in messages %}{{ 'tool_calls' in m }}{% endfor %}", "{% for m in messages if m.role == 'user' %}{{ m.content }}{% endfor %}", "{% for in items %}{% endfor %}",
    "{% for i items %}{% endfor %}", "{% for i in items %}", "{% for true in items %}{% endfor %}", "{% for i in 1 if yes else [2] %}{{ i }}{% endfor %}",
    "{% set a = 1 %}{{ a }}", "{% set a, b = 1, 2 %}{{ a }}{{ b }}", "{% set a, b = [1, 2] %}{{ b }}{{ a }}", "{% set a, b = 1 %}", "{% set a, b = [1, 2, 3] %}", "{% set (a, b) = 'xy' %}{{ b }}",
    "{% set a = 1, 2 %}{{ a }}", "{% set a %}x{{ n }}y{% endset %}[{{ a }}]", "{% set a | upper %}x{{ n }}y{% endset %}[{{ a }}]", "{% set a | trim | length %} abc {% endset %}{{ a }}{{ a is string }}",
    "{% set a %}{% set b = 1 %}{% endset %}{{ b is defined }}", "{% set a %}x", "{% set a %}{% endset %}{{ a == '' }}", "{% set a = %}", "{% set 1 = 2 %}", "{% set none = 2 %}", "{% set a.b = 2 %}", "{% set a['b'] = 2 %}",
    "{% set ns = namespace(x=1) %}{% for i in items %}{% set ns.x = ns.x + i %}{% endfor %}{{ ns.x }}", "{% set ns = namespace() %}{% set ns.a = 'q' %}{{ ns.a }}{{ ns.b }}",
    "{% set map.x = 1 %}", "{% set ns = namespace(a=1, b=2) %}{% set ns.a, ns.b = ns.b, ns.a %}{{ ns.a }}{{ ns.b }}", "{% set ns = namespace(l=[]) %}{% for i in items %}{% set ns.l = ns.l + [i] %}{% endfor %}{{ ns.l }}",
    "{% set ns = namespace(f=false) %}{% if yes %}{% set ns.f = true %}{% endif %}{{ ns.f }}", "{% if yes %}{% set q = 5 %}{% endif %}{{ q }}", "{% set text = text|trim %}{{ text }}", "{% set messages = messages[1:] %}{{ messages|length }}",
    "{% set ns = namespace(s='') %}{% for m in messages %}{% set ns.s %}{{ ns.s }}{{ m.role[0] }}{% endset %}{% endfor %}{{ ns.s }}",
    "{% macro f(a, b=2) %}{{ a }}-{{ b }}{% endmacro %}{{ f(1) }} {{ f(1, 3) }} {{ f(b=4, a=5) }} {{ f() }}", "{% macro f(a) %}{{ a }}{% endmacro %}{{ f(1, 2) }}", "{% macro f(a) %}{{ a }}{% endmacro %}{{ f(z=2) }}", "{% macro f(a) %}{{ a }}{% endmacro %}{{ f(1, a=2) }}",
    "{% macro f(n) %}{% if n > 0 %}{{ n }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(3) }}", "{% macro f() %}{{ n }}{% endmacro %}{{ f() }}", "{% macro f() %}{{ later }}{% endmacro %}{% set later = 4 %}{{ f() }}", "{% macro f() %}{% set n = 1 %}{{ n }}{% endmacro %}{{ f() }}{{ n }}",
    "{% macro f(x, y=x) %}{{ x }}{{ y }}{% endmacro %}{{ f(1) }}", "{% macro f(x) -%}   {{ x }}   {%- endmacro %}[{{ f(1) }}]", "{% macro f(x) %}{{ x }}{% endmacro %}{{ f('a')|upper ~ f('b') }}", "{% macro f(a=1, b) %}{% endmacro %}", "{% macro f( %}{% endmacro %}", "{% macro f() %}", "{% for i in items %}{% macro f() %}{{ i }}{% endmacro %}{{ f() }}{% endfor %}",
    "{% macro f() %}{% break %}{% endmacro %}", "{% macro f(l) %}{% for i in l %}{{ i }}{% endfor %}{% endmacro %}{% for j in nested %}{{ f(j) }};{% endfor %}",
    "{% generation %}a{{ n }}{% endgeneration %}b", "{% generation %}{% set q = 1 %}{% endgeneration %}{{ q is defined }}", "{% generation %}a", "{% with a = 1, b = 2 %}{{ a }}{{ b }}{% endwith %}{{ a is defined }}", "{% with %}{% set q = 1 %}{{ q }}{% endwith %}{{ q is defined }}",
    "{% filter upper %}ab{{ n }}{% endfilter %}", "{% filter trim | upper %} ab {% endfilter %}|", "{% raw %}{{ n }}{% if %}{% endraw %}", "a {%- raw -%} {{ n }} {%- endraw -%} b", "{% raw %}x", "  {% raw %}\n  y\n  {% endraw %}\nz",
    "{{ n }}{# comment {{ n }} #}{{ n }}", "a {#- c -#} b", "  {# c #}\nb", "{# a\nb #}c", "{#-#}", "a{#+ c +#}\nb", "{{ '{{' }}{{ '%}' }}", "{{ {'a': {'b': 1}}['a']['b'] }}", "{{ {'a': {'b': 1}}}}", "{{- 1 }}", "{{+ 1 }}", "{{-1}}", "{{ 1 -}} x", "{{ '}}' }}",
    "{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set sys = messages[0]['content'] %}{% else %}{% set loop_messages = messages %}{% endif %}{% for m in loop_messages %}{% if loop.last and sys is defined %}{{ sys }}: {% endif %}{{ m.content }}{% endfor %}",
    "{{ (messages|selectattr('role', 'equalto', 'user')|list)[-1] == messages[-1] }}", "{%- for t in tools %}{{- t | tojson(indent=4) }}{{- '\\n\\n' }}{%- endfor %}", "{% for t in tools %}{% set t = t.function %}{% for k, v in t.items() if k != 'parameters' %}{{ k }}:{{ v }}{% endfor %}{% endfor %}",
    "{{ messages[2].tool_calls[0].function|tojson }}", "{{ (messages[2].tool_calls[0].function|tojson)[:-1] }}", "{% for k, v in messages[2].tool_calls[0].function.arguments|items %}{{ k }}=\"{{ v }}\"{% endfor %}",
    "{{ bos_token }}{% if add_generation_prompt is not defined %}x{% endif %}", "{% if not tools is defined %}a{% else %}b{% endif %}", "{% if not nope is defined %}{% set nope = none %}{% endif %}{{ nope }}", "{% if strftime_now is defined %}{{ strftime_now('%d %b %Y') }}{% else %}no{% endif %}",
    "{% if yes %}{{ raise_exception('stop') }}{% endif %}", "{% if no %}{{ raise_exception('stop') }}{% endif %}ok", "a\r\nb\rc\n", "a\n\n", "\n", "", "{{ 'a\r\nb' }}", "{{ \"multi\nline\" }}", "{% call f() %}{% endcall %}", "{% include 'x' %}", "{{ 1 }}\n", "{% if yes %}\n{% endif %}\n",
    "{% set s = 'x' %}{% for i in range(3) %}{% set s = s ~ i %}{{ s }} {% endfor %}{{ s }}", "{% set x = [] %}{% for i in items %}{{ x }}{% set x = x + [i] %}{% endfor %}", "{{ [1, 2, 3] | map('string') | join('-') }}", "{{ 'a' if 'b' in 'abc' else 'c' }}", "{{ 'x' ~ ('a' if no else 'b') ~ 'y' }}",
    "{% set content = '<think>a</think>b' %}{% if '</think>' in content %}{% set content = content.split('</think>')[-1].lstrip('\\n') %}{% endif %}{{ content }}", "{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ loop.index0 }}!{% endif %}{% endfor %}",
    "{% for message in messages[::-1] %}{% set index = (messages|length - 1) - loop.index0 %}{{ index }}{{ message.role[0] }} {% endfor %}", "{% if messages is string %}a{% elif messages is iterable and messages is not mapping %}b{% endif %}", "{{ messages[0].content is string }}{{ messages[0].content is mapping }}",
    "{{ '\\u4f60' }}{{ '你' }}{{ name|upper }}{{ name|length }}", "{% set été = 1 %}{{ été }}", "{{ emoji|length }}", "{{ 'ﬁ'|upper }}{{ 'ǆ'|capitalize }}{{ 'İ'|lower|length }}", "{{ 'a\u00a0b'.split() }}{{ '\u3000x\u2003'|trim }}", "{{ ['\u00a0', '\u200b', '\ue000', '\ufeff', 'é', '👍'] }}",
]

OPENINGS = ["{%", "{%-", "{%+"]
CLOSINGS = ["%}", "-%}", "+%}"]


def whitespace():
    """Every pair of signs around a statement, a comment and an output, in several surroundings."""
    surroundings = ["a {} b", "a\n  {}\n  b\n", "  {}\n\nb", "{}\n", "a\n\t{} \nb", "\n{}", " \n {} \n "]
    for surrounding, opening, closing in itertools.product(surroundings, OPENINGS, CLOSINGS):
        yield surrounding.replace("{}", f"{opening} set q = 1 {closing}")
    for surrounding, opening, closing in itertools.product(surroundings, ["{#", "{#-", "{#+"], ["#}", "-#}", "+#}"]):
        yield surrounding.replace("{}", f"{opening} c {closing}")
    for surrounding, opening, closing in itertools.product(surroundings, ["{{", "{{-"], ["}}", "-}}"]):
        yield surrounding.replace("{}", f"{opening} 'x' {closing}")
    for opening, closing in itertools.product(OPENINGS, CLOSINGS):
        yield f"x\n  {opening} if yes {closing}\n  a\n  {opening} endif {closing}\n  y"
        yield f"{opening} for i in items {closing}\n  {{{{ i }}}}\n  {opening} endfor {closing}\ny\n"
        yield f" {opening} if yes {closing}{opening} if yes {closing} z {opening} endif {closing}\n {opening} endif {closing}"


def expressions():
    """The expressions above. A bar with spaces separates them; a filter's has none, or it begins the next."""
    for line in EXPRESSIONS.strip().split("\n"):
        yield from (part.strip() for part in line.split(" | "))


def snippets():
    used = set()
    sources = itertools.chain(("{{ " + text + " }}" for text in expressions()), STATEMENTS, whitespace())
    for source in sources:
        if source in used:
            continue
        used.add(source)
        yield source, {key: value for key, value in VARIABLES.items() if key in source}
