"""A bundle for the default model that is made in no time and has learnt nothing.

    python Tools/browser/tiny_bundle.py FOLDER

Its gate reads one feature, whose usual value is known, so that questions fall on both sides of the
threshold. Its adapter changes the last layer by random numbers, so that its answers differ from the
base model's. For trying the server and its page, where a real bundle would have to be trained first.
"""

import argparse
import json
import random
import struct
from pathlib import Path

# The default model's: `prism models` fetches it by SHA-256, so they do not change.
FINGERPRINT = "8eb395f9f833512c15e4ebb4c80973f9bfaa666f288326b71e67c42c3a345ba7"
TOKENIZER = "8a3a4b8be746040296898fe9be8f2e13d6e32fe5100cd9c67551dfeccc879f72"
HIDDEN, LAST_LAYER = 576, 29
# Inputs and outputs of the layers that an adapter changes.
MODULES = {
    "self_attn.q_proj": (HIDDEN, HIDDEN), "self_attn.k_proj": (HIDDEN, 192),
    "self_attn.v_proj": (HIDDEN, 192), "self_attn.o_proj": (HIDDEN, HIDDEN),
    "mlp.gate_proj": (HIDDEN, 1536), "mlp.up_proj": (HIDDEN, 1536), "mlp.down_proj": (1536, HIDDEN)}

# Layer, feature, and the feature's mean and deviation over the questions of runs/samples.txt; where the
# answer is a text it lies below the mean, where it is a fact above.
GATE_LAYER, FEATURE, MEAN, DEVIATION = 4, 16, -0.15, 0.3


def write_tensors(path, tensors):
    """`tensors` are (name, shape, values), written as safetensors in fp32."""
    head, data = {"__metadata__": {"format": "pt"}}, b""
    for name, shape, values in tensors:
        part = struct.pack(f"<{len(values)}f", *values)
        head[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(data), len(data) + len(part)]}
        data += part
    text = json.dumps(head).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def write_gate(folder):
    mean, deviation, weight = [0.0] * HIDDEN, [1.0] * HIDDEN, [0.0] * HIDDEN
    mean[FEATURE], deviation[FEATURE], weight[FEATURE] = MEAN, DEVIATION, -1.0
    write_tensors(folder / "gate.safetensors", [
        ("features.mean", [HIDDEN], mean), ("features.deviation", [HIDDEN], deviation),
        ("layers.0.weight", [1, HIDDEN], weight), ("layers.0.bias", [1], [0.0])])


def write_adapter(folder):
    draw = random.Random(0)
    tensors = []
    for module, (inputs, outputs) in MODULES.items():
        name = f"base_model.model.model.layers.{LAST_LAYER}.{module}"
        tensors += [
            (f"{name}.lora_A.weight", [1, inputs], [draw.gauss(0, 0.02) for _ in range(inputs)]),
            (f"{name}.lora_B.weight", [outputs, 1], [draw.gauss(0, 0.5) for _ in range(outputs)])]
    write_tensors(folder / "adapter_model.safetensors", tensors)
    (folder / "adapter_config.json").write_text(json.dumps({
        "peft_type": "LORA", "task_type": "CAUSAL_LM", "r": 1, "lora_alpha": 1, "bias": "none",
        "base_model_name_or_path": "smollm2-135m-instruct", "layers_to_transform": [LAST_LAYER],
        "target_modules": [module.split(".")[1] for module in MODULES]}, indent=1))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    write_gate(folder)
    write_adapter(folder)
    (folder / "prism.json").write_text(json.dumps({
        "formatVersion": 1, "gateLayer": GATE_LAYER, "threshold": 0.5, "adapterDropout": 0, "numbers": {},
        "features": {"count": HIDDEN, "meanRange": [MEAN, 0], "deviationRange": [DEVIATION, 1]},
        "model": {"name": "smollm2-135m-instruct", "fingerprint": FINGERPRINT, "tokenizerFingerprint": TOKENIZER}},
        indent=1))


if __name__ == "__main__":
    main()
