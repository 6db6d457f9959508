"""The flags of Benchmarks/run, and the engines they ask for."""

import argparse
import re
import sys
from pathlib import Path

from peers import models
from peers.engines import Engine, Llama, Prism, Torch

WORK = ["prefill512", "prefill4096", "decode1", "decode8", "decode32", "decode64", "judgePerSecond", "train512"]
SWEEP = ["prefill64", "prefill128", "prefill256", "prefill1024", "prefill2048", "decode2", "decode4", "decode16"]
SWEEP_ROUNDS = 2
# Of llama.cpp the plots show bf16 and what is fastest; more would double the time of a round.
SWEEP_QUANTISATIONS = {"BF16", "Q4_0"}
REPOSITORY = Path(__file__).resolve().parents[1]


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="Benchmarks/run", epilog="Benchmarks/run takes --setup-only too: it sets the peers up and stops.",
        description="Run the same work on prism, transformers, peft and llama.cpp in turns; print medians and ratios.",
    )  # fmt: skip
    add = parser.add_argument
    add("--rounds", type=int, default=5, help="times everything is measured (default %(default)s)")
    add("--threads", type=int, default=2, help="threads of every engine (default %(default)s)")
    add("--work", type=names, default=WORK, help=f"default {','.join(WORK)}")
    add("--sweep", action="store_true", help=f"more lengths and batch sizes, for the plots; {SWEEP_ROUNDS} rounds")
    add("--engines", type=names, default=["prism", "transformers", "peft", "llama.cpp"],
        help="default prism,transformers,peft,llama.cpp")  # fmt: skip
    add("--weights", type=names, default=["bf16", "int8"], help="of prism (default bf16,int8)")
    add("--quantisations", type=names, default=["BF16", "F16", *models.QUANTISED, "Q4_1"], help="of llama.cpp")
    add("--model", type=Path, default=models.fetched_model(), help="GGUF file (default: the one prism fetches)")
    add("--prism", type=Path, default=REPOSITORY / ".build/release/prism", help="the command to measure")
    add("--cache", type=Path, default=models.cache_folder() / "benchmarks", help="folder of the peers")
    add("--lock", type=Path, help="file to lock while measuring, where others measure too")
    add("--timeout", type=float, default=300, help="seconds one process may take (default %(default)s)")
    add("--out", type=Path, default=Path("benchmark-results.json"), help="default %(default)s")
    arguments = parser.parse_args()
    if arguments.rounds < 1 or arguments.threads < 1:
        parser.error("--rounds and --threads are at least 1")
    if not arguments.model.exists():
        parser.error(f"{arguments.model} does not exist; fetch it with: prism models --fetch smollm2-135m-instruct")
    if not arguments.out.parent.is_dir():
        parser.error(f"the folder of --out, {arguments.out.parent}, does not exist")
    for work in arguments.work:
        if not re.fullmatch(r"(prefill|decode)[1-9]\d*", work) and work not in WORK:
            parser.error(f"--work has {work}; known: prefillN and decodeN for any N, judgePerSecond, train512")
    return arguments


def names(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


def engines(arguments: argparse.Namespace) -> list[Engine]:
    """In the order of a round."""
    folder, threads = arguments.cache / "models", arguments.threads
    bench = arguments.cache / "llama.cpp/bin/llama-bench"
    files = models.llama_files(arguments.model, folder)
    for name in arguments.quantisations:
        if name not in files:
            sys.exit(f"error: --quantisations has {name}; known: {', '.join(files)}")
    found: list[Engine] = [Prism(arguments.prism, arguments.model, threads, name) for name in arguments.weights]
    found.append(Torch(folder / "transformers", threads, "transformers", "bf16"))
    found += [Torch(folder / "transformers", threads, "peft", name) for name in ("bf16, checkpointing", "bf16")]
    found += [Llama(bench, files[name], threads, name) for name in arguments.quantisations]
    for name in arguments.engines:
        if name not in {engine.name for engine in found}:
            sys.exit(f"error: --engines has {name}; known: prism, transformers, peft, llama.cpp")
    return [engine for engine in found if engine.name in arguments.engines]


def pairs(arguments: argparse.Namespace, candidates: list[Engine]) -> list[tuple[str, Engine]]:
    """What a round measures, in order. Engines that are compared follow one another."""
    found = [(work, engine) for work in arguments.work for engine in candidates]
    if arguments.sweep:
        swept = [one for one in candidates if one.name != "llama.cpp" or one.variant in SWEEP_QUANTISATIONS]
        found += [(work, engine) for work in SWEEP for engine in swept]
    return [(work, engine) for work, engine in found if engine.command(work)]
