"""Models trained one from the other -> a model folder with the mean of their weights, which does better on documents that none has seen.

    python training/average.py training/runs/seventh training/runs/eighth training/runs/reader

Wortsman et al., "Model soups", ICML 2022.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

WEIGHTS = "model.safetensors"


def average(folders: list[Path]) -> dict[str, torch.Tensor]:
    """Return the mean of each tensor over the models in `folders`.

    Raises:
        ValueError: they do not hold the same tensors.
    """
    found = [load_file(folder / WEIGHTS) for folder in folders]
    if any(one.keys() != found[0].keys() for one in found):
        raise ValueError("these are not weights of one network")
    return {name: torch.stack([one[name].float() for one in found]).mean(0).to(value.dtype) for name, value in found[0].items()}


def main() -> None:
    """Write the folder: the last model's files with the mean weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="+", type=Path)
    parser.add_argument("target", type=Path)
    options = parser.parse_args()
    shutil.copytree(options.models[-1], options.target, dirs_exist_ok=True)
    save_file(average(options.models), options.target / WEIGHTS, metadata={"format": "pt"})


if __name__ == "__main__":
    main()
