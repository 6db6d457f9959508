"""One measurement of transformers or peft, in a process of its own: prints tokens per second as JSON."""

import argparse
import json
import os
import time
from collections.abc import Callable

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")

import torch
from transformers import AutoModelForCausalLM, PreTrainedModel

PROMPT, NEW = 128, 64
# The training step of `prism bench`: 4 sequences of 128 tokens, of which 32 are prompt; so 97 positions predict the
# answer in each. Rank and so on are the paper's (section 4).
ROWS, LENGTH, QUESTION = 4, 128, 32
RANK, ALPHA, DROPOUT, TOP, TEMPERATURE, LEARNING_RATE = 16, 32, 0.05, 64, 2.0, 2e-4
PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]

#: Runs the work once and returns the seconds that count.
Run = Callable[[], float]


def load(folder: str) -> PreTrainedModel:
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16, attn_implementation="sdpa")


def random_tokens(*shape: int) -> torch.Tensor:
    return torch.randint(100, 40_000, shape)


def prefill(model: PreTrainedModel, length: int) -> Run:
    tokens = random_tokens(1, length)

    @torch.inference_mode()
    def run() -> float:
        start = time.perf_counter()
        model(tokens, use_cache=True, logits_to_keep=1)
        return time.perf_counter() - start

    return run


def decode(model: PreTrainedModel, streams: int) -> Run:
    """Greedy decoding of a static batch, as `generate` does it without what it adds. The prompts are not timed."""
    prompts = random_tokens(streams, PROMPT)

    @torch.inference_mode()
    def run() -> float:
        output = model(prompts, use_cache=True, logits_to_keep=1)
        token = output.logits[:, -1:].argmax(-1)
        start = time.perf_counter()
        for _ in range(NEW):
            output = model(token, past_key_values=output.past_key_values, use_cache=True)
            token = output.logits[:, -1:].argmax(-1)
        return time.perf_counter() - start

    return run


def train(model: PreTrainedModel, checkpointing: bool) -> Run:
    """A distillation step as the paper's public code does it with peft: all logits, of which 64 a position are read."""
    from peft import LoraConfig, get_peft_model

    layers = list(range(1, model.config.num_hidden_layers))
    model.config.use_cache = False
    if checkpointing:
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
        model.enable_input_require_grads()
    model = get_peft_model(model, LoraConfig(
        r=RANK, lora_alpha=ALPHA, lora_dropout=DROPOUT, bias="none", target_modules=PROJECTIONS,
        layers_to_transform=layers, task_type="CAUSAL_LM"))  # fmt: skip
    model.train()
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=LEARNING_RATE, weight_decay=0.01)
    tokens = random_tokens(ROWS, LENGTH)
    answer = LENGTH - QUESTION + 1
    ids = random_tokens(ROWS, answer, TOP)
    teacher = torch.randn(ROWS, answer, TOP).log_softmax(-1)

    def run() -> float:
        start = time.perf_counter()
        logits = model(input_ids=tokens).logits[:, QUESTION - 1 :].float() / TEMPERATURE
        student = logits.log_softmax(-1).gather(-1, ids)
        loss = (teacher.exp() * (teacher - student)).sum(-1).mean() * TEMPERATURE**2
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        return time.perf_counter() - start

    return run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True, help="Hugging Face folder")
    parser.add_argument("--work", required=True, help="prefillN, decodeN or train512")
    parser.add_argument("--checkpointing", action="store_true", help="recompute activations (training)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=2, help="timed runs after one that is not counted")
    arguments = parser.parse_args()

    torch.manual_seed(0)
    torch.set_num_threads(arguments.threads)
    model = load(arguments.model).eval()
    kind = arguments.work.rstrip("0123456789")
    count = int(arguments.work.removeprefix(kind))
    if kind == "prefill":
        run, tokens = prefill(model, count), count
    elif kind == "decode":
        run, tokens = decode(model, count), count * NEW
    elif arguments.work == f"train{ROWS * LENGTH}":
        run, tokens = train(model, arguments.checkpointing), ROWS * LENGTH
    else:
        raise SystemExit(f"unknown work: {arguments.work}")
    run()  # the first run allocates and packs
    print(json.dumps({"work": arguments.work, "rates": [tokens / run() for _ in range(arguments.repeats)]}))


if __name__ == "__main__":
    main()
