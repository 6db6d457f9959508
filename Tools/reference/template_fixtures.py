#!/usr/bin/env python3
"""Writes the expected outputs of the chat template tests, computed by Jinja2 with the settings of
transformers' apply_chat_template.

    python3 Tools/reference/fetch_templates.py
    python3 Tools/reference/template_fixtures.py

Output, in Tests/PrismModelTests/Fixtures/template:
  snippets.json  small templates written for this project: source, variables, output or failure
  own.json       the templates own-*.jinja (written for this project), rendered on conversations
  models.json    models' own templates from the cache: SHA-256 and rendered conversations. The templates
                 themselves are not part of this repository.
"""

import datetime
import hashlib
import json
import pathlib
import re

import jinja2
import jinja2.ext
import jinja2.sandbox
from fetch_templates import template_folder
from template_snippets import snippets

OUT = pathlib.Path(__file__).resolve().parents[2] / "Tests/PrismModelTests/Fixtures/template"
# How Python prints iterators, methods and views; the interpreter prints lists instead.
OPAQUE = re.compile(r"<(generator|built-in|class|function|bound)|dict_(keys|values|items)|<Namespace|range\(")
DATE = datetime.datetime(2024, 7, 26, 12, 0, 0)


class Generation(jinja2.ext.Extension):
    """`{% generation %}`: marks what the assistant wrote; the text passes through."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_pass"), [], [], body).set_lineno(line)

    def _pass(self, caller):
        return caller()


def environment():
    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(
            x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    result = jinja2.sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])
    result.filters["tojson"] = tojson
    result.globals["raise_exception"] = raise_exception
    result.globals["strftime_now"] = lambda format: DATE.strftime(format)
    return result


def render(source, variables):
    try:
        output = environment().from_string(source).render(**variables)
        # A lone surrogate is a string to Python but no text.
        output.encode("utf-8")
        return {"output": output}
    except (jinja2.TemplateError, TypeError, ValueError, ArithmeticError, LookupError, SyntaxError) as error:
        return {"failure": type(error).__name__}


def conversations():
    user, assistant, system = (
        lambda text, role=role: {"role": role, "content": text} for role in ("user", "assistant", "system"))
    unicode_text = "Zoë, 你好 👩‍👩‍👧 e\u0301 \u202b\u0639\u0631\u0628\u064a\u202c ﬁ \u0000\u001b \r\n\tend"
    return {
        "user": [user("What is the capital of France?")],
        "system-user": [system("You are a terse geographer."), user("Capital of France?")],
        "turns": [user("Hi"), assistant("Hello! How can I help?"), user("Tell me a joke.")],
        "system-turns": [
            system("Be kind."), user("Hi"), assistant("Hello!"), user("One more."), assistant("Sure."), user("Bye")],
        "answered": [user("Hi"), assistant("Hello there.")],
        "unicode": [system(unicode_text), user(unicode_text), assistant(unicode_text), user(unicode_text)],
        "edge-space": [system("\n  padded \t"), user("  two  \n\n"), assistant(" \n x"), user("\u00a0\u3000 y \n")],
        "empty": [system(""), user(""), assistant(""), user("")],
        "thinking": [user("2+2?"), assistant("<think>\nadd\n</think>\n\n4"), user("And 3+3?")],
        "template-like": [user("{{ messages }} {% if x %} {# no #}"), assistant("'\"\\n\\"), user("a\\nb")],
        "system-late": [user("Hi"), system("Now be formal."), user("Continue")],
        "two-users": [user("a"), user("b")],
        "assistant-first": [assistant("I begin."), user("ok")],
        "only-system": [system("Nobody asks.")],
        "none": [],
    }


def rendered(source):
    rows = []
    for name, messages in conversations().items():
        for prompt in (True, False):
            variables = {
                "messages": messages, "bos_token": "<s>", "eos_token": "</s>", "add_generation_prompt": prompt}
            rows.append({"name": name, "messages": messages, "generation": prompt, **render(source, variables)})
    return rows


def ordered(value):
    """Dictionaries as lists of keys and values, and floats marked: JSON decoders forget both."""
    if isinstance(value, float):
        return {"float": value}
    if isinstance(value, dict):
        return {"keys": list(value), "values": [ordered(inner) for inner in value.values()]}
    return [ordered(inner) for inner in value] if isinstance(value, list) else value


def write(name, value):
    (OUT / name).write_text(json.dumps(value, ensure_ascii=True, indent=0) + "\n", encoding="utf-8")


def main():
    cases = []
    for source, variables in snippets():
        case = {
            "source": source, "variables": {key: ordered(value) for key, value in variables.items()},
            **render(source, variables)}
        if not OPAQUE.search(case.get("output", "")):
            cases.append(case)
    write("snippets.json", cases)
    own = {path.name: rendered(path.read_text(encoding="utf-8")) for path in sorted(OUT.glob("own-*.jinja"))}
    write("own.json", own)
    models = {}
    for path in sorted(template_folder().glob("*.jinja")):
        data = path.read_bytes()
        models[path.name] = {
            "sha256": hashlib.sha256(data).hexdigest(), "byteCount": len(data), "cases": rendered(data.decode("utf-8"))}
    write("models.json", models)
    failures = sum("failure" in case for case in cases)
    print(f"{len(cases)} snippets ({failures} fail), {len(own)} own and {len(models)} models' templates")


if __name__ == "__main__":
    main()
