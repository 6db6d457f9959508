"""Checks that `prism export` gives other programs the same adapter: 20 prompts through prism, llama.cpp and peft.

    python export_parity.py BUNDLE MODEL.gguf --prism .build/release/prism \\
        --llama-server llama.cpp/build/bin/llama-server --llama-quantize llama.cpp/build/bin/llama-quantize

MODEL.gguf is the model that the bundle was made for. Everything is greedy, the adapter always on, and every program
gets the token ids that prism made of the chat template; that llama.cpp renders and tokenises the conversations to the
same ids is checked too. Rows of the table:

- llama.cpp fp32: `llama-server --lora` on the model dequantised to fp32 (by llama-quantize), key-value cache in fp32,
  against prism in fp32. Nothing but the order of additions differs, so this is the row that judges the exported file.
- llama.cpp as is: the same server on MODEL.gguf with its own settings (there 4-bit weights meet activations rounded
  to 8 bits, and the cache is fp16), against prism in bf16, its default.
- peft fp32: the exported folder on transformers' reading of the dequantised model, fp32, against prism in fp32.

Compared: the texts, and the log-probability of each token of prism's answer. Where the greedy choice parts from prism's,
the tokens still compared are prism's: the other program reads prism's token there and goes on. Such a place is a near
tie when the other program gives both tokens log-probabilities less than twice the tolerance apart; there rounding alone
can swap them. How many answers begin otherwise without the adapter shows that the check could fail.
Exit status: 0 when all prompts agree, no log-probability differs by more than the row's tolerance, every parting of the
ways is a near tie, and at least one text needs the adapter; otherwise 1.
"""

import argparse
import contextlib
import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import smollm2
import torch
from peft import PeftModel
from smollm2_texts import CHATS, QUESTIONS

PROMPTS, CHOICES, BEGINNING, START_SECONDS = 20, 40, 24, 60


def fail(sentence):
    sys.exit(f"export_parity.py: {sentence}")


def conversations():
    """(system or None, user), 20 of them."""
    chats = [messages[:-1] for _, messages in CHATS]
    found = [("".join(turn["content"] for turn in messages[:-1]) or None, messages[-1]["content"]) for messages in chats]
    without = [(None, user) for user, system in QUESTIONS if system is None]
    brief = [(system, user) for user, system in QUESTIONS if system and "brief" in system]
    return (found + without + brief)[:PROMPTS]


def run(*command):
    outcome = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if outcome.returncode != 0:
        fail(f"{Path(command[0]).name} {command[1]} failed: {outcome.stderr.strip()}")
    return outcome.stdout


def answers(options, folder, precision):
    """What prism says with the adapter: one object a prompt, as `--json` prints it."""
    file = folder / "prompts.jsonl"
    rows = [{"prompt": user} | ({"system": system} if system else {}) for system, user in conversations()]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    lines = run(options.prism, "generate", "--json", "--model", options.model, "--bundle", options.bundle, "--route",
                "adapter", "--temperature", 0, "--max-tokens", options.tokens, "--precision", precision, "--threads",
                options.threads, "--file", file).splitlines()  # fmt: skip
    return [json.loads(line) for line in lines]


class Llama:
    """A running llama-server with the adapter loaded as number 0."""

    def __init__(self, port):
        self.address = f"http://127.0.0.1:{port}"

    def ask(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=300) as answer:
            return json.load(answer)

    def prompt(self, system, user):
        """Token ids of a conversation, by llama.cpp's own template and tokenizer."""
        head = [{"role": "system", "content": system}] if system else []
        text = self.ask("/apply-template", {"messages": head + [{"role": "user", "content": user}]})["prompt"]
        return self.ask("/tokenize", {"content": text, "add_special": False, "parse_special": True})["tokens"]

    def complete(self, ids, count, scale):
        """Greedy: [(token, {likely token: log-probability})]; as with prism, a token that ends the answer is the last."""
        answer = self.ask("/completion", {
            "prompt": ids, "n_predict": count, "temperature": 0, "n_probs": CHOICES, "cache_prompt": False,
            "return_tokens": True, "lora": [{"id": 0, "scale": scale}]})  # fmt: skip
        return [
            (step["id"], {choice["id"]: choice["logprob"] for choice in step["top_logprobs"]})
            for step in answer["completion_probabilities"]
        ]


@contextlib.contextmanager
def llama(options, model, adapter, extra):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [options.llama_server, "-m", model, "--lora", adapter, "-c", "2048", "-np", "1", "-t", options.threads,
               "--host", "127.0.0.1", "--port", port, *extra]  # fmt: skip
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen([str(word) for word in command], stdout=log, stderr=log)
        try:
            server = Llama(port)
            end = time.monotonic() + START_SECONDS
            while True:
                try:
                    server.ask("/health")
                    break
                except (urllib.error.URLError, ConnectionError):
                    if process.poll() is not None or time.monotonic() > end:
                        log.seek(0)
                        fail("llama-server did not start:\n" + log.read().decode(errors="replace")[-2000:])
                    time.sleep(0.2)
            yield server
        finally:
            process.terminate()
            process.wait()


def followed(server, row):
    """The log-probabilities of prism's tokens, and the gap to the likeliest one where that is another."""
    values, gaps = [], []
    while len(values) < len(row["tokenIDs"]):
        wanted = row["tokenIDs"][len(values) :]
        steps = server.complete(row["promptTokenIDs"] + row["tokenIDs"][: len(values)], len(wanted), 1)
        if not steps:
            fail("llama-server answered with no token at all")
        for token, (likeliest, choices) in zip(wanted, steps):
            values.append(choices.get(token, float("-inf")))
            if token != likeliest:
                gaps.append(choices[likeliest] - values[-1])
                break
    return values, gaps


def llama_row(server, rows):
    """One row of the table: what llama.cpp makes of prism's answers."""
    different, plain = 0, 0
    for (system, user), row in zip(conversations(), rows, strict=True):
        different += server.prompt(system, user) != row["promptTokenIDs"]
        begin = row["tokenIDs"][:BEGINNING]
        plain += [token for token, _ in server.complete(row["promptTokenIDs"], len(begin), 0)] != begin
    return summary(rows, [followed(server, row) for row in rows], prompts=different, plain=plain)


def peft_row(model, folder, rows):
    """One row of the table: what the exported folder computes in transformers, fp32."""
    model = PeftModel.from_pretrained(model, str(folder)).eval()
    plain, found = 0, []
    for row in rows:
        ids, answer = row["promptTokenIDs"], torch.tensor(row["tokenIDs"])
        tokens = torch.tensor([ids + row["tokenIDs"]])
        with torch.no_grad():
            after = lambda: model(tokens).logits[0, len(ids) - 1 : -1].float().log_softmax(-1)  # noqa: E731
            scores = after()
            with model.disable_adapter():
                plain += bool((after().argmax(-1) != answer)[:BEGINNING].any())
        values = scores.gather(-1, answer[:, None])[:, 0]
        gaps = (scores.max(-1).values - values)[scores.argmax(-1) != answer]
        found.append((values.tolist(), gaps.tolist()))
    return summary(rows, found, prompts=0, plain=plain)


def summary(rows, found, prompts, plain):
    apart = [
        abs(a - b)
        for row, (values, _) in zip(rows, found, strict=True)
        for a, b in zip(row["logProbabilities"], values, strict=True)
    ]
    gaps = [gap for _, gaps in found for gap in gaps]
    return {
        "tokens": len(apart), "otherPrompts": prompts, "sameText": sum(not gaps for _, gaps in found),
        "partings": len(gaps), "largestGap": max(gaps, default=0), "largestDifference": max(apart),
        "meanDifference": sum(apart) / len(apart), "otherWithoutAdapter": plain,
    }  # fmt: skip


def problems(name, row):
    """What is wrong with a row, as sentences."""
    tolerance = row["tolerance"]
    if row["otherPrompts"]:
        yield f"{name}: {row['otherPrompts']} conversations become other tokens"
    if not row["largestDifference"] <= tolerance:  # also true for NaN
        yield f"{name}: a log-probability differs by {row['largestDifference']:.3g}, tolerance {tolerance:.3g}"
    if not row["largestGap"] <= 2 * tolerance:
        yield f"{name}: the answers part where the tokens are {row['largestGap']:.3g} nats apart"
    if not row["otherWithoutAdapter"]:
        yield f"{name}: no answer needs the adapter, so nothing was checked"


def show(result):
    print(f"{PROMPTS} prompts      tokens  same text  partings  widest gap  difference: largest     mean  tolerance  "
          "other without adapter")  # fmt: skip
    for name, row in result.items():
        print(f"{name:16}{row['tokens']:7}{row['sameText']:11}{row['partings']:10}{row['largestGap']:12.2g}"
              f"{row['largestDifference']:21.2g}{row['meanDifference']:9.2g}{row['tolerance']:11.2g}"
              f"{row['otherWithoutAdapter']:23}")  # fmt: skip


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", type=Path, help="folder with adapter and gate")
    parser.add_argument("model", type=Path, help="GGUF file of SmolLM2 that the bundle was made for")
    parser.add_argument("--prism", type=Path, required=True, help="the program")
    parser.add_argument("--llama-server", type=Path, required=True, help="llama.cpp's server")
    parser.add_argument("--llama-quantize", type=Path, required=True, help="llama.cpp's converter")
    parser.add_argument("--tokens", type=int, default=64, help="tokens of an answer")
    parser.add_argument("--tolerance", type=float, default=2e-3, help="largest difference of a log-probability in fp32")
    parser.add_argument("--rounded-tolerance", type=float, default=0.5, help="the same with everything rounded")
    parser.add_argument("--threads", type=int, default=2, help="threads of each program")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args()


def main():
    options = arguments()
    torch.set_num_threads(options.threads)
    model = options.model.resolve()
    _, reference = smollm2.load(model)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        adapter, peft, plain = folder / "adapter.gguf", folder / "peft", folder / "fp32.gguf"
        for format, out in (("gguf", adapter), ("peft", peft)):
            run(options.prism, "export", "--model", model, "--bundle", options.bundle, "--to", format, "--out", out)
        run(options.llama_quantize, "--allow-requantize", model, plain, "F32")
        exact, rounded = (answers(options, folder, precision) for precision in ("fp32", "bf16"))
        result = {}
        with llama(options, plain, adapter, ["-fa", "off", "-ctk", "f32", "-ctv", "f32"]) as server:
            result["llama.cpp fp32"] = llama_row(server, exact)
        with llama(options, model, adapter, []) as server:
            result["llama.cpp as is"] = llama_row(server, rounded)
        result["peft fp32"] = peft_row(reference, peft, exact)
    for name, row in result.items():
        row["tolerance"] = options.rounded_tolerance if name == "llama.cpp as is" else options.tolerance
    print(json.dumps(result, indent=1)) if options.json else show(result)
    found = [problem for name, row in result.items() for problem in problems(name, row)]
    if found:
        fail("; ".join(found))


if __name__ == "__main__":
    main()
