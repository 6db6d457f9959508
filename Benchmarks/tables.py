"""The tables of a file of Benchmarks/run, in Markdown that reads well in a terminal too."""

from results import CLOSE, Results

TITLES = {
    "prefill512": "read a prompt of 512 tokens", "prefill4096": "read a prompt of 4,096 tokens",
    "decode1": "write, 1 stream", "decode8": "write, 8 streams", "decode32": "write, 32 streams",
    "decode64": "write, 64 streams", "judgePerSecond": "judge (prompts/s)", "train512": "LoRA step of 512 tokens",
}  # fmt: skip
PEERS = ("transformers", "peft", "llama.cpp")
#: transformers is measured up to this batch; larger ones of the others are compared with it.
LARGEST_STATIC_BATCH = "decode8"
DISTURBED = 0.1


def peers_of(results: Results, work: str) -> list[tuple[str, str, str, str]]:
    """(engine, variant, its work, remark) of what prism is compared with: of llama.cpp the best quantisation."""
    found = []
    for engine in PEERS:
        theirs = work
        if engine == "transformers" and work.startswith("decode") and not results.best(engine, work):
            theirs = LARGEST_STATIC_BATCH
        best = results.best(engine, theirs)
        if best is None:
            continue
        names = results.variants("peft") if engine == "peft" else [best]
        for name in names:
            if results.median(engine, name, theirs) is None:
                continue
            remark = f"at {theirs.removeprefix('decode')} streams" if theirs != work else ""
            if engine == "llama.cpp":
                remark = f"best of {len(results.variants(engine))}"
            found.append((engine, name, theirs, remark))
    return found


def table(header: list[str], rows: list[list[str]], words: tuple[int, ...] = (0,)) -> str:
    """A Markdown table; the columns in `words` to the left, numbers to the right."""
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]

    def line(row: list[str]) -> str:
        cells = (cell.ljust(width) if column in words else cell.rjust(width)
                 for column, (cell, width) in enumerate(zip(row, widths)))  # fmt: skip
        return f"| {' | '.join(cells)} |"

    rule = ["-" * width if column in words else "-" * (width - 1) + ":" for column, width in enumerate(widths)]
    return "\n".join([line(header), line(rule), *map(line, rows)])


def number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def times(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}x"


def comparison(results: Results) -> str:
    """The standard work, or whatever else was measured where none of that was."""
    ours = results.variants("prism")
    rows = []
    for work in [name for name in TITLES if name in results.work()] or results.work():
        first = [TITLES.get(work, work), *(number(results.median("prism", name, work)) for name in ours)]
        for engine, variant, theirs, remark in peers_of(results, work) or [("", "", "", "")]:
            label = f"{engine} {variant}" + (f", {remark}" if remark else "") if engine else "-"
            value = results.median(engine, variant, theirs)
            ratios = [results.ratio(("prism", name), (engine, variant), work, theirs) for name in ours]
            rows.append([*first, label, number(value), *map(times, ratios)])
            first = [""] * len(first)
    header = ["", *(f"prism {name}" for name in ours), "peer", "its rate", *(f"{name} / peer" for name in ours)]
    return table(header, rows, words=(0, 1 + len(ours)))


def quantisations(results: Results) -> str:
    """Every quantisation of llama.cpp."""
    names = results.variants("llama.cpp")
    work = [name for name in TITLES if results.best("llama.cpp", name)]
    rows = [[TITLES[name], *(number(results.median("llama.cpp", variant, name)) for variant in names)] for name in work]
    return table(["llama.cpp", *names], rows) if rows else ""


def memory(results: Results) -> str:
    """Peak memory of each process, in MB."""
    works = [name for name in ("prefill512", "decode32", "train512") if name in results.work()]
    rows = []
    for engine, variant in results.values:
        cells = [results.peak(engine, variant, work) for work in works]
        rows.append([f"{engine} {variant}", *("-" if cell is None else f"{cell / 1e6:,.0f}" for cell in cells)])
    return table(["peak memory, MB", *(TITLES[name] for name in works)], rows) if works else ""


def notes(results: Results) -> list[str]:
    ceilings = results.ceilings()
    found = []
    if ceilings:
        units = {"bf16GFLOPS": "GFLOP/s in bf16", "fp32GFLOPS": "GFLOP/s in fp32", "readGBps": "GB/s read"}
        told = ", ".join(f"{ceilings[name]:,.1f} {unit}" for name, unit in units.items() if name in ceilings)
        found.append(f"The machine itself, measured in between: {told}.")
    known = [row["othersBusy"] for row in results.measurements if row.get("othersBusy") is not None]
    disturbed = sum(share > DISTURBED for share in known)
    if known:
        found.append(f"During {disturbed} of {len(known)} measurements others took more than "
                     f"{DISTURBED:.0%} of the processor.")  # fmt: skip
    if results.document.get("narrowed"):
        found.append(f"Quantisations of llama.cpp that reached less than {CLOSE:.0%} of its best in the first round "
                     "were not measured in the others.")  # fmt: skip
    return found + results.document["failures"]


def text(results: Results) -> str:
    parts = [comparison(results), quantisations(results), memory(results), "\n".join(notes(results))]
    return "\n\n".join(part for part in parts if part)
