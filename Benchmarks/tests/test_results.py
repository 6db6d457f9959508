"""Tables and engines of Benchmarks/run, without running any engine."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import measure  # noqa: E402
import report  # noqa: E402
import results  # noqa: E402
import tables  # noqa: E402
from peers.engines import Llama, Prism, Torch, split  # noqa: E402
from peers.process import others, run  # noqa: E402


def row(number: int, work: str, engine: str, variant: str, value: float) -> dict:
    return {"round": number, "work": work, "engine": engine, "variant": variant, "value": value,
            "peakBytes": 5e8, "seconds": 1.0, "othersBusy": 0.2 if number == 2 else 0.0,
            "ceiling": {"bf16GFLOPS": 400.0, "readGBps": 20.0} if engine == "prism" else {}}  # fmt: skip


DOCUMENT = {
    "format": 1, "date": "2026-11-22T05:00:00+00:00", "command": "Benchmarks/run", "model": "m.gguf", "threads": 2,
    "rounds": 3, "failures": ["peft bf16 is left out: it is not there."], "versions": {"torch": "2"},
    "machine": {"cpu": "C", "cores": 2, "memoryBytes": 2**34, "extensions": ["avx2"], "system": "Linux"},
    "measurements": [
        # The machine is half as fast in the second round, for everyone: ratios 4, 4 and 2.
        row(1, "prefill512", "prism", "bf16", 2000), row(1, "prefill512", "transformers", "bf16", 500),
        row(2, "prefill512", "prism", "bf16", 1000), row(2, "prefill512", "transformers", "bf16", 250),
        row(3, "prefill512", "prism", "bf16", 1000), row(3, "prefill512", "transformers", "bf16", 500),
        row(1, "prefill512", "llama.cpp", "Q4_0", 600), row(1, "prefill512", "llama.cpp", "BF16", 400),
        row(1, "decode8", "transformers", "bf16", 70), row(1, "decode32", "prism", "bf16", 700),
    ],
}  # fmt: skip


class ResultsTests(unittest.TestCase):
    found = results.Results(DOCUMENT)

    def test_ratios_are_of_one_round_each(self) -> None:
        # The ratio of the medians would be 1000 / 500 = 2.
        ratio = self.found.ratio(("prism", "bf16"), ("transformers", "bf16"), "prefill512", "prefill512")
        self.assertEqual(ratio, 4)
        alone = self.found.ratio(("prism", "bf16"), ("llama.cpp", "Q4_0"), "prefill512", "prefill512")
        self.assertAlmostEqual(alone, 2000 / 600)

    def test_the_best_quantisation_stands_in_the_table(self) -> None:
        lines = tables.comparison(self.found).splitlines()
        self.assertEqual(lines[2].split("|")[1:-1][1].strip(), "1,000")
        self.assertIn("llama.cpp Q4_0, best of 2", lines[3])
        self.assertIn("3.33x", lines[3])

    def test_large_batches_are_compared_with_the_largest_static_one(self) -> None:
        line = tables.comparison(self.found).splitlines()[5]
        self.assertIn("write, 32 streams", line)
        self.assertIn("transformers bf16, at 8 streams", line)
        self.assertIn("10.00x", line)

    def test_notes_name_the_ceiling_the_disturbance_and_what_failed(self) -> None:
        ceiling, disturbed, failed = tables.notes(self.found)
        self.assertIn("400.0 GFLOP/s in bf16, 20.0 GB/s read", ceiling)
        self.assertIn("During 2 of 10 measurements", disturbed)
        self.assertEqual(failed, "peft bf16 is left out: it is not there.")

    def test_another_format_is_refused(self) -> None:
        with self.assertRaises(ValueError):
            results.Results(DOCUMENT | {"format": 2})

    def test_paths_of_one_machine_stay_out_of_the_command(self) -> None:
        words = ["--cache", "/a", "--rounds", "3", "--out=/b", "--sweep", "--lock", "/c"]
        self.assertEqual(results.without_paths(words), ["--rounds", "3", "--sweep"])

    def test_the_page_is_replaced_between_its_marks(self) -> None:
        page = f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n"
        filled = report.replaced(page, report.section(self.found, ["performance-batch-size.svg"]))
        self.assertTrue(filled.startswith(f"before\n{report.BEGIN}\n\n- 2026-11-22, C, 2 cores, 16 GiB; avx2; without AMX"))
        self.assertTrue(filled.endswith(f"streams](performance-batch-size.svg)\n\n{report.END}\nafter\n"))
        self.assertEqual(report.replaced(filled, "x"), f"before\n{report.BEGIN}\n\nx\n\n{report.END}\nafter\n")
        with self.assertRaises(ValueError):
            report.replaced("no marks", "x")


    def test_quantisations_far_behind_are_measured_once(self) -> None:
        document = dict(DOCUMENT)
        pairs = [("prefill512", Llama(Path(), Path(), 2, name)) for name in ("Q4_0", "BF16")]
        pairs.append(("prefill512", Torch(Path(), 2, "transformers", "bf16")))
        # BF16 has 400 of 600; transformers is another engine.
        self.assertEqual(measure.narrowed(pairs, document), [pairs[0], pairs[2]])
        self.assertIn("less than 80%", tables.notes(results.Results(document))[2])


class EngineTests(unittest.TestCase):
    path = Path("/nowhere")

    def test_names_of_work(self) -> None:
        self.assertEqual([split(name) for name in ("prefill512", "decode8", "judgePerSecond")],
                         [("prefill", 512), ("decode", 8), ("judgePerSecond", 0)])  # fmt: skip

    def test_each_engine_takes_only_its_work(self) -> None:
        works = ["prefill512", "decode1", "decode8", "decode32", "judgePerSecond", "train512"]
        taken = lambda engine: [name for name in works if engine.command(name)]  # noqa: E731
        self.assertEqual(taken(Prism(self.path, self.path, 2)), works)
        self.assertEqual(taken(Torch(self.path, 2, "transformers", "bf16")), works[:3])
        self.assertEqual(taken(Torch(self.path, 2, "peft", "bf16")), ["train512"])
        self.assertEqual(taken(Llama(self.path, self.path, 2, "Q8_0")), works[:4])

    def test_answers_are_read(self) -> None:
        llama, prism = Llama(self.path, self.path, 2, "Q8_0"), Prism(self.path, self.path, 2, "int8")
        self.assertEqual(llama.read("prefill512", 'x\n{"samples_ts": [5, 6], "build_commit": "b"}\n')["rates"], [5, 6])
        self.assertEqual(llama.read("decode8", '{"speed_tg": 7.5}\n')["rates"], [7.5])
        answer = '{"details": {"decode1": {"rounds": [60, 62]}}, "peakResidentBytes": 9, "ceiling": {"readGBps": 20}}'
        reading = prism.read("decode1", answer)
        self.assertEqual(reading, {"rates": [60, 62], "peakBytes": 9, "ceiling": {"readGBps": 20}})
        self.assertIn("int8", prism.command("decode1"))
        for broken in ("", "[]", '{"details": {"decode1": null}}'):
            with self.assertRaises((ValueError, KeyError, TypeError)):
                prism.read("decode1", broken)

    def test_a_process_is_watched(self) -> None:
        finished = run([sys.executable, "-c", "import sys; print(1); sys.exit('gone wrong')"], 2, timeout=60)
        self.assertEqual((finished.output, finished.errors, finished.status), ("1\n", "gone wrong\n", 1))
        self.assertGreater(finished.peak_bytes, 1_000_000)
        late = run([sys.executable, "-c", "import time; time.sleep(60)"], 2, timeout=0.2)
        self.assertTrue(late.timed_out)
        self.assertNotEqual(late.status, 0)

    def test_what_others_used(self) -> None:
        self.assertIsNone(others(None, (1, 2), 1.0))
        self.assertEqual(others((0, 0), (100, 200), 0.0), 0.5)
        self.assertEqual(others((0, 0), (100, 200), 60.0), 0.0)


if __name__ == "__main__":
    unittest.main()
