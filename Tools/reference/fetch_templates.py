#!/usr/bin/env python3
"""Puts the chat templates of the supported models into the cache folder; quick when they are there.

Sources, all from PyPI: the source distribution of llama-cpp-python, which carries template files, and
the metadata of the default model's GGUF file. Nothing is built and nothing is committed.

Folder: $PRISM_TEMPLATES, else $XDG_CACHE_HOME/prism/templates, else ~/.cache/prism/templates.
"""

import argparse
import hashlib
import json
import os
import pathlib
import re
import struct
import subprocess
import sys
import tarfile
import tempfile

PACKAGE = "llama-cpp-python==0.3.36"
SHIPPED = {
    "qwen2.5-instruct": "Qwen-Qwen2.5-7B-Instruct.jinja",
    "llama-3.1-instruct": "meta-llama-Llama-3.1-8B-Instruct.jinja",
    "mistral-nemo-instruct": "mistralai-Mistral-Nemo-Instruct-2407.jinja",
    "deepseek-r1-distill-qwen": "deepseek-ai-DeepSeek-R1-Distill-Qwen-32B.jinja",
    "deepseek-r1-distill-llama": "deepseek-ai-DeepSeek-R1-Distill-Llama-8B.jinja",
    "llama-3.2-instruct": "meta-llama-Llama-3.2-3B-Instruct.jinja",
    "llama-3.3-instruct": "meta-llama-Llama-3.3-70B-Instruct.jinja",
    "gemma-2-it": "google-gemma-2-2b-it.jinja",
    "phi-3.5-mini-instruct": "microsoft-Phi-3.5-mini-instruct.jinja",
    "qwq": "Qwen-QwQ-32B.jinja",
    "qwen3": "Qwen-Qwen3-0.6B.jinja",
    "smollm3": "HuggingFaceTB-SmolLM3-3B.jinja",
    "granite-3.3-instruct": "ibm-granite-granite-3.3-2B-Instruct.jinja",
}
DEFAULT_MODEL = "smollm2-instruct"
# The template of Mistral's tokenizer version 3, which Mistral-7B-Instruct-v0.3 uses, stands as a string in
# a test of the same archive.
MISTRAL = "mistral-v3-instruct"
MISTRAL_PATTERN = r"mistralai 'v3' template.*?template_str= \*/ (\"(?:[^\"\\]|\\.)*\")"


def cache() -> pathlib.Path:
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return pathlib.Path(base) / "prism"


def template_folder() -> pathlib.Path:
    return pathlib.Path(os.environ.get("PRISM_TEMPLATES") or cache() / "templates")


def gguf_template(path: pathlib.Path) -> str:
    """The value of tokenizer.chat_template in a GGUF file's metadata."""
    sizes = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "B", 10: "Q", 11: "q", 12: "d"}
    with open(path, "rb") as file:

        def number(code):
            return struct.unpack("<" + code, file.read(struct.calcsize(code)))[0]

        def value(kind):
            if kind == 8:
                return file.read(number("Q"))
            if kind == 9:
                inner = number("I")
                return [value(inner) for _ in range(number("Q"))]
            return number(sizes[kind])

        if file.read(4) != b"GGUF":
            raise ValueError(f"{path} is not a GGUF file")
        number("I"), number("Q")
        for _ in range(number("Q")):
            key, found = value(8), value(number("I"))
            if key == b"tokenizer.chat_template":
                return found.decode("utf-8")
    raise ValueError(f"{path} has no chat template")


def verify(folder: pathlib.Path) -> None:
    """Templates that differ from those the fixtures were made from would fail the tests: say so here."""
    fixture = pathlib.Path(__file__).resolve().parents[2] / "Tests/PrismModelTests/Fixtures/template/models.json"
    if not fixture.exists():
        return
    for name, model in json.loads(fixture.read_text(encoding="utf-8")).items():
        path = folder / name
        if path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() != model["sha256"]:
            print(f"{path} is not the file the fixtures were made from; run template_fixtures.py", file=sys.stderr)


def write(path: pathlib.Path, data: bytes) -> None:
    temporary = path.with_suffix(".partial")
    temporary.write_bytes(data)
    temporary.replace(path)


def fetch_shipped(folder: pathlib.Path) -> None:
    missing = {name: file for name, file in SHIPPED.items() if not (folder / f"{name}.jinja").exists()}
    mistral = folder / f"{MISTRAL}.jinja"
    if not missing and mistral.exists():
        return
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary",
             "llama-cpp-python", "--dest", scratch, PACKAGE],
            check=True,
        )
        archive = next(pathlib.Path(scratch).glob("*.tar.gz"))
        with tarfile.open(archive) as tar:
            members = {
                os.path.basename(m.name): m for m in tar
                if "/models/templates/" in m.name or m.name.endswith("/tests/test-chat-template.cpp")
            }
            text = tar.extractfile(members["test-chat-template.cpp"]).read().decode("utf-8")
            found = re.search(MISTRAL_PATTERN, text, re.DOTALL)
            if not found:
                raise SystemExit(f"{archive.name} has no template of Mistral's version 3")
            write(mistral, json.loads(found.group(1)).encode("utf-8"))
            for name, file in missing.items():
                if file not in members:
                    raise SystemExit(f"{archive.name} has no {file}")
                write(folder / f"{name}.jinja", tar.extractfile(members[file]).read())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=pathlib.Path, help="the default model's GGUF file")
    arguments = parser.parse_args()
    folder = template_folder()
    folder.mkdir(parents=True, exist_ok=True)
    fetch_shipped(folder)
    target = folder / f"{DEFAULT_MODEL}.jinja"
    if not target.exists():
        known = os.environ.get("PRISM_MODEL")
        model = arguments.model or pathlib.Path(
            known or cache() / "models" / "smollm2-135m-instruct.gguf")
        if model.exists():
            write(target, gguf_template(model).encode("utf-8"))
        else:
            print(f"no model at {model}, so {target.name} is left out", file=sys.stderr)
    verify(folder)
    print(folder)


if __name__ == "__main__":
    main()
