"""What measure.py wrote: medians over rounds, and ratios of measurements of one round."""

import json
from collections import defaultdict
from pathlib import Path
from statistics import median

#: Quantisations of llama.cpp below this share of its best are measured in the first round only.
CLOSE = 0.8


def save(document: dict, path: Path) -> None:
    partial = path.with_name(path.name + ".partial")
    partial.write_text(json.dumps(document, indent=1) + "\n")
    partial.rename(path)


def without_paths(words: list[str]) -> list[str]:
    """The flags without those that only say where things lie on one machine."""
    kept, places = [], ("--cache", "--out", "--lock", "--prism", "--model")
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word in places:
            skip = True
        elif not word.startswith(tuple(place + "=" for place in places)):
            kept.append(word)
    return kept


class Results:
    def __init__(self, document: dict) -> None:
        if document.get("format") != 1:
            raise ValueError("not a file of Benchmarks/run, or of another version of it")
        self.document = document
        self.measurements: list[dict] = document["measurements"]
        # (engine, variant) -> work -> round -> value
        self.values: dict[tuple[str, str], dict[str, dict[int, float]]] = defaultdict(lambda: defaultdict(dict))
        for row in self.measurements:
            self.values[row["engine"], row["variant"]][row["work"]][row["round"]] = row["value"]

    @classmethod
    def load(cls, path: Path) -> "Results":
        return cls(json.loads(path.read_text()))

    def variants(self, engine: str) -> list[str]:
        return [variant for name, variant in self.values if name == engine]

    def work(self) -> list[str]:
        return list(dict.fromkeys(row["work"] for row in self.measurements))

    def median(self, engine: str, variant: str, work: str) -> float | None:
        rounds = self.values.get((engine, variant), {}).get(work)
        return median(rounds.values()) if rounds else None

    def best(self, engine: str, work: str) -> str | None:
        """The engine's fastest variant."""
        found = {name: self.median(engine, name, work) for name in self.variants(engine)}
        known = {name: value for name, value in found.items() if value is not None}
        return max(known, key=lambda name: known[name]) if known else None

    def ratio(self, ours: tuple[str, str], theirs: tuple[str, str], work: str, their_work: str) -> float | None:
        """The median of ours / theirs, each from one round."""
        mine = self.values.get(ours, {}).get(work, {})
        other = self.values.get(theirs, {}).get(their_work, {})
        both = [mine[number] / other[number] for number in mine if number in other]
        return median(both) if both else None

    def peak(self, engine: str, variant: str, work: str) -> float | None:
        found = [row["peakBytes"] for row in self.measurements
                 if (row["engine"], row["variant"], row["work"]) == (engine, variant, work)]  # fmt: skip
        return median(found) if found else None

    def ceilings(self) -> dict[str, float]:
        """Medians of what prism measured the machine itself to do."""
        found = defaultdict(list)
        for row in self.measurements:
            for name, value in row.get("ceiling", {}).items():
                if value is not None:
                    found[name].append(value)
        return {name: median(values) for name, values in found.items()}
