"""How each engine is asked for a piece of work, and how its answer is read.

Work is named as `prism bench` names it: prefillN reads a prompt of N tokens and its last logits; decodeN writes 64 new
tokens in each of N streams after prompts of 128; train512 is one LoRA distillation step; judgePerSecond is prism's own.
"""

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

PROMPT, NEW = 128, 64


def split(work: str) -> tuple[str, int]:
    """"prefill512" is ("prefill", 512); a name without a number has 0."""
    match = re.fullmatch(r"([a-zA-Z]+?)(\d*)", work)
    if match is None:
        raise ValueError(f"no such work: {work}")
    return match[1], int(match[2] or 0)


class Engine(Protocol):
    name: str
    variant: str
    #: What must exist for it to run.
    needs: Path

    def command(self, work: str) -> list[str] | None:
        """None where the engine has nothing comparable."""

    def read(self, work: str, output: str) -> dict[str, object]:
        """"rates" (in the work's unit) and whatever else is worth keeping. Raises ValueError, KeyError or TypeError."""


@dataclass(frozen=True)
class Prism:
    needs: Path
    model: Path
    threads: int
    variant: str = ""
    name: str = "prism"

    def command(self, work: str) -> list[str] | None:
        weights = ["--weights", self.variant] if self.variant else []
        return [str(self.needs), "bench", "--model", str(self.model), "--only", work, "--rounds", "2",
                "--threads", str(self.threads), "--json", *weights]  # fmt: skip

    def read(self, work: str, output: str) -> dict[str, object]:
        report = json.loads(output)
        rates = [float(rate) for rate in report["details"][work]["rounds"]]
        kept = {key: report[key] for key in ("ceiling", "weights") if key in report}
        if report.get("peakResidentBytes"):
            # Without the buffer that prism reads to measure the memory's speed.
            kept["peakBytes"] = report["peakResidentBytes"]
        return kept | {"rates": rates}


@dataclass(frozen=True)
class Torch:
    """transformers, or peft on top of it for training; see torch_worker.py."""

    needs: Path
    threads: int
    name: str
    variant: str

    def command(self, work: str) -> list[str] | None:
        kind, count = split(work)
        training = self.name == "peft"
        if training != (kind == "train") or kind not in ("prefill", "decode", "train"):
            return None
        # A static batch is no faster a token beyond this, and takes minutes.
        if kind == "decode" and count > 8:
            return None
        worker = Path(__file__).with_name("torch_worker.py")
        command = [sys.executable, str(worker), "--model", str(self.needs), "--work", work,
                   "--threads", str(self.threads)]  # fmt: skip
        return command + (["--checkpointing"] if self.variant.endswith("checkpointing") else [])

    def read(self, work: str, output: str) -> dict[str, object]:
        return {"rates": [float(rate) for rate in json.loads(output)["rates"]]}


@dataclass(frozen=True)
class Llama:
    """llama-bench for one stream, llama-batched-bench for several."""

    needs: Path
    file: Path
    threads: int
    variant: str
    name: str = "llama.cpp"

    def command(self, work: str) -> list[str] | None:
        kind, count = split(work)
        threads = str(self.threads)
        if kind == "prefill":
            size = ["-p", str(count), "-n", "0", "-ub", "512"]
            # The warm-up reads the whole prompt, and a long one is warm after its first 512 tokens.
            return self.bench(size + (["-r", "1", "--no-warmup"] if count > 1024 else ["-r", "2"]))
        if kind == "decode" and count == 1:
            return self.bench(["-p", "0", "-n", str(NEW), "-d", str(PROMPT), "-r", "2"])
        if kind == "decode":
            context = str(count * (PROMPT + NEW))
            return [str(self.needs.with_name("llama-batched-bench")), "-m", str(self.file), "-t", threads,
                    "-tb", threads, "-c", context, "-b", "2048", "-ub", "512", "-npp", str(PROMPT),
                    "-ntg", str(NEW), "-npl", str(count), "--output-format", "jsonl"]  # fmt: skip
        return None

    def bench(self, size: list[str]) -> list[str]:
        return [str(self.needs), "-m", str(self.file), "-t", str(self.threads), *size, "-o", "jsonl"]

    def read(self, work: str, output: str) -> dict[str, object]:
        rows = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
        if "speed_tg" in rows[0]:
            return {"rates": [float(row["speed_tg"]) for row in rows]}
        return {"rates": [float(rate) for rate in rows[0]["samples_ts"]], "build": rows[0].get("build_commit")}
