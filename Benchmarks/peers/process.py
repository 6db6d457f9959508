"""Runs one measurement in a process of its own and watches what else the machine did meanwhile."""

import fcntl
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from collections.abc import Iterator, Sequence


@dataclass(frozen=True)
class Finished:
    output: str
    errors: str
    status: int
    timed_out: bool
    seconds: float
    peak_bytes: int
    #: Share of the machine's processor time that went to others or was taken by the host, 0 to 1; None off Linux.
    others_busy: float | None


def run(command: Sequence[str], threads: int, timeout: float, lock: Path | None = None) -> Finished:
    """Runs the command to its end, or kills it after `timeout` seconds. With `lock`, waits for that file's lock
    first, so that several people can measure on one machine in turns."""
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads), HF_HUB_OFFLINE="1")
    with held(lock), tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        before, start = machine_ticks(), time.perf_counter()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=errors, env=environment
        )
        late = threading.Event()
        timer = threading.Timer(timeout, lambda: (late.set(), process.kill()))
        timer.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            raise
        finally:
            timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds, after = time.perf_counter() - start, machine_ticks()
        texts = [(file.seek(0), file.read().decode(errors="replace"))[1] for file in (output, errors)]
    # Linux counts the peak in KiB, macOS in bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    own = usage.ru_utime + usage.ru_stime
    return Finished(
        output=texts[0], errors=texts[1], status=process.returncode, timed_out=late.is_set(), seconds=seconds,
        peak_bytes=usage.ru_maxrss * unit, others_busy=others(before, after, own))  # fmt: skip


@contextmanager
def held(lock: Path | None) -> Iterator[None]:
    if lock is None:
        yield
        return
    with open(lock, "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def machine_ticks() -> tuple[int, int] | None:
    """(busy or stolen, all) ticks of all cores since the start."""
    try:
        words = Path("/proc/stat").read_text().splitlines()[0].split()[1:9]
    except OSError:
        return None
    ticks = [int(word) for word in words]  # user nice system idle iowait irq softirq steal
    return sum(ticks) - ticks[3] - ticks[4], sum(ticks)


def others(before: tuple[int, int] | None, after: tuple[int, int] | None, own: float) -> float | None:
    if before is None or after is None or after[1] <= before[1]:
        return None
    busy = after[0] - before[0] - own * os.sysconf("SC_CLK_TCK")
    return round(min(max(busy / (after[1] - before[1]), 0.0), 1.0), 3)
