"""The LoRA set-up that the training and the adapter-file fixtures share: all seven projections, layers 1 and up."""

import torch
from peft import LoraConfig, get_peft_model

RANK, ALPHA = 4, 8
PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def with_random_adapter(model, generator):
    """Wraps the model with a LoRA whose A is N(0, 0.2) and whose B, unlike a fresh one, is N(0, 0.05)."""
    config = LoraConfig(
        r=RANK, lora_alpha=ALPHA, lora_dropout=0.0, bias="none", target_modules=PROJECTIONS,
        layers_to_transform=list(range(1, model.config.num_hidden_layers)), task_type="CAUSAL_LM")  # fmt: skip
    wrapped = get_peft_model(model, config)
    with torch.no_grad():
        for name, parameter in sorted(adapter_parameters(wrapped).items()):
            scale = 0.2 if "lora_A" in name else 0.05
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * scale)
    return wrapped


def adapter_parameters(model):
    """The trainable parameters under the names that peft's adapter files use (no ".default")."""
    return {
        name.replace(".default", ""): parameter
        for name, parameter in model.named_parameters()
        if parameter.requires_grad
    }
