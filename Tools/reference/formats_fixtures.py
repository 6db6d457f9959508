"""Writes the fixtures of the weight file readers: blocks of every GGUF type with their values, small GGUF models, and
safetensors files by the Python library.

    python3 -m venv venv && venv/bin/pip install numpy==2.4.6 gguf==0.19.0 safetensors==0.8.0
    venv/bin/python Tools/reference/formats_fixtures.py

Output: Tests/PrismModelTests/Fixtures/formats. The same packages write the same bytes every time.
"""

import json
import shutil
import struct
from pathlib import Path

import gguf
import numpy as np
import safetensors
from gguf import GGMLQuantizationType as Type
from gguf import quants

OUT = Path(__file__).resolve().parents[2] / "Tests/PrismModelTests/Fixtures/formats"

# Type, blocks, and the byte offsets of the half-precision scales within a block.
BLOCKS = [
    (Type.F16, 2048, [0]),
    (Type.BF16, 2048, []),
    (Type.Q4_0, 48, [0]),
    (Type.Q4_1, 48, [0, 2]),
    (Type.Q5_0, 48, [0]),
    (Type.Q5_1, 48, [0, 2]),
    (Type.Q8_0, 48, [0]),
    (Type.Q4_K, 12, [0, 2]),
    (Type.Q5_K, 12, [0, 2]),
    (Type.Q6_K, 12, [208]),
]

# Zeros, the largest, the smallest normal and subnormal numbers of both signs.
EXTREMES = np.array([0.0, -0.0, 65504, -65504, 6.104e-5, -6.104e-5, 6e-8, -6e-8, 6.0975e-5, 1], dtype=np.float16)


def write_blocks(rng):
    folder = OUT / "dequantize"
    folder.mkdir()
    for kind, count, scales in BLOCKS:
        size = gguf.GGML_QUANT_SIZES[kind][1]
        blocks = rng.integers(0, 256, (count, size), dtype=np.uint8)
        for offset in scales:
            values = (rng.standard_normal(count) * 10.0 ** rng.integers(-6, 4, count)).astype(np.float16)
            values[: len(EXTREMES)] = rng.permutation(EXTREMES)
            blocks[:, offset : offset + 2] = values.view(np.uint8).reshape(count, 2)
        if kind == Type.BF16:
            patterns = blocks.view(np.uint16)
            patterns[(patterns & 0x7F80) == 0x7F80] = 0x3F80
        values = quants.dequantize(blocks.reshape(1, -1), kind)
        assert np.isfinite(values).all()
        (folder / f"{kind.name}.blocks").write_bytes(blocks.tobytes())
        (folder / f"{kind.name}.values").write_bytes(values.astype("<f4").tobytes())


def permute(weights, heads):
    """What conversion to GGUF does to the rows of query and key: pairs (i, i + E/2) become neighbours."""
    halves = weights.reshape(heads, 2, weights.shape[0] // heads // 2, *weights.shape[1:])
    return halves.swapaxes(1, 2).reshape(weights.shape)


def decoder(rng, *, hidden, heads, kv_heads, feed_forward, layers, vocabulary, biases, tied):
    """Hugging Face name -> (GGUF name, values, heads to permute for)."""
    size = hidden // heads

    def random(*shape):
        return rng.standard_normal(shape).astype(np.float32)

    tensors = {"model.embed_tokens.weight": ("token_embd.weight", random(vocabulary, hidden), 0)}
    for i in range(layers):
        rows = {"q": heads * size, "k": kv_heads * size, "v": kv_heads * size}
        hf, ggml = f"model.layers.{i}.", f"blk.{i}."
        for letter, count in rows.items():
            turned = {"q": heads, "k": kv_heads, "v": 0}[letter]
            tensors[hf + f"self_attn.{letter}_proj.weight"] = (ggml + f"attn_{letter}.weight", random(count, hidden), turned)
            if biases:
                tensors[hf + f"self_attn.{letter}_proj.bias"] = (ggml + f"attn_{letter}.bias", random(count), turned)
        tensors[hf + "self_attn.o_proj.weight"] = (ggml + "attn_output.weight", random(hidden, heads * size), 0)
        tensors[hf + "mlp.gate_proj.weight"] = (ggml + "ffn_gate.weight", random(feed_forward, hidden), 0)
        tensors[hf + "mlp.up_proj.weight"] = (ggml + "ffn_up.weight", random(feed_forward, hidden), 0)
        tensors[hf + "mlp.down_proj.weight"] = (ggml + "ffn_down.weight", random(hidden, feed_forward), 0)
        tensors[hf + "input_layernorm.weight"] = (ggml + "attn_norm.weight", random(hidden), 0)
        tensors[hf + "post_attention_layernorm.weight"] = (ggml + "ffn_norm.weight", random(hidden), 0)
    tensors["model.norm.weight"] = ("output_norm.weight", random(hidden), 0)
    if not tied:
        tensors["lm_head.weight"] = ("output.weight", random(vocabulary, hidden), 0)
    return tensors


# Storage types of the tiny models' matrices, in turn.
KINDS = [Type.Q8_0, Type.Q4_0, Type.F16, Type.Q5_1, Type.F32, Type.BF16, Type.Q4_1, Type.Q5_0]


def write_gguf(name, architecture, rng, *, heads, kv_heads, feed_forward, layers, vocabulary, hidden, biases, tied, extra):
    tensors = decoder(
        rng, hidden=hidden, heads=heads, kv_heads=kv_heads, feed_forward=feed_forward, layers=layers,
        vocabulary=vocabulary, biases=biases, tied=tied,
    )
    path = OUT / f"{name}.gguf"
    writer = gguf.GGUFWriter(str(path), architecture)
    writer.add_context_length(128)
    writer.add_embedding_length(hidden)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(feed_forward)
    writer.add_head_count(heads)
    writer.add_head_count_kv(kv_heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(50000.0)
    writer.add_rope_dimension_count(hidden // heads)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    letters = [chr(c) for c in range(33, 33 + vocabulary - 2)]
    writer.add_token_list(["<s>", "</s>"] + letters)
    writer.add_token_types([3, 3] + [1] * len(letters))
    writer.add_token_merges(["a b"])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(1)
    writer.add_chat_template("{{ messages[0].content }}")
    for add in extra:
        add(writer)
    expected = {}
    for turn, (hf, (ggml, values, turned)) in enumerate(tensors.items()):
        kind = Type.F32 if values.ndim == 1 or "embed" in hf else KINDS[turn % len(KINDS)]
        # Conversion permutes llama's query and key only.
        stored = permute(values, turned) if turned and architecture == "llama" else values
        data = quants.quantize(stored, kind)
        writer.add_tensor(ggml, data, raw_dtype=None if kind in (Type.F32, Type.F16) else kind)
        # Rows are quantised one by one, so quantising and permuting commute.
        expected[hf] = quants.dequantize(quants.quantize(values, kind), kind).reshape(values.shape)
    if architecture == "llama":
        writer.add_tensor("rope_freqs.weight", np.arange(1, hidden // heads // 2 + 1, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    save(OUT / f"{name}.expected.safetensors", expected)


def save(path, tensors, metadata=None):
    """Writes fp32 tensors with the safetensors library."""
    write(path, {name: ("float32", np.array(values, "<f4", order="C")) for name, values in tensors.items()}, metadata)


def write(path, tensors, metadata):
    """Writes arrays (name -> type's name, bits) with the safetensors library, which takes addresses."""
    described = {
        name: safetensors.TensorSpec(dtype=kind, shape=list(a.shape), data_ptr=a.ctypes.data, data_len=a.nbytes)
        for name, (kind, a) in tensors.items()
    }
    path.write_bytes(safetensors.serialize(described, metadata=metadata))


def every_kind_of_value(writer):
    writer.add_uint8("test.uint8", 200)
    writer.add_int8("test.int8", -100)
    writer.add_uint16("test.uint16", 60000)
    writer.add_int16("test.int16", -30000)
    writer.add_uint32("test.uint32", 4000000000)
    writer.add_int32("test.int32", -2000000000)
    writer.add_uint64("test.uint64", 2**64 - 1)
    writer.add_int64("test.int64", -(2**63))
    writer.add_float32("test.float32", 0.1)
    writer.add_float64("test.float64", 0.1)
    writer.add_bool("test.bool", True)
    writer.add_string("test.string", "grüße 🎈")
    writer.add_array("test.ints", [-1, 2, 3])
    writer.add_array("test.floats", [0.5, -0.25])
    writer.add_array("test.bools", [True, False])
    writer.add_array("test.strings", ["a", "", "é"])
    writer.add_array("test.nested", [[1, 2], [3]])


def write_ggufs(rng):
    shape = dict(hidden=32, heads=2, kv_heads=1, feed_forward=64, layers=2, vocabulary=40)
    write_gguf("llama", "llama", rng, **shape, biases=False, tied=True, extra=[every_kind_of_value])
    shape = dict(hidden=32, heads=2, kv_heads=1, feed_forward=32, layers=1, vocabulary=16)
    write_gguf("qwen2", "qwen2", rng, **shape, biases=True, tied=False, extra=[])
    write_gguf("llama-biases", "llama", rng, **shape, biases=True, tied=False, extra=[])
    # Version 2 has the same layout as little-endian version 3; the package writes only 3.
    bytes_of_3 = (OUT / "qwen2.gguf").read_bytes()
    assert bytes_of_3[4:8] == struct.pack("<I", 3)
    (OUT / "qwen2-v2.gguf").write_bytes(bytes_of_3[:4] + struct.pack("<I", 2) + bytes_of_3[8:])


def write_safetensors(rng):
    values = {"matrix": rng.standard_normal((3, 5)), "vector": rng.standard_normal(7), "scalar": rng.standard_normal(())}
    values = {name: array.astype(np.float32) for name, array in values.items()}
    save(OUT / "written.safetensors", values, {"quote \" \\ \n": "grüße"})
    half = rng.standard_normal((4, 3)).astype(np.float16)
    brain = rng.integers(0, 0x7F00, (2, 6)).astype("<u2")
    mixed = {
        "half": ("float16", half),
        "brain": ("bfloat16", brain),
        "empty": ("float32", np.zeros((0, 3), "<f4")),
        "single": ("float32", np.array([1.5, -2], "<f4")),
    }
    write(OUT / "mixed.safetensors", mixed, {"format": "pt"})
    save(
        OUT / "mixed.expected.safetensors",
        {"half": half.astype(np.float32), "brain": (brain.astype(np.uint32) << 16).view(np.float32)},
    )


def write_folder(rng):
    """A sharded checkpoint; the second shard lacks the `model.` prefix."""
    folder = OUT / "sharded"
    folder.mkdir()
    tensors = decoder(
        rng, hidden=8, heads=2, kv_heads=1, feed_forward=12, layers=2, vocabulary=10, biases=False, tied=False
    )
    tensors = {name: values for name, (_, values, _) in tensors.items()}
    names = sorted(tensors)
    first = {name: tensors[name] for name in names if "layers.1" not in name}
    second = {name.removeprefix("model."): tensors[name] for name in names if "layers.1" in name}
    files = {"model-00001-of-00002.safetensors": first, "model-00002-of-00002.safetensors": second}
    for file, part in files.items():
        save(folder / file, part, {"format": "pt"})
    index = {"metadata": {"total_size": 0}, "weight_map": {name: file for file, part in files.items() for name in part}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index, indent=1) + "\n")
    config = {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 10, "hidden_size": 8,
        "intermediate_size": 12, "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 1,
        "max_position_embeddings": 64, "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "hidden_act": "silu",
        "tie_word_embeddings": False,
    }
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")
    save(OUT / "sharded.expected.safetensors", tensors)


def main():
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    rng = np.random.default_rng(20260318507)
    write_blocks(rng)
    write_ggufs(rng)
    write_safetensors(rng)
    write_folder(rng)


if __name__ == "__main__":
    main()
