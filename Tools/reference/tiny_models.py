"""Writes five tiny random models in the Hugging Face layout, with the logits transformers computes for them.

Output: Tests/PrismModelTests/Fixtures/models/<name>/. The weights are wide (standard deviation 0.3) and the norms
are not one, so that a mistake anywhere changes the logits visibly. Between them the five cover: grouped-query and
multi-query attention, a head size that is not hidden/heads, Llama 3 rope scaling, attention biases, tied output
matrix, sharded files, F32/F16/BF16 storage, and config.json as transformers 4 and as transformers 5 write it.
"""

import json
import shutil

import common
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, MistralConfig, Qwen2Config
from transformers import LlamaForCausalLM, MistralForCausalLM, Qwen2ForCausalLM

VOCABULARY = 272
SPECIALS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' "
    "+ '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
SIZES = dict(
    vocab_size=VOCABULARY, hidden_size=32, intermediate_size=64, num_attention_heads=4, rms_norm_eps=1e-5,
    max_position_embeddings=256, bos_token_id=1, eos_token_id=2, pad_token_id=0, tie_word_embeddings=False,
)  # fmt: skip
ROPE = dict(rope_type="default", rope_theta=10000.0)
LLAMA3_ROPE = dict(
    rope_type="llama3", rope_theta=10000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
    original_max_position_embeddings=32,
)  # fmt: skip

# name: (model, configuration class, settings over SIZES, storage type, shard size, transformers 4 config.json?)
MODELS = {
    "tiny-llama": (
        LlamaForCausalLM, LlamaConfig,
        dict(num_hidden_layers=3, num_key_value_heads=2, rope_parameters=ROPE), torch.float32, None, True),
    "tiny-llama3-rope": (
        LlamaForCausalLM, LlamaConfig,
        dict(num_hidden_layers=3, num_key_value_heads=1, head_dim=16, rope_parameters=LLAMA3_ROPE),
        torch.float16, None, True),
    "tiny-mistral": (
        MistralForCausalLM, MistralConfig,
        dict(num_hidden_layers=4, num_key_value_heads=2, head_dim=12, sliding_window=None,
             rope_parameters=dict(rope_type="default", rope_theta=1000000.0)), torch.bfloat16, None, False),
    "tiny-qwen2": (
        Qwen2ForCausalLM, Qwen2Config,
        dict(num_hidden_layers=3, num_key_value_heads=2, use_sliding_window=False, rms_norm_eps=1e-6,
             rope_parameters=dict(rope_type="default", rope_theta=1000000.0)), torch.float32, "100KB", True),
    "tiny-qwen2-tied": (
        Qwen2ForCausalLM, Qwen2Config,
        dict(num_hidden_layers=3, num_key_value_heads=1, use_sliding_window=False, rms_norm_eps=1e-6,
             tie_word_embeddings=True, rope_parameters=ROPE), torch.bfloat16, None, False),
}  # fmt: skip


def randomise(model, generator):
    """Weights N(0, 0.3), norms in [0.5, 1.5], biases N(0, 0.5), embeddings N(0, 0.4)."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if name.endswith("bias"):
                parameter.copy_(noise * 0.5)
            elif "norm" in name:
                parameter.copy_(torch.rand(parameter.shape, generator=generator) + 0.5)
            else:
                parameter.copy_(noise * (0.4 if "embed" in name else 0.3))


def as_transformers_4(path):
    """Rewrites config.json as transformers 4 had it: rope_theta and rope_scaling apart, torch_dtype."""
    config = json.loads(path.read_text())
    rope = config.pop("rope_parameters")
    config["rope_theta"] = rope.pop("rope_theta")
    config["rope_scaling"] = rope if rope["rope_type"] != "default" else None
    config["torch_dtype"] = config.pop("dtype")
    path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")


def tokenizer():
    """Byte-level BPE: 3 special tokens, 256 bytes, 13 merges."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    text = ["You are a mathematician. The user asks, the assistant answers in the other order."] * 4
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY, special_tokens=SPECIALS, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False)  # fmt: skip
    tokenizer.train_from_iterator(text, trainer)
    assert tokenizer.get_vocab_size() == VOCABULARY
    return tokenizer


def write_tokenizer(folder):
    tokenizer().save(str(folder / "tokenizer.json"), pretty=False)
    common.write_json(folder / "tokenizer_config.json", {
        "add_bos_token": False, "add_eos_token": False, "bos_token": "<|im_start|>", "eos_token": "<|im_end|>",
        "pad_token": "<|endoftext|>", "chat_template": TEMPLATE, "model_max_length": 256,
        "tokenizer_class": "PreTrainedTokenizerFast",
    })  # fmt: skip


def reference(folder, generator):
    """Token ids, logits at every position, and for sequence 0 the residual stream after every layer."""
    model = common.load_model(folder)
    tensors = {}
    for index, length in enumerate([40, 15]):
        ids = torch.randint(0, VOCABULARY, (1, length), generator=generator)
        hidden = {}
        hooks = [
            layer.register_forward_hook(
                lambda _, __, output, n=n: hidden.update(
                    {f"hidden.layer{n}": (output[0] if isinstance(output, tuple) else output)[0]}))
            for n, layer in enumerate(model.model.layers)
        ]  # fmt: skip
        with torch.no_grad():
            logits = model(ids).logits[0]
            embedding = model.model.embed_tokens(ids)[0]
        for hook in hooks:
            hook.remove()
        tensors[f"tokens.{index}"], tensors[f"logits.{index}"] = ids[0], logits
        if index == 0:
            hidden = {name: value.reshape(length, -1) for name, value in hidden.items()}
            tensors |= hidden | {"hidden.embedding": embedding}
    return tensors


def main():
    for seed, (name, (kind, configuration, settings, dtype, shard, old)) in enumerate(MODELS.items()):
        folder = common.MODELS / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        generator = torch.Generator().manual_seed(1000 + seed)
        model = kind(configuration(**(SIZES | settings)))
        randomise(model, generator)
        model = model.to(dtype)
        model.save_pretrained(str(folder), **({"max_shard_size": shard} if shard else {}))
        (folder / "generation_config.json").unlink(missing_ok=True)
        if old:
            as_transformers_4(folder / "config.json")
        write_tokenizer(folder)
        tensors = reference(folder, generator)
        common.write_tensors(folder / "logits.safetensors", tensors)
        for file in folder.iterdir():
            file.chmod(0o644)
        logits = tensors["logits.0"]
        print(name, "parameters", sum(p.numel() for p in model.parameters()),
              "logit std %.2f max %.2f" % (logits.std(), logits.abs().max()),
              "top-1 probability %.3f" % logits.softmax(-1).max(-1).values.mean())  # fmt: skip


if __name__ == "__main__":
    main()
