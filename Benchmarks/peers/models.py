"""The one model in every engine's format: the GGUF of the `prism` command, dequantised once.

Every engine then holds the same numbers: transformers a bf16 folder, llama.cpp GGUFs in bf16 and f16, the 4-bit file
as fetched, and what llama-quantize makes of the bf16 one.
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

QUANTISED = ("Q8_0", "Q4_0", "Q4_K_M")
DENSE = ("BF16", "F16")
FETCHED = "smollm2-135m-instruct.gguf"


def cache_folder() -> Path:
    """Where prism keeps what it fetches."""
    return Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")) / "prism"


def fetched_model() -> Path:
    """Where `prism models --fetch smollm2-135m-instruct` puts the file."""
    return cache_folder() / "models" / FETCHED


def llama_files(source: Path, folder: Path) -> dict[str, Path]:
    """What llama.cpp runs, by quantisation. The fetched file is 4-bit (Q4_1) itself."""
    return {name: folder / f"{name}.gguf" for name in DENSE + QUANTISED} | {"Q4_1": source}


def prepare(source: Path, folder: Path, llama_quantize: Path) -> list[str]:
    """Writes the formats that are missing and returns a sentence about each that could not be written.

    Each appears under its name only when it is complete.
    """
    folder.mkdir(parents=True, exist_ok=True)
    dense = folder / "BF16.gguf"
    writers: list[tuple[str, Callable[[Path], None]]] = [
        ("transformers", partial(write_transformers, source))]  # fmt: skip
    writers += [(f"{name}.gguf", partial(write_dense, source, name=name)) for name in DENSE]
    writers += [(f"{name}.gguf", partial(quantise, llama_quantize, dense, name=name)) for name in QUANTISED]
    failures = []
    for name, write in writers:
        target, unfinished = folder / name, folder / f"{name}.partial"
        if target.exists():
            continue
        print(f"==> Writing {target}", flush=True)
        try:
            write(unfinished)
            unfinished.rename(target)
        except (ImportError, OSError, ValueError, RuntimeError, subprocess.CalledProcessError) as error:
            failures.append(f"The model could not be written as {name}: {error}.")
    return failures


def quantise(llama_quantize: Path, source: Path, target: Path, name: str) -> None:
    subprocess.run([str(llama_quantize), str(source), str(target), name], check=True, capture_output=True)


def write_transformers(source: Path, target: Path) -> None:
    """A Hugging Face folder: config.json and bf16 safetensors."""
    import torch
    from transformers import AutoModelForCausalLM

    shutil.rmtree(target, ignore_errors=True)
    loaded = AutoModelForCausalLM.from_pretrained(str(source.parent), gguf_file=source.name, dtype=torch.float32)
    # A model that came from GGUF refuses to be saved, so its values move to a plain one.
    if hasattr(loaded.config, "quantization_config"):
        del loaded.config.quantization_config
    model = AutoModelForCausalLM.from_config(loaded.config)
    model.load_state_dict(loaded.state_dict())
    model.to(torch.bfloat16).save_pretrained(str(target))


def write_dense(source: Path, target: Path, name: str) -> None:
    """The same GGUF with matrices as BF16 or F16; vectors (norms) stay F32, as llama.cpp expects."""
    import gguf
    import numpy

    kind = gguf.GGMLQuantizationType[name]
    reader = gguf.GGUFReader(str(source))
    architecture = reader.fields["general.architecture"].contents()
    writer = gguf.GGUFWriter(str(target), architecture)
    for field in reader.fields.values():
        # The writer sets these itself; the file type is the new one's.
        if field.name.startswith("GGUF.") or field.name in ("general.architecture", "general.file_type"):
            continue
        element = field.types[-1] if field.types[0] == gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(field.name, field.contents(), field.types[0], sub_type=element)
    writer.add_file_type(gguf.LlamaFileType[f"MOSTLY_{name}"])
    for tensor in reader.tensors:
        values = gguf.quants.dequantize(tensor.data, tensor.tensor_type).astype(numpy.float32)
        if values.ndim == 1:
            writer.add_tensor(tensor.name, values)
        else:
            writer.add_tensor(tensor.name, gguf.quants.quantize(values, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
