"""Throughput against prompt length and batch size, as SVG files that are the same whenever the numbers are."""

import re
from pathlib import Path

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as pyplot  # noqa: E402  (after the choice of what draws)

from results import Results  # noqa: E402

# Readable on white and on near-black; engines keep their colour in every plot.
INK = "#7d8590"
COLOURS = {"prism": ["#d9480f", "#f08c00"], "transformers": ["#1c7ed6"], "llama.cpp": ["#2f9e44", "#74b816"]}
MARKERS = {"prism": "o", "transformers": "s", "llama.cpp": "^"}
STYLE = {
    "svg.hashsalt": "prism", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 10,
    "text.color": INK, "axes.labelcolor": INK, "axes.edgecolor": INK, "xtick.color": INK, "ytick.color": INK,
    "axes.spines.top": False, "axes.spines.right": False,
}  # fmt: skip

Line = tuple[str, str, list[tuple[int, float]]]


def lines(results: Results, kind: str) -> list[Line]:
    """(engine, variant, points) of every curve of `kind` with two points or more. Of llama.cpp the quantisation that is
    best at the most points, and bf16 for a comparison of equal weights."""
    sizes = sorted(int(name[len(kind):]) for name in results.work() if re.fullmatch(rf"{kind}\d+", name))  # fmt: skip
    fastest = [results.best("llama.cpp", f"{kind}{size}") for size in sizes]
    shown = {max(set(fastest), key=lambda name: (fastest.count(name), str(name))) if fastest else None, "BF16"}
    found = []
    for engine, variant in results.values:
        if engine not in COLOURS or (engine == "llama.cpp" and variant not in shown):
            continue
        values = ((size, results.median(engine, variant, f"{kind}{size}")) for size in sizes)
        points = [(size, value) for size, value in values if value is not None]
        if len(points) > 1:
            found.append((engine, variant, points))
    return found


def plot(curves: list[Line], title: str, axis: str, target: Path) -> None:
    with pyplot.rc_context(STYLE):
        figure, axes = pyplot.subplots(figsize=(7.2, 3.6))
        used: dict[str, int] = {}
        for engine, variant, points in curves:
            index = used.get(engine, 0)
            used[engine] = index + 1
            palette = COLOURS[engine]
            axes.plot(*zip(*points), label=f"{engine} {variant}", color=palette[index % len(palette)],
                      marker=MARKERS[engine], markersize=4, linestyle="-" if index == 0 else "--")  # fmt: skip
        ticks = sorted({size for *_, points in curves for size, _ in points})
        axes.set_xscale("log", base=2)
        axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
        axes.minorticks_off()
        axes.set_ylim(bottom=0)
        axes.set_xlabel(axis)
        axes.set_ylabel("tokens a second")
        axes.set_title(title)
        axes.grid(axis="y", color=INK, alpha=0.25, linewidth=0.6)
        axes.yaxis.set_major_formatter("{x:,.0f}")
        axes.legend(frameon=False, labelcolor=INK, loc="center left", bbox_to_anchor=(1, 0.5))
        figure.tight_layout()
        # No date: the same numbers give the same bytes.
        figure.savefig(target, format="svg", transparent=True, metadata={"Date": None})
        pyplot.close(figure)


def write(results: Results, folder: Path) -> list[Path]:
    """Writes the plots that the results have points for."""
    written = []
    for kind, name, title, axis in (
        ("prefill", "prompt-length", "Reading a prompt of so many tokens", "prompt tokens"),
        ("decode", "batch-size", "Writing in so many streams at once", "streams"),
    ):
        curves = lines(results, kind)
        if curves:
            written.append(folder / f"performance-{name}.svg")
            plot(curves, title, axis, written[-1])
    return written
