"""Benchmarks/compare: an engine that lost speed is found, a machine that lost speed is not."""

import contextlib
import importlib.machinery
import importlib.util
import io
import json
import tempfile
import unittest
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1] / "compare"
LOADER = importlib.machinery.SourceFileLoader("compare", str(SOURCE))
SPECIFICATION = importlib.util.spec_from_loader("compare", LOADER)
compare = importlib.util.module_from_spec(SPECIFICATION)
LOADER.exec_module(compare)

REPORT = {
    "prefill512": 2000.0, "decode1": 60.0, "decode32": None, "train512": 900.0, "weights": "bf16",
    "ceiling": {"bf16GFLOPS": 400.0, "fp32GFLOPS": 150.0, "readGBps": 20.0},
}  # fmt: skip


def changed(ceiling: dict | None = None, **keys: object) -> dict:
    return REPORT | keys | {"ceiling": REPORT["ceiling"] | (ceiling or {})}


class CompareTests(unittest.TestCase):
    def run_with(self, old: object, new: object, *flags: str) -> tuple[int, str, str]:
        with tempfile.TemporaryDirectory() as folder:
            paths = [Path(folder) / name for name in ("old.json", "new.json")]
            for path, report in zip(paths, (old, new)):
                path.write_text(report if isinstance(report, str) else json.dumps(report))
            output, errors = io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
                status = compare.main([*map(str, paths), *flags])
        return status, output.getvalue(), errors.getvalue()

    def test_the_same_run_has_not_changed(self) -> None:
        status, output, errors = self.run_with(REPORT, REPORT)
        self.assertEqual((status, errors), (0, ""))
        self.assertIn("prefill512         2,000.0   2,000.0     +0.0%\n", output)
        self.assertNotIn("decode32", output)

    def test_a_machine_of_half_the_speed_is_no_regression(self) -> None:
        half = changed({"bf16GFLOPS": 200.0, "fp32GFLOPS": 75.0, "readGBps": 10.0},
                       prefill512=1000.0, decode1=30.0, train512=450.0)  # fmt: skip
        self.assertEqual(self.run_with(REPORT, half)[0], 0)

    def test_an_engine_that_lost_a_fifth_is_found(self) -> None:
        status, output, _ = self.run_with(REPORT, changed(prefill512=1600.0))
        self.assertEqual(status, 1)
        self.assertIn("-20.0%   SLOWER", output)
        self.assertEqual(output.count("SLOWER"), 1)

    def test_the_same_rate_on_a_faster_machine_is_a_loss(self) -> None:
        # 2000 / 500 against 2000 / 400: a fifth of the share is gone.
        status, output, _ = self.run_with(REPORT, changed({"bf16GFLOPS": 500.0}))
        self.assertEqual(status, 1)
        self.assertEqual(output.count("SLOWER"), 2)

    def test_one_stream_is_held_against_the_memory(self) -> None:
        self.assertEqual(self.run_with(REPORT, changed({"readGBps": 10.0}, decode1=30.0))[0], 0)
        self.assertEqual(self.run_with(REPORT, changed({"bf16GFLOPS": 200.0}, decode1=30.0))[0], 1)

    def test_the_threshold_is_a_flag(self) -> None:
        slower = changed(prefill512=1800.0)
        self.assertEqual(self.run_with(REPORT, slower)[0], 0)
        self.assertEqual(self.run_with(REPORT, slower, "--threshold", "0.05")[0], 1)

    def test_without_bf16_the_fp32_product_counts(self) -> None:
        old = changed({"bf16GFLOPS": None})
        new = changed({"bf16GFLOPS": None, "fp32GFLOPS": 300.0})
        self.assertEqual(self.run_with(old, new)[0], 1)

    def test_what_only_one_file_has_is_told(self) -> None:
        status, _, errors = self.run_with(REPORT, changed(train512=None))
        self.assertEqual(status, 0)
        self.assertIn("warning: train512 is in one file only", errors)

    def test_files_that_cannot_be_compared_are_refused(self) -> None:
        cases = [("{", REPORT), ([1], REPORT), ({"prefill512": 1}, REPORT), (REPORT, {"ceiling": {}})]
        for old, new in cases:
            status, output, errors = self.run_with(old, new)
            self.assertEqual((status, output), (2, ""))
            self.assertEqual(errors.count("\n"), 1, errors)


if __name__ == "__main__":
    unittest.main()
