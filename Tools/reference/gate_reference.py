"""Writes the reference for the gate: loss and gradients of its MLP, AUROC and calibration error.

Output: Tests/PrismTrainingTests/Fixtures/gate/gate.safetensors and metrics.json.

The MLP is D -> 128 -> 64 -> 1 with exact (erf) GELU after the first two layers; weights are [outputs, inputs].
Loss: mean over the n rows of w(label) * binary cross-entropy of the logit, with w(c) = n / (2 * rows of class c), so
that both classes weigh the same and the weights' mean over the rows is one.
AUROC: P(positive's score > negative's) + P(equal) / 2. Expected calibration error: 10 equal bins on [0, 1], a score s
in bin min(floor(10 s), 9); sum over bins of (rows / n) * |mean score - share of positives|.
"""

import common
import numpy as np
import torch
from scipy.stats import mannwhitneyu, rankdata

FEATURES, ROWS = 12, 20


def mlp_reference(generator):
    raw = torch.randn(ROWS, FEATURES, generator=generator) * 3 + 1
    features = (raw - raw.mean(0)) / raw.std(0, unbiased=False)
    labels = (torch.arange(ROWS) % 3 == 0).float()  # 7 positives of 20
    model = torch.nn.Sequential(
        torch.nn.Linear(FEATURES, 128), torch.nn.GELU(approximate="none"),
        torch.nn.Linear(128, 64), torch.nn.GELU(approximate="none"), torch.nn.Linear(64, 1))  # fmt: skip
    layers = [model[0], model[2], model[4]]
    tensors = {"features": features, "rawFeatures": raw, "labels": labels}
    with torch.no_grad():
        for layer in layers:
            deviation = layer.in_features**-0.5
            layer.weight.copy_(torch.randn(layer.weight.shape, generator=generator) * deviation)
            layer.bias.copy_(torch.randn(layer.bias.shape, generator=generator) * 0.1)
    logits = model(features)[:, 0]
    positives = labels.sum()
    weights = torch.where(labels == 1, ROWS / (2 * positives), ROWS / (2 * (ROWS - positives)))
    losses = torch.nn.functional.binary_cross_entropy_with_logits(logits, labels, reduction="none")
    loss = (weights * losses).mean()
    loss.backward()
    tensors |= {"logits": logits, "probabilities": logits.sigmoid(), "rowWeights": weights, "loss": [loss.item()]}
    for number, layer in enumerate(layers):
        for kind, parameter in layer.named_parameters():
            tensors[f"layer{number}.{kind}"] = parameter
            tensors[f"gradient.layer{number}.{kind}"] = parameter.grad
    return tensors


def auroc(scores, labels):
    """From mid-ranks; the same number as scipy's Mann-Whitney U over the number of pairs."""
    positive = labels == 1
    count, others = positive.sum(), (~positive).sum()
    value = (rankdata(scores)[positive].sum() - count * (count + 1) / 2) / (count * others)
    check = mannwhitneyu(scores[positive], scores[~positive]).statistic / (count * others)
    assert abs(value - check) < 1e-12
    return float(value)


def calibration_error(scores, labels):
    bins = np.minimum((scores * 10).astype(int), 9)
    return float(sum(
        (bins == b).mean() * abs(scores[bins == b].mean() - labels[bins == b].mean()) for b in np.unique(bins)
    ))  # fmt: skip


def main():
    folder = common.TRAINING / "gate"
    common.write_tensors(folder / "gate.safetensors", mlp_reference(torch.Generator().manual_seed(5000)))
    random = np.random.default_rng(5000)
    cases = []
    for name, rows, grid, lift in [("ties", 40, 16, 0.25), ("fine", 60, 1024, 0.1), ("coarse", 25, 4, 0.0)]:
        labels = (random.random(rows) < 0.4).astype(int)
        # Multiples of 1/grid, a power of two: exact in fp32, and many ties.
        scores = np.clip(np.round((random.random(rows) * 0.8 + lift * labels) * grid) / grid, 0, 1)
        cases.append({"name": name, "scores": scores.tolist(), "labels": labels.tolist(), "auroc": auroc(scores, labels),
                      "calibrationError": calibration_error(scores, labels)})  # fmt: skip
        print(name, cases[-1]["auroc"], cases[-1]["calibrationError"], "distinct", len(set(scores)))
    common.write_json(folder / "metrics.json", {"cases": cases})


if __name__ == "__main__":
    main()
