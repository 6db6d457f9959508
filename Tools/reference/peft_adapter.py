"""Writes an adapter directory exactly as peft saves it, and the logits of the tiny Llama model with it.

Output: Tests/PrismRouterTests/Fixtures/peft/adapter/ (adapter_config.json, adapter_model.safetensors), logits.safetensors
and check.json, which shows the input that check_adapter.py takes.
"""

import json
import shutil

import common
import torch
from lora_common import with_random_adapter

NAME = "tiny-llama"


def main():
    folder = common.ROUTER / "peft"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    generator = torch.Generator().manual_seed(3000)
    model = with_random_adapter(common.load_model(common.MODELS / NAME), generator)
    tokens = torch.randint(0, model.config.vocab_size, (24,), generator=generator)
    with torch.no_grad():
        logits = model(tokens[None]).logits[0]
        with model.disable_adapter():
            base = model(tokens[None]).logits[0]
    print("largest change by the adapter %.3f" % (logits - base).abs().max())

    adapter = folder / "adapter"
    model.save_pretrained(str(adapter))
    (adapter / "README.md").unlink(missing_ok=True)
    # peft writes the machine's path of the base model and sets in hash order; both would differ between machines.
    config = json.loads((adapter / "adapter_config.json").read_text())
    config["base_model_name_or_path"] = NAME
    config["target_modules"] = sorted(config["target_modules"])
    common.write_json(adapter / "adapter_config.json", config)
    (adapter / "adapter_model.safetensors").chmod(0o644)
    common.write_tensors(folder / "logits.safetensors", {"tokens": tokens, "logits": logits})
    common.write_json(folder / "check.json", {"tokens": tokens.tolist(), "logits": "logits.safetensors"})


if __name__ == "__main__":
    main()
