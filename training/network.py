"""A sentence encoder while it is trained: texts -> vectors that carry gradients, and the loop that every training here runs in.

The network computes in bfloat16.
"""

from __future__ import annotations

import random
import time
from argparse import Namespace
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as functional
from sentence_transformers import SentenceTransformer

BATCH = 32
"""Texts that go through the network together; sorted by length, so that little is padded."""
WARM_UP = 20
"""Steps in which the rate rises."""
HEAD_RATE = 5e-3
"""Learning rate of temperatures and thresholds."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """Vectors of some texts: `pooled` `(n, d)` and `words` `(n, longest, d)`, rows of unit length; `mask` tells words from padding."""

    pooled: torch.Tensor
    words: torch.Tensor
    mask: torch.Tensor


class Network:
    """A sentence-transformers model with mean pooling. Its word embeddings stay as they are unless they are to learn new words."""

    def __init__(self, base: str, *, learns_words: bool = False) -> None:
        self.model = SentenceTransformer(base)
        self.device = self.model.device
        self.network = self.model[0].auto_model
        self.network.embeddings.word_embeddings.requires_grad_(learns_words)

    def encode(self, texts: Sequence[str], longest: int = 96) -> Encoded:
        """Return the vectors of `texts`, cut to `longest` word pieces."""
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        pooled, words, masks = ([torch.empty(0)] * len(texts) for _ in range(3))
        for begin in range(0, len(order), BATCH):
            rows = order[begin : begin + BATCH]
            fed = self.model.tokenizer(
                [texts[i] for i in rows], padding=True, truncation=True, max_length=longest, return_tensors="pt", pad_to_multiple_of=8
            ).to(self.device)
            with torch.autocast(self.device.type, dtype=torch.bfloat16):
                hidden = self.network(**fed).last_hidden_state.float()
            mask = fed["attention_mask"]
            weight = mask.unsqueeze(-1).float()
            means = functional.normalize((hidden * weight).sum(1) / weight.sum(1), dim=-1)
            for i, mean, row, kept in zip(rows, means, functional.normalize(hidden, dim=-1), mask.bool(), strict=True):
                pooled[i], words[i], masks[i] = mean, row, kept
        width = max(len(mask) for mask in masks)
        return Encoded(
            torch.stack(pooled),
            torch.stack([functional.pad(row, (0, 0, 0, width - len(row))) for row in words]),
            torch.stack([functional.pad(mask, (0, width - len(mask))) for mask in masks]),
        )


def fit(
    network: Network,
    scalars: torch.nn.ParameterDict,
    epoch: Callable[[], Iterable[Any]],
    loss: Callable[[Any], torch.Tensor],
    options: Namespace,
) -> None:
    """Run `options.epochs` epochs of steps, saving the model and a checkpoint after each; resume after the last one saved.

    `options` has `out`, `epochs`, `rate` and `seed`.
    """
    groups = [
        {"params": [p for p in network.network.parameters() if p.requires_grad]},
        {"params": list(scalars.values()), "lr": HEAD_RATE, "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=options.rate, weight_decay=0.01)
    checkpoint, done, first = Path(options.out).with_suffix(".checkpoint"), 0, 0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        network.network.load_state_dict(state["network"])
        scalars.load_state_dict(state["scalars"])
        optimizer.load_state_dict(state["optimizer"])
        done, first = state["done"], state["epoch"] + 1
    began = time.monotonic()
    for number in range(first, options.epochs):
        random.seed(options.seed + number)
        torch.manual_seed(options.seed + number)
        steps = list(epoch())
        network.network.train()
        for step in steps:
            optimizer.param_groups[0]["lr"] = (
                options.rate * min(1.0, (done + 1) / WARM_UP) * max(0.02, 1 - done / (len(steps) * options.epochs))
            )
            with torch.autocast(network.device.type, enabled=False):  # what the encoder casts is kept until the step ends
                value = loss(step)
            optimizer.zero_grad()
            value.backward()
            torch.nn.utils.clip_grad_norm_(network.network.parameters(), 1.0)
            optimizer.step()
            done += 1
            if done % 10 == 0:
                print(
                    f"step {done} of {len(steps) * options.epochs}, loss {value.item():.3f}, {time.monotonic() - began:.0f} s", flush=True
                )
        network.model.save(str(options.out))
        state = {"network": network.network.state_dict(), "scalars": scalars.state_dict(), "optimizer": optimizer.state_dict()}
        torch.save({**state, "done": done, "epoch": number}, checkpoint)
        print(f"epoch {number + 1}: {', '.join(f'{name} {float(value.mean()):.3f}' for name, value in scalars.items())}", flush=True)
