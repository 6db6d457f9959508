"""Checks that PRISM differs from the base model on routed items only: elsewhere the two are equal bit for bit.

    python routed_items.py RUN [--alone RUN_OF_BASE] [--json]

RUN is the folder of a finished `prism eval --bundle` with the strategies base, adapter and prism. An item is routed
where the gate's probability reaches the bundle's threshold. On every routed item PRISM's score, letter and
log-probabilities must be the adapter's, on every other item base's. A run in which all
items go the same way shows nothing, and counts as a problem.

`prism eval` answers each item once a condition and PRISM takes one of the answers, so in one run this says that the
right one was taken. --alone says more: the run of base by itself, packed into other passes and without any row of the
adapter, has to hold the very numbers of base in RUN. Exit status: 0 when all of that holds, otherwise 1. Needs Python
alone.
"""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

SCORES = ["score", "others", "conditions", "route", "promptTokens", "generatedTokens"]


def json_lines(path):
    if not path.is_file():
        sys.exit(f"routed_items.py: {path} is not there; name the folder of a finished prism eval")
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def answers(run):
    """By (benchmark, item, condition): log-probabilities and texts. Python reads JSON's numbers without rounding."""
    return {
        (row["benchmark"], row["item"], row["condition"]): (row["logProbabilities"], row["answers"])
        for row in json_lines(run / "08-outcomes.jsonl")
    }


def rows(run):
    """By (benchmark, item): the row of each strategy."""
    found = {}
    for row in json_lines(run / "items.jsonl"):
        found.setdefault((row["benchmark"], row["item"]), {})[row["strategy"]] = row
    return found


def letter(values):
    return "ABCD"[values.index(max(values))] if len(values) == 4 else None


def check(item, strategies, outcomes, threshold):
    """(whether the item is routed, what is wrong with PRISM's row, what differs from base)."""
    prism, base = strategies["prism"], strategies["base"]
    if base.get("gateProbability") is None:
        sys.exit(f"routed_items.py: no gate read {'/'.join(item)}; name a run with --bundle")
    routed = base["gateProbability"] >= threshold
    expected = strategies["adapter" if routed else "base"]
    wrong = [key for key in SCORES if prism.get(key) != expected.get(key)]
    taken, other, plain = (outcomes[(*item, row["conditions"][0])] for row in (prism, expected, base))
    if taken != other:
        wrong.append("answer")
    differs = {
        "score": prism.get("score") != base.get("score"),
        "letter": letter(taken[0]) != letter(plain[0]),
        "log-probabilities": taken[0] != plain[0],
    }
    return routed, wrong, [name for name, value in differs.items() if value]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--alone", type=Path, help="folder of a finished prism eval of base by itself")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()

    threshold = json.loads((options.run / "results.json").read_text())["settings"]["threshold"]
    outcomes, items = answers(options.run), rows(options.run)
    counts = Counter(items=len(items))
    problems = []
    for item, strategies in items.items():
        missing = {"base", "adapter", "prism"} - strategies.keys()
        if missing:
            sys.exit(f"routed_items.py: {'/'.join(item)} was not answered by {min(missing)}; run all three strategies")
        routed, wrong, changed = check(item, strategies, outcomes, threshold)
        kind = "routed" if routed else "unrouted"
        counts[kind] += 1
        counts.update(f"{kind}, with other {name} than base" for name in changed)
        problems += [f"{'/'.join(item)} ({kind}): {name} is not the expected one" for name in wrong]
    if options.alone:
        alone = answers(options.alone)
        shared = [key for key in outcomes if key[2] == "base" and key in alone]
        if len(shared) != len(items):
            sys.exit(f"routed_items.py: {options.alone} holds {len(shared)} of {len(items)} items; use one --limit")
        counts["base by itself, compared"] = len(shared)
        different = [key for key in shared if alone[key] != outcomes[key]]
        counts["base by itself, different"] = len(different)
        problems += [f"{key[0]}/{key[1]}: base by itself answers differently" for key in different]
    if not counts["routed"] or not counts["unrouted"]:
        problems.append("every item went the same way, so this run shows nothing; give the gate another threshold")
    result = {"threshold": threshold, **counts, "problems": problems}
    if options.json:
        print(json.dumps(result, indent=1))
    else:
        for name, value in result.items():
            print(f"{name:50}{value}" if name != "problems" else "\n".join(value) or "no problems")
    if problems:
        sys.exit(f"routed_items.py: {len(problems)} problems in {len(items)} items")


if __name__ == "__main__":
    main()
