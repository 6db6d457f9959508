"""What the reference scripts share: paths, one thread, and writing fixtures byte for byte the same every time."""

import json
import os
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

import torch  # noqa: E402  (after the thread settings)
from safetensors.torch import save_file  # noqa: E402

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / "Tests/PrismModelTests/Fixtures/models"
TRAINING = ROOT / "Tests/PrismTrainingTests/Fixtures"
ROUTER = ROOT / "Tests/PrismRouterTests/Fixtures"


def load_model(folder, dtype=torch.float32):
    """The causal language model of a Hugging Face folder, with plain (eager) attention."""
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(
        str(folder), dtype=dtype, attn_implementation="eager"
    )
    return model.eval()


def write_tensors(path, tensors):
    """Writes tensors as F32 safetensors. Token ids are floats too, so that one reader is enough."""
    path.parent.mkdir(parents=True, exist_ok=True)
    plain = {
        name: torch.as_tensor(value).detach().to(torch.float32).contiguous().clone()
        for name, value in tensors.items()
    }
    save_file(plain, str(path))
    path.chmod(0o644)


def write_json(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
