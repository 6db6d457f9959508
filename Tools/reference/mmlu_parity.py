"""Checks MMLU as `prism eval` scores it, question by question, against transformers on the same prompts.

    python mmlu_parity.py MODEL.gguf DATA --prism .build/release/prism --limit 500
    python mmlu_parity.py MODEL.gguf DATA --run RUN_FP32 --rounded RUN_BF16 --json

DATA is the folder that `prism eval --data` reads. With --prism the program is run here, in fp32 and in bf16; with --run
and --rounded the runs are there already (raw prompts, no examples, strategy base). The raw prompt is built here from
the CSV files, the tokens come from the `tokenizers` library, and transformers runs the dequantised GGUF file in fp32,
one question at a time; the log-probabilities of " A" to " D" are read at the prompt's last token.

Compared for each question: number of prompt tokens, predicted letter, right or wrong, the four log-probabilities. The
fp32 run has to agree in the first three everywhere and in the last within --tolerance. The bf16 run is reported. A
model that always answers A agrees easily, so the table also says how often each letter is predicted, and on how many
questions the four letters come in another order. A near tie is a question whose two likeliest letters lie closer, in
transformers, than four times the run's median difference (one outlier must not excuse others): there rounding alone can
swap them. Near ties are counted, and those that did swap are differences like any other.
Exit status: 0 when the fp32 run agrees on every question, otherwise 1.
"""

import argparse
import csv
import functools
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

import smollm2
import torch
from gguf import GGUFReader
from tokenizer_fixtures import from_gguf

LETTERS = "ABCD"


def fail(sentence):
    sys.exit(f"mmlu_parity.py: {sentence}")


def eval_runs(prism, model, data, limit, folder):
    """Runs `prism eval` in both precisions: [fp32 folder, bf16 folder]."""
    runs = [folder / "fp32", folder / "bf16"]
    for run in runs:
        command = [prism, "eval", "--model", model, "--data", data, "--benchmarks", "mmlu", "--strategies", "base",
                   "--limit", str(limit), "--precision", run.name, "--out", run]  # fmt: skip
        if subprocess.run(list(map(str, command)), stdout=subprocess.DEVNULL).returncode != 0:
            fail(f"prism eval failed in {run.name}; what it said is above")
    return runs


def json_lines(path):
    if not path.is_file():
        fail(f"{path} is not there; name the folder of a finished prism eval")
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def read_run(folder):
    """By item: log-probabilities of the letters, whether prism counts it as right, tokens of the prompt."""
    wanted = lambda row, key: row["benchmark"] == "mmlu" and row[key] == "base"  # noqa: E731
    scores = {row["item"]: row for row in json_lines(folder / "items.jsonl") if wanted(row, "strategy")}
    answers = {row["item"]: row for row in json_lines(folder / "08-outcomes.jsonl") if wanted(row, "condition")}
    if not scores or scores.keys() != answers.keys():
        fail(f"{folder} holds {len(scores)} MMLU scores and {len(answers)} answers of base; it needs both of each item")
    return {
        item: {"logProbabilities": row["logProbabilities"], "right": scores[item]["score"] == 1,
               "tokens": row["promptTokens"]}
        for item, row in answers.items()
    }  # fmt: skip


@functools.cache
def subject_rows(path):
    with path.open(newline="", encoding="utf-8") as file:
        return [cells for cells in csv.reader(file, strict=True) if cells]


def question(data, item):
    """(raw prompt, right letter) of an item such as anatomy/12, from the CSV files."""
    subject, row = item.split("/")
    text, *choices, answer = subject_rows(data / f"mmlu/test/{subject}_test.csv")[int(row)]
    # Two blanks before the subject: the authors' code makes them, and prompts are compared byte for byte.
    head = "The following are multiple choice questions (with answers) about  " + subject.replace("_", " ") + ".\n\n"
    lines = [f"\n{letter}. {choice}" for letter, choice in zip(LETTERS, choices, strict=True)]
    return head + text + "".join(lines) + "\nAnswer:", answer


def reference(path, data, items):
    """By item, what `read_run` gives, and the right letter."""
    _, model = smollm2.load(path)
    # transformers' own reading of a GGUF vocabulary does not split numbers into digits, as SmolLM2 was trained.
    tokenizer = from_gguf(str(path))
    begin = GGUFReader(str(path)).fields.get("tokenizer.ggml.add_bos_token")
    if begin is not None and begin.contents():
        fail(f"{path.name} wants a token before every text, which this script does not write")
    encode = lambda text: tokenizer.encode(text, add_special_tokens=False).ids  # noqa: E731
    letters = [id for letter in LETTERS for id in encode(" " + letter)]
    if len(letters) != len(LETTERS):
        fail("a letter after a blank is more than one token")
    found = {}
    for count, item in enumerate(items, 1):
        prompt, answer = question(data, item)
        ids = encode(prompt)
        with torch.no_grad():
            row = model(torch.tensor([ids]), logits_to_keep=1).logits[0, -1].float().log_softmax(-1)
        values = row[letters].tolist()
        found[item] = {"logProbabilities": values, "right": predicted(values) == answer, "tokens": len(ids)}
        if sys.stderr.isatty() or count % 100 == 0:
            print(f"transformers: {count}/{len(items)}", file=sys.stderr)
    return found


def predicted(values):
    """The likeliest letter; the first one where two are equal, as prism has it."""
    return LETTERS[values.index(max(values))]


def order(values):
    return sorted(range(len(values)), key=lambda index: -values[index])


def gap(values):
    first, second = sorted(values, reverse=True)[:2]
    return first - second


def compare(run, expected):
    """How a run differs from transformers on the same items."""
    apart = {
        item: max(abs(a - b) for a, b in zip(row["logProbabilities"], expected[item]["logProbabilities"], strict=True))
        for item, row in run.items()
    }
    near = {item for item in run if gap(expected[item]["logProbabilities"]) <= 4 * median(apart.values())}
    differing = []
    for item, row in run.items():
        other = expected[item]
        letters = predicted(row["logProbabilities"]), predicted(other["logProbabilities"])
        if letters[0] != letters[1] or row["right"] != other["right"] or row["tokens"] != other["tokens"]:
            differing.append({
                "item": item, "prism": letters[0], "transformers": letters[1], "prismRight": row["right"],
                "transformersRight": other["right"], "tokens": [row["tokens"], other["tokens"]],
                "gap": gap(other["logProbabilities"]), "difference": apart[item], "nearTie": item in near})  # fmt: skip
    orders = [order(row["logProbabilities"]) != order(expected[item]["logProbabilities"]) for item, row in run.items()]
    return {
        **summary(run), "otherOrder": sum(orders), "largestDifference": max(apart.values()),
        "meanDifference": sum(apart.values()) / len(apart), "nearTies": len(near),
        "otherLetter": sum(row["prism"] != row["transformers"] for row in differing),
        "otherScore": sum(row["prismRight"] != row["transformersRight"] for row in differing),
        "otherTokens": sum(row["tokens"][0] != row["tokens"][1] for row in differing), "differing": differing,
    }  # fmt: skip


def summary(rows):
    letters = [predicted(row["logProbabilities"]) for row in rows.values()]
    return {"accuracy": sum(row["right"] for row in rows.values()) / len(rows),
            "letters": {letter: letters.count(letter) for letter in LETTERS}}  # fmt: skip


def show(result):
    print(f"{result['items']} questions; closest two letters in transformers: {result['smallestGap']:.2g} nats apart")
    print("              accuracy    A    B    C    D  other:  letter  score  tokens  order  near ties  "
          "difference: largest     mean")  # fmt: skip
    for name, run in {"transformers": result["transformers"], **result["runs"]}.items():
        label = name if name == "transformers" else "prism " + name
        print(f"{label:14}{run['accuracy']:8.4f}" + "".join(f"{count:5}" for count in run["letters"].values()), end="")
        if run is result["transformers"]:
            print()
            continue
        print(f"{run['otherLetter']:16}{run['otherScore']:7}{run['otherTokens']:8}{run['otherOrder']:7}"
              f"{run['nearTies']:11}{run['largestDifference']:21.2g}{run['meanDifference']:9.2g}")  # fmt: skip
        for row in run["differing"]:
            print(f"  {row['item']}: prism {row['prism']}, transformers {row['transformers']}, tokens "
                  f"{row['tokens'][0]} and {row['tokens'][1]}, gap {row['gap']:.2g}, difference "
                  f"{row['difference']:.2g}{', a near tie' if row['nearTie'] else ''}")  # fmt: skip


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="GGUF file of SmolLM2")
    parser.add_argument("data", type=Path, help="folder of benchmarks")
    parser.add_argument("--prism", type=Path, help="the program, to be run here")
    parser.add_argument("--limit", type=int, default=500, help="questions that --prism answers")
    parser.add_argument("--run", type=Path, help="folder of a finished prism eval in fp32")
    parser.add_argument("--rounded", type=Path, help="folder of a finished prism eval in bf16")
    parser.add_argument("--tolerance", type=float, default=2e-3, help="largest difference of a log-probability in fp32")
    parser.add_argument("--threads", type=int, default=2, help="threads of transformers")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    values = parser.parse_args()
    if (values.prism is None) == (values.run is None):
        parser.error("name either the program (--prism) or a finished run (--run)")
    return values


def main():
    options = arguments()
    torch.set_num_threads(options.threads)
    model = options.model.resolve()
    if options.prism:
        with tempfile.TemporaryDirectory() as folder:
            folders = eval_runs(options.prism, model, options.data, options.limit, Path(folder))
            runs = {name: read_run(folder) for name, folder in zip(("fp32", "bf16"), folders)}
    else:
        runs = {"fp32": read_run(options.run)}
        if options.rounded:
            runs["bf16"] = read_run(options.rounded)
            if runs["bf16"].keys() != runs["fp32"].keys():
                fail("the two runs hold different questions; give both the same --limit and --seed")
    expected = reference(model, options.data, list(runs["fp32"]))
    result = {
        "items": len(expected), "tolerance": options.tolerance, "transformers": summary(expected),
        "smallestGap": min(gap(row["logProbabilities"]) for row in expected.values()),
        "runs": {name: compare(run, expected) for name, run in runs.items()},
    }  # fmt: skip
    print(json.dumps(result, indent=1)) if options.json else show(result)
    exact = result["runs"]["fp32"]
    if exact["differing"]:
        fail(f"in fp32 {len(exact['differing'])} of {len(expected)} questions differ")
    if not exact["largestDifference"] <= options.tolerance:  # also true for NaN
        fail(f"in fp32 a log-probability differs by {exact['largestDifference']:.3g}")


if __name__ == "__main__":
    main()
