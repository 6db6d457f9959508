"""Checks that an adapter directory loads in real peft and gives the logits we expect.

    python check_adapter.py MODEL_DIR ADAPTER_DIR TOKENS.json [--tolerance 1e-4]

TOKENS.json is an object. "tokens": the token ids of one sequence. "logits" (optional): the expected logits, either
nested lists [position][vocabulary], or the name of a safetensors file beside TOKENS.json with a tensor "logits". With
no expected logits the computed ones are printed as JSON. MODEL_DIR may also be a .gguf file.
Exit status: 0 when every logit is within the tolerance and the adapter changes something, otherwise 1.
"""

import argparse
import json
import sys
from pathlib import Path

import common
import torch
from peft import PeftModel
from safetensors import safe_open
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM


def load_base(path):
    if path.suffix != ".gguf":
        return common.load_model(path)
    return AutoModelForCausalLM.from_pretrained(
        str(path.parent), gguf_file=path.name, dtype=torch.float32, attn_implementation="eager"
    ).eval()


def unused_tensors(model, folder):
    """Names in the adapter's file that the loaded model has no place for, and places the file leaves out."""
    with safe_open(str(folder / "adapter_model.safetensors"), "pt") as file:
        written = set(file.keys())
    places = {name.replace(".default", "") for name in model.state_dict() if "lora_" in name}
    return sorted(written - places), sorted(places - written)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("adapter", type=Path)
    parser.add_argument("tokens", type=Path)
    parser.add_argument("--tolerance", type=float, default=1e-4, help="largest absolute difference of a logit")
    arguments = parser.parse_args()

    request = json.loads(arguments.tokens.read_text())
    model = PeftModel.from_pretrained(load_base(arguments.model), str(arguments.adapter)).eval()
    unknown, missing = unused_tensors(model, arguments.adapter)
    if unknown or missing:
        sys.exit(f"adapter tensors without a place: {unknown}; places without a tensor: {missing}")
    tokens = torch.tensor(request["tokens"])[None]
    with torch.no_grad():
        logits = model(tokens).logits[0]
        with model.disable_adapter():
            change = (model(tokens).logits[0] - logits).abs().max().item()

    expected = request.get("logits")
    if expected is None:
        json.dump({"tokens": request["tokens"], "logits": logits.tolist()}, sys.stdout)
        print()
        return
    if isinstance(expected, str):
        expected = load_file(str(arguments.tokens.parent / expected))["logits"]
    expected = torch.as_tensor(expected, dtype=torch.float32)
    if expected.shape != logits.shape:
        sys.exit(f"expected logits have shape {list(expected.shape)}, peft gives {list(logits.shape)}")
    difference = (expected - logits).abs().max().item()
    print(f"largest difference {difference:.3g}, tolerance {arguments.tolerance:.3g}, adapter's effect {change:.3g}")
    if not difference <= arguments.tolerance:  # also true for NaN
        sys.exit("the logits differ")
    if change == 0:
        sys.exit("the adapter changes nothing")


if __name__ == "__main__":
    main()
