"""Writes the reference for LoRA self-distillation: loss, gradients and a 10-step curve from PyTorch and peft.

Output: Tests/PrismTrainingTests/Fixtures/lora/. The models are those of tiny_models.py, named by relative path.

Distillation loss of one answer position: T^2 * KL(teacher || student), T = 2. Both sides are softmax(logit / T) over
the teacher's 16 most likely tokens only, so they sum to one over those tokens. The teacher is the base model behind
the teacher prompt; the student is the model with LoRA behind the student prompt. Logits at position p - 1 predict the
token at p. A step's loss is the sum over all answer tokens of its examples, divided by their number.
Cross-entropy loss (fine-tuning on the answers): -log softmax(student logits)[answer token] over the whole vocabulary,
summed and divided the same way.
"""

import common
import torch
from lora_common import ALPHA, RANK, adapter_parameters, with_random_adapter

TOP, TEMPERATURE = 16, 2.0
STEPS, WARMUP, PEAK, DECAY, CLIP = 10, 2, 2e-3, 0.01, 1.0
# Token counts of (teacher prompt, student prompt, answer), one row per example.
LENGTHS = [(14, 5, 9), (11, 7, 4), (19, 3, 6)]


def answer_logits(model, prompt, answer):
    """Logits that predict the answer's tokens: shape [answer length, vocabulary]."""
    logits = model(torch.cat([prompt, answer])[None]).logits[0]
    return logits[len(prompt) - 1 : len(prompt) + len(answer) - 1]


def make_examples(model, generator):
    """Random prompts and answers, with the teacher's top log-probabilities (temperature 1) at every answer position."""
    examples = []
    for lengths in LENGTHS:
        draw = lambda n: torch.randint(3, model.config.vocab_size, (n,), generator=generator)  # noqa: E731
        teacher, student, answer = (draw(n) for n in lengths)
        with torch.no_grad():
            every = answer_logits(model, teacher, answer).log_softmax(-1)
            top = every.topk(TOP, sorted=True)
            rest = every.scatter(-1, top.indices, -torch.inf).logsumexp(-1)  # log of the mass left out
        examples.append(dict(
            teacherPrompt=teacher, studentPrompt=student, answer=answer, topIDs=top.indices,
            topLogProbabilities=top.values, logRest=rest))  # fmt: skip
    return examples


def distillation(model, example):
    """Sum over answer positions of T^2 KL(teacher || student) among the teacher's top tokens."""
    logits = answer_logits(model, example["studentPrompt"], example["answer"])
    teacher = (example["topLogProbabilities"] / TEMPERATURE).log_softmax(-1)
    student = (logits.gather(-1, example["topIDs"]) / TEMPERATURE).log_softmax(-1)
    return TEMPERATURE**2 * (teacher.exp() * (teacher - student)).sum()


def cross_entropy(model, example):
    """Sum over answer positions of -log p(answer token)."""
    logits = answer_logits(model, example["studentPrompt"], example["answer"])
    return torch.nn.functional.cross_entropy(logits, example["answer"], reduction="sum")


def backward(model, examples, loss_of):
    """One accumulated step's loss (float), with the gradients left in the parameters."""
    tokens = sum(len(example["answer"]) for example in examples)
    total = 0.0
    for example in examples:
        loss = loss_of(model, example) / tokens
        loss.backward()
        total += loss.item()
    return total


def gradients(model, examples, loss_of):
    model.zero_grad(set_to_none=True)
    loss = backward(model, examples, loss_of)
    return loss, {name: p.grad.clone() for name, p in adapter_parameters(model).items()}


def learning_rate(step):
    return PEAK * (step + 1) / WARMUP if step < WARMUP else PEAK * (STEPS - step) / (STEPS - WARMUP)


def train(model, examples, loss_of):
    """Ten AdamW steps, always on the same three examples: losses before each update, norms before clipping, rates."""
    parameters = list(adapter_parameters(model).values())
    optimizer = torch.optim.AdamW(
        parameters, lr=PEAK, betas=(0.9, 0.999), eps=1e-8, weight_decay=DECAY, foreach=False)  # fmt: skip
    losses, norms, rates = [], [], []
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(step)
        optimizer.zero_grad(set_to_none=True)
        losses.append(backward(model, examples, loss_of))
        norms.append(torch.nn.utils.clip_grad_norm_(parameters, CLIP, foreach=False).item())
        rates.append(learning_rate(step))
        optimizer.step()
    return losses, norms, rates


def reference(name, seed, dtype=torch.float32):
    generator = torch.Generator().manual_seed(seed)
    base = common.load_model(common.MODELS / name, dtype)
    examples = make_examples(base, generator)
    model = with_random_adapter(base, generator)

    tensors = {f"example{i}.{key}": value for i, e in enumerate(examples) for key, value in e.items()}
    initial = {key: value.detach().clone() for key, value in adapter_parameters(model).items()}
    tensors |= {f"initial.{key}": value for key, value in initial.items()}
    with torch.no_grad():
        first = examples[0]
        tensors["student.tokens"] = torch.cat([first["studentPrompt"], first["answer"]])
        tensors["student.logits"] = model(tensors["student.tokens"][None]).logits[0]

    for key, loss_of in [("distillation", distillation), ("crossEntropy", cross_entropy)]:
        loss, grads = gradients(model, examples, loss_of)
        tensors[f"{key}.loss"] = [loss]
        tensors |= {f"{key}.gradient.{parameter}": value for parameter, value in grads.items()}
    losses, norms, rates = train(model, examples, distillation)
    tensors |= {"curve.losses": losses, "curve.gradientNorms": norms, "curve.learningRates": rates}
    tensors |= {f"final.{key}": value for key, value in adapter_parameters(model).items()}
    return {key: torch.as_tensor(value).detach() for key, value in tensors.items()}


def main():
    folder = common.TRAINING / "lora"
    names = ["tiny-llama", "tiny-qwen2"]
    for seed, name in enumerate(names):
        tensors = reference(name, 2000 + seed)
        common.write_tensors(folder / f"{name}.safetensors", tensors)
        # How far rounding alone moves the numbers (transformers keeps norms and rope in fp32 even in fp64 models).
        double = reference(name, 2000 + seed, torch.float64)
        groups = {}
        for key, value in tensors.items():
            group = key.split(".")[0] + "." + key.split(".")[1] if "base_model" not in key else key.split(".base")[0]
            groups[group] = max(groups.get(group, 0), (value.double() - double[key].double()).abs().max().item())
        print(name, "losses", [round(x, 4) for x in tensors["curve.losses"].tolist()],
              "norms", [round(x, 3) for x in tensors["curve.gradientNorms"].tolist()],
              "cross-entropy %.4f" % tensors["crossEntropy.loss"].item())  # fmt: skip
        print("  fp32 - fp64:", {key: "%.1e" % value for key, value in groups.items() if not key.startswith("ex")})
    common.write_json(folder / "lora.json", {
        "models": {name: f"../../../PrismModelTests/Fixtures/models/{name}" for name in names},
        "rank": RANK, "alpha": ALPHA, "firstLayer": 1, "top": TOP, "temperature": TEMPERATURE,
        "adamw": {"peakLearningRate": PEAK, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weightDecay": DECAY,
                  "warmupSteps": WARMUP, "steps": STEPS, "clipNorm": CLIP},
    })  # fmt: skip


if __name__ == "__main__":
    main()
