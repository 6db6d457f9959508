"""Fills docs/performance.md from a file of Benchmarks/run, and draws its plots.

    VENV/bin/python Benchmarks/report.py RESULTS.json docs/

What stands between the two marks of the page is replaced; the rest is written by people.
"""

import sys
from datetime import datetime
from pathlib import Path

import tables
from results import Results

PAGE = "performance.md"
ALTERNATIVES = {
    "performance-prompt-length.svg": "Tokens read a second against the length of the prompt",
    "performance-batch-size.svg": "Tokens written a second against the number of streams",
}
BEGIN, END = "<!-- results: written by Benchmarks/report.py -->", "<!-- end of results -->"


def facts(found: Results) -> str:
    document, machine = found.document, found.document["machine"]
    date = datetime.fromisoformat(document["date"]).date()
    versions = ", ".join(f"{name} {version}" for name, version in document["versions"].items())
    amx = "with" if "amx_bf16" in machine["extensions"] else "without"
    return "\n".join([
        f"- {date}, {machine['cpu']}, {machine['cores']} cores, {machine['memoryBytes'] / 2**30:.0f} GiB; "
        f"{', '.join(machine['extensions']) or 'no vector extensions known'}; {amx} AMX; {machine['system']}",
        f"- {versions}",
        f"- {document['model']}, {document['threads']} threads, medians of {document['rounds']} rounds",
        f"- `{document['command']}`",
    ])  # fmt: skip


def section(found: Results, plots: list[str]) -> str:
    images = [f"![{ALTERNATIVES[name]}]({name})" for name in plots]
    remarks = "\n".join(f"- {note}" for note in tables.notes(found))
    parts = [facts(found), tables.comparison(found), tables.quantisations(found), tables.memory(found), remarks]
    return "\n\n".join(part for part in [*parts, *images] if part)


def replaced(page: str, text: str) -> str:
    """The page with the text between the marks. Raises ValueError without both."""
    if page.count(BEGIN) != 1 or page.count(END) != 1 or page.index(BEGIN) > page.index(END):
        raise ValueError(f"it does not have {BEGIN} and then {END}, once each")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{text}\n\n{END}{after}"


def main() -> int:
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    source, folder = Path(sys.argv[1]), Path(sys.argv[2])
    page = folder / PAGE
    try:
        found = Results.load(source)
        text = page.read_text()
        replaced(text, "")
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"error: {page} cannot be filled from {source}: {error}", file=sys.stderr)
        return 1
    try:
        import plots
        drawn = [path.name for path in plots.write(found, folder)]
    except ImportError as error:
        print(f"warning: the plots are left as they are: {error}", file=sys.stderr)
        drawn = [name for name in ALTERNATIVES if (folder / name).exists()]
    page.write_text(replaced(text, section(found, drawn)))
    print(f"{page}: {len(found.measurements)} measurements; plots: {', '.join(drawn) or 'none'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
