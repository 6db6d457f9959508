"""Writes what transformers computes for SmolLM2-135M-Instruct from its 4-bit GGUF file, dequantised to fp32.

    python smollm2.py path/to/SmolLM2-135M-Instruct.Q4_1.gguf

Output: Tests/PrismModelTests/Fixtures/smollm2/smollm2.json: 20 prompts (token ids) with the six most likely next
tokens and the log-probabilities of a continuation, in three precisions:
- float32: everything in fp32. The reference.
- bfloat16: the whole model cast to bf16, residual stream included: the coarsest a bf16 engine may be.
- products: weights and inputs of every linear layer rounded to bf16, all else fp32: what an engine with bf16 matrix
  products, fp32 accumulation and fp32 residual stream should reach.
Prompts are cut from smollm2_texts.py where the fp32 ranks 1 to 6 are furthest apart, so that rounding cannot swap them.
"""

import copy
import hashlib
import json
import sys
from pathlib import Path

import common
import torch
from smollm2_texts import CHATS, PLAIN, QUESTIONS
from transformers import AutoModelForCausalLM, AutoTokenizer

TOP, CONTINUATION, SHORTEST, ANSWER = 6, 10, 4, " The answer is not as simple as it seems."


def load(path):
    arguments = dict(gguf_file=path.name)
    tokenizer = AutoTokenizer.from_pretrained(str(path.parent), **arguments)
    model = AutoModelForCausalLM.from_pretrained(
        str(path.parent), dtype=torch.float32, attn_implementation="eager", **arguments
    )
    return tokenizer, model.eval()


def log_probabilities(model, ids):
    """Log-probabilities after every token of one sequence, in fp32: [tokens, vocabulary]."""
    with torch.no_grad():
        return model(torch.tensor([ids])).logits[0].float().log_softmax(-1)


def rounded_products(model):
    """A copy whose linear layers multiply bf16 values and add up in fp32."""
    model = copy.deepcopy(model)
    for layer in model.modules():
        if isinstance(layer, torch.nn.Linear):
            rounded = layer.weight.detach().bfloat16().float()
            layer.weight = torch.nn.Parameter(rounded, requires_grad=False)
            layer.register_forward_pre_hook(lambda _, inputs: (inputs[0].bfloat16().float(),))
    return model


def gaps(row):
    top = row.topk(TOP, sorted=True).values
    return top[:-1] - top[1:]


def clearest_cut(model, ids, first):
    """The cut of a text whose next token has the widest smallest gap: (prompt, continuation, gap)."""
    rows = log_probabilities(model, ids)
    cuts = range(max(first, SHORTEST), len(ids) - CONTINUATION + 1)
    best = max(cuts, key=lambda cut: gaps(rows[cut - 1]).min().item())
    return ids[:best], ids[best : best + CONTINUATION], gaps(rows[best - 1]).min().item()


def prompts(tokenizer, model):
    """(name, kind, prompt ids, continuation ids), 20 of them."""
    encode = lambda text: tokenizer.encode(text, add_special_tokens=False)  # noqa: E731
    render = lambda messages, open_turn: encode(  # noqa: E731
        tokenizer.apply_chat_template(messages, add_generation_prompt=open_turn, tokenize=False))  # fmt: skip
    for name, text in PLAIN:
        prompt, continuation, _ = clearest_cut(model, encode(text), 1)
        yield name, "plain", prompt, continuation
    for name, messages in CHATS:
        start = len(render(messages[:-1], True))
        prompt, continuation, _ = clearest_cut(model, render(messages, False), start + 1)
        yield name, "chat", prompt, continuation
    questions = []
    for index, (user, system) in enumerate(QUESTIONS):
        messages = ([{"role": "system", "content": system}] if system else []) + [{"role": "user", "content": user}]
        ids = render(messages, True)
        questions.append((gaps(log_probabilities(model, ids)[-1]).min().item(), f"question{index}", ids))
    for _, name, ids in sorted(questions, reverse=True)[:4]:
        yield name, "chat", ids, encode(ANSWER)[:CONTINUATION]


def measure(model, prompt, continuation, reference=None):
    rows = log_probabilities(model, prompt + continuation)
    last = rows[len(prompt) - 1]
    top = last.topk(TOP, sorted=True)
    ids = reference["topIDs"] if reference else top.indices.tolist()
    following = rows[len(prompt) - 1 : -1].gather(-1, torch.tensor(continuation)[:, None])[:, 0]
    digits = lambda values: [round(value, 6) for value in values.tolist()]  # noqa: E731
    return {"order": top.indices.tolist(), "topIDs": ids, "topLogProbabilities": digits(last[ids]),
            "continuationLogProbabilities": digits(following)}  # fmt: skip


def differences(exact, rounded):
    """Largest absolute differences in nats, and whether ranks 1 to 5 keep their order."""
    far = lambda key: round(max(abs(a - b) for a, b in zip(exact[key], rounded[key])), 6)  # noqa: E731
    return {"topLogProbabilities": far("topLogProbabilities"),
            "continuationLogProbabilities": far("continuationLogProbabilities"),
            "sameTop5": exact["order"][:5] == rounded["order"][:5]}  # fmt: skip


def main():
    path = Path(sys.argv[1]).resolve()
    tokenizer, exact = load(path)
    models = {"products": rounded_products(exact), "bfloat16": copy.deepcopy(exact).to(torch.bfloat16)}
    records = []
    for name, kind, prompt, continuation in prompts(tokenizer, exact):
        record = {"name": name, "kind": kind, "promptIDs": prompt, "continuationIDs": continuation}
        reference = measure(exact, prompt, continuation)
        record["smallestGap"] = round(gaps(log_probabilities(exact, prompt)[-1]).min().item(), 6)
        record["float32"] = {key: value for key, value in reference.items() if key != "order"}
        for precision, model in models.items():
            rounded = measure(model, prompt, continuation, reference)
            record[precision] = {key: value for key, value in rounded.items() if key not in ("order", "topIDs")}
            record[precision]["difference"] = differences(reference, rounded)
        print(name, len(prompt), record["smallestGap"], *(record[p]["difference"] for p in models), flush=True)
        records.append(record)
    summary = {
        precision: {
            key: max(record[precision]["difference"][key] for record in records)
            for key in ("topLogProbabilities", "continuationLogProbabilities")
        } | {"sameTop5": sum(record[precision]["difference"]["sameTop5"] for record in records)}
        for precision in models
    }  # fmt: skip
    print(summary)
    lines = ",\n".join("  " + json.dumps(record) for record in records)
    head = json.dumps({"model": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
                       "largestDifferences": summary}, indent=1)  # fmt: skip
    target = common.ROOT / "Tests/PrismModelTests/Fixtures/smollm2/smollm2.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(head[:-2] + ',\n "prompts": [\n' + lines + "\n ]\n}\n")


if __name__ == "__main__":
    main()
