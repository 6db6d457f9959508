"""Runs the same work on prism, transformers, peft and llama.cpp in turns and prints medians and ratios.

Each measurement is a process of its own. A round goes through all work, and through all engines for each piece of it,
so that what is compared ran within seconds of each other: shared machines change their speed within minutes.
"""

import argparse
import shlex
import signal
import sys
from datetime import datetime, timezone
from statistics import median

import options
import results
import tables
from peers import machine, models
from peers.engines import Engine
from peers.process import Finished, run


def main() -> None:
    arguments = options.parse()
    # As an exception it passes the process being measured, which then does not outlive this one.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    llama = arguments.cache / "llama.cpp"
    candidates = options.engines(arguments)
    failures = models.prepare(arguments.model, arguments.cache / "models", llama / "bin/llama-quantize")
    failures += filter(None, map(missing, candidates))
    for sentence in failures:
        warn(sentence)
    document: dict = {
        "format": 1,
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "machine": machine.describe(),
        "versions": machine.versions(arguments.prism, llama),
        "command": shlex.join(["Benchmarks/run", *results.without_paths(sys.argv[1:])]),
        "model": arguments.model.name, "threads": arguments.threads, "rounds": arguments.rounds,
        "failures": failures, "measurements": [],
    }  # fmt: skip
    pairs = options.pairs(arguments, [engine for engine in candidates if missing(engine) is None])
    for number in range(1, arguments.rounds + 1):
        # What failed once is told once and not tried again.
        pairs = [pair for pair in pairs if measure(number, *pair, arguments, document)]
        if number == 1:
            pairs = narrowed(pairs, document)
        if number == options.SWEEP_ROUNDS:
            pairs = [(work, engine) for work, engine in pairs if work in arguments.work]
    if not document["measurements"]:
        sys.exit("error: nothing could be measured")
    print(f"\n{tables.text(results.Results(document))}\n\nEvery measurement is in {arguments.out}.")


def measure(number: int, work: str, engine: Engine, arguments: argparse.Namespace, document: dict) -> bool:
    """Adds one measurement to the document, or a sentence about why there is none."""
    finished = run(engine.command(work) or [], arguments.threads, arguments.timeout, arguments.lock)
    try:
        if finished.status != 0:
            raise ValueError("exit status")
        reading = engine.read(work, finished.output)
        value = median(reading["rates"])
    except (ValueError, KeyError, TypeError, IndexError):
        sentence = failure(engine, work, finished, arguments.timeout)
        warn(sentence)
        document["failures"].append(sentence)
        return False
    print(f"round {number}/{arguments.rounds}  {work:<15} {value:9,.1f}  {label(engine)}", flush=True)
    document["measurements"].append({
        "round": number, "work": work, "engine": engine.name, "variant": engine.variant, "value": value,
        "peakBytes": finished.peak_bytes, "seconds": round(finished.seconds, 2),
        "othersBusy": finished.others_busy, **reading})  # fmt: skip
    # Each time, so that an interrupted run leaves what it has.
    results.save(document, arguments.out)
    return True


def narrowed(pairs: list[tuple[str, Engine]], document: dict) -> list[tuple[str, Engine]]:
    """Without the quantisations of llama.cpp that are far behind its best, which alone stands in the table."""
    found = results.Results(document)

    def close(work: str, engine: Engine) -> bool:
        best = found.median(engine.name, found.best(engine.name, work) or "", work)
        own = found.median(engine.name, engine.variant, work)
        return engine.name != "llama.cpp" or best is None or own is None or own >= results.CLOSE * best

    kept = [pair for pair in pairs if close(*pair)]
    document["narrowed"] = len(kept) < len(pairs)
    return kept


def label(engine: Engine) -> str:
    return f"{engine.name} {engine.variant}".strip()


def warn(sentence: str) -> None:
    print(f"warning: {sentence}", file=sys.stderr, flush=True)


def missing(engine: Engine) -> str | None:
    if engine.needs.exists():
        return None
    return f"{label(engine)} is left out: {engine.needs.name} is not there."


def failure(engine: Engine, work: str, finished: Finished, timeout: float) -> str:
    """Why a measurement failed, in one sentence."""
    subject = f"{label(engine)} is left out of {work}"
    if finished.timed_out:
        return f"{subject}: it took longer than {timeout:.0f} s."
    lines = [line.strip() for line in finished.errors.splitlines() if line.strip()]
    # Argument parsers print their usage after the error, Python its error after the trace.
    told = [line for line in lines if "error" in line.lower()] or lines[-1:]
    reason = told[-1] if told else "its answer could not be read"
    return f"{subject}: {reason.rstrip('.')[:200]} (exit status {finished.status})."


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\nstopped; the file of --out has what was measured until now")
