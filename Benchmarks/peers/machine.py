"""What a table must say about the machine and the versions it was made with."""

import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path

EXTENSIONS = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8")


def describe() -> dict[str, object]:
    cpu, flags = platform.processor() or platform.machine(), set()
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                cpu = value.strip()
            elif name.strip() in ("flags", "Features"):
                flags = set(value.split())
    except OSError:
        cpu = output("sysctl", "-n", "machdep.cpu.brand_string") or cpu
    return {
        "cpu": cpu,
        "cores": os.cpu_count(),
        "memoryBytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "extensions": [name for name in EXTENSIONS if name in flags],
        "system": f"{platform.system()} {platform.release()}",
    }


def versions(prism: Path, llama: Path) -> dict[str, str]:
    """Versions of what is there; what is not is left out."""
    found = {"python": platform.python_version()}
    for name in ("torch", "transformers", "peft"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    # The folder that Benchmarks/setup links is named after the source package's version.
    if llama.exists():
        package = llama.resolve().name.removeprefix("llama.cpp-")
        found["llama.cpp"] = f"llama-cpp-python {package} source"
    if prism.exists():
        commit = output("git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty")
        found["prism"] = " ".join(filter(None, (output(str(prism), "--version"), commit)))
    return found


def output(*command: str) -> str:
    try:
        finished = subprocess.run(command, capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return finished.stdout.strip() if finished.returncode == 0 else ""
