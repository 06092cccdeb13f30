"""Reads models of the transformers library from this machine; nothing is fetched, or executed."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import AutoTokenizer
from transformers.utils import logging as noise

from core.domain.errors import SetupError


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """A model with its tokenizer, on its device."""

    name: str
    model: Any
    tokenizer: Any


def read(kind: Any, path: str) -> Files:
    """A model, on the graphics card where there is one; takes seconds to minutes.

    Args:
        kind: The library's class for what the model does, such as AutoModelForCausalLM.
        path: A folder with weights as safetensors, or the name of a model in the library's cache.

    Raises:
        SetupError: there is none, or it was not trained for this.
    """
    noise.set_verbosity_error()
    noise.disable_progress_bar()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        tokenizer = AutoTokenizer.from_pretrained(path, local_files_only=True)
        model, report = kind.from_pretrained(
            path,
            local_files_only=True,
            use_safetensors=True,
            dtype="auto" if device == "cuda" else torch.float32,
            output_loading_info=True,
        )
    except (OSError, ValueError) as missing:
        raise SetupError(
            f"no model can be read at {path}: name a folder with its configuration, tokenizer and "
            "weights (safetensors), or a model that is in the cache on this machine; nothing is "
            "fetched while the service runs"
        ) from missing
    if report["missing_keys"]:
        raise SetupError(f"the model at {path} lacks weights for what it is to do")
    name = Path(path).name if Path(path).is_dir() else path
    return Files(name=name, model=model.to(device).eval(), tokenizer=tokenizer)
