"""Trains the encoder that finds passages and subjects: what means the same lies close, and all else stays where it was.

all-MiniLM-L6-v2 does not know that two names mean the same kind of treatment. `training/terms` says so of drugs, conditions, procedures,
devices and services of the whole of medicine. Each step draws names, brands, lay words and what a thing is for towards what it is and
its class, away from everything else in the batch and from the neighbours it is mistaken for (InfoNCE, both ways). It draws questions and
cases that name a service in everyday words towards the opening or a passage of its document, away from those of its siblings. At the same
time the vectors of whole sentences are held at those of the untrained model.

    python training/train_encoder.py --out training/runs/encoder
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as functional

from assistant.chunking import chunk_document, embedded_text, opening_text
from assistant.embedding import load, locate
from assistant.turns import bare_text
from authored import CODE_PATTERN, Family, load_families, names_its_service
from network import Network, fit

FOLDER = Path(__file__).with_name("terms")
HELD = 5.0
"""What staying where it was counts beside the terms."""
HELD_SENTENCES = 2000
CHUNK_TOKENS = 160
ASKED = 32
"""Questions of one family in a step."""
NAMING = ("named", "scenario")
NAMING_TOO = ("direct", "narrow", "billing")
"""Kinds of questions that name their service; the latter where a family was written so that they do."""
SCALE = 20.0
TOGETHER = 64
"""Terms in a step, and half as many sentences."""
SAID = (
    "{}",
    "{}",
    "patient on {}",
    "pt gets {}",
    "which code for {}?",
    "code for {} at the patient's home",
    "my mother needs {}",
    "she has been put on {} by the specialist",
    "{}, nurse comes to the house",
    "we supply {} and want to bill it",
    "{} every two weeks",
    "is there a code for {}",
)
MEANT = (
    "{}",
    "{}",
    "{} therapy",
    "service for {}",
    "administration of {}",
    "{}; all necessary supplies and equipment",
    "treatment with {}",
    "supply of {}",
)


@dataclass(frozen=True, slots=True)
class Term:
    """One entry: how it is spoken of, what it is, and what it is not."""

    said: tuple[str, ...]
    meant: tuple[str, ...]
    other: tuple[str, ...]
    classes: frozenset[str]


def load_terms() -> list[dict[str, Any]]:
    """Return every entry of the vocabulary, with the name of the file that it stands in as its "file"."""
    return [
        {**json.loads(line), "file": path.name}
        for path in sorted(FOLDER.glob("*.jsonl.gz"))
        for line in gzip.decompress(path.read_bytes()).decode("utf-8").splitlines()
    ]


def terms() -> list[Term]:
    """Return the entries as what is said and what is meant."""
    found = []
    for row in load_terms():
        names = (row["name"], *row["also"])
        aims = tuple(f"{row['class'][0]} for {aim}" for aim in row["for"][:3])
        said = (*names, *row["lay"], *(f"{row['name']} for {aim}" for aim in row["for"][:2]))
        said += (f"{row['name']}, {row['how']}",) if row["how"] else ()
        meant = (row["is"], *row["class"], ", ".join(row["class"]), *aims)
        found.append(Term(said, meant, tuple(row["not"]), frozenset(name.casefold() for name in (*row["class"], row["name"]))))
    return found


@dataclass(frozen=True, slots=True)
class Siblings:
    """The documents of a family, each as its opening and its passages, and questions with the place of the one that they mean."""

    documents: tuple[tuple[str, ...], ...]
    questions: tuple[tuple[str, int], ...]


def siblings(families: Sequence[Family]) -> list[Siblings]:
    """Return the families' documents with the questions that name one of them, codes left out."""
    found = []
    for family in families:
        place = {code: i for i, document in enumerate(family.documents) for code in document.codes}
        documents = tuple(
            (opening_text(document), *(embedded_text(document, chunk) for chunk in chunk_document(document, CHUNK_TOKENS)))
            for document in family.documents
        )
        kinds = NAMING + NAMING_TOO if names_its_service(family) else NAMING
        rows = [row for row in family.questions if row["kind"] in kinds and len(row["codes"]) == 1 and not row["history"]]
        questions = [(row["question"], place[row["codes"][0]]) for row in rows if row["codes"][0] in place]
        found.append(Siblings(documents, tuple(one for one in questions if bare_text(one[0], CODE_PATTERN) == one[0])))
    return found


class Trainer:
    """The network and its losses."""

    def __init__(self, base: str) -> None:
        self.network = Network(base, learns_words=True)

    def loss(self, step: tuple[Sequence[Term], Siblings, Sequence[str], torch.Tensor]) -> torch.Tensor:
        """Return how far terms lie from what they mean, questions from their documents, and sentences from where they were."""
        chosen, family, sentences, before = step
        kept = self.network.encode(sentences, 64).pooled
        return self._terms(chosen) + self._told_apart(family) + HELD * (1 - (kept * before).sum(1)).mean()

    def _terms(self, chosen: Sequence[Term]) -> torch.Tensor:
        said = [random.choice(SAID).format(random.choice(term.said)) for term in chosen]
        meant = [random.choice(MEANT).format(random.choice(term.meant)) for term in chosen]
        other = [random.choice(term.other) for term in chosen if term.other]
        rows = self.network.encode([*said, *meant, *other], 64).pooled
        n = len(chosen)
        asked, means, wrong = rows[:n], rows[n : 2 * n], rows[2 * n :]
        same = torch.tensor([[i != j and bool(a.classes & b.classes) for j, b in enumerate(chosen)] for i, a in enumerate(chosen)])
        cosines = (asked @ means.T).masked_fill(same, -1.0)
        target = torch.arange(n)
        loss = functional.cross_entropy(torch.cat([cosines, asked @ wrong.T], 1) * SCALE, target)
        return (loss + functional.cross_entropy(cosines.T * SCALE, target)) / 2

    def _told_apart(self, family: Siblings) -> torch.Tensor:
        asked = random.sample(family.questions, min(ASKED, len(family.questions)))
        texts = [random.choice((parts[0], random.choice(parts))) for parts in family.documents]
        rows = self.network.encode([*(text for text, _ in asked), *texts], 128).pooled
        cosines = rows[: len(asked)] @ rows[len(asked) :].T
        return functional.cross_entropy(cosines * SCALE, torch.tensor([right for _, right in asked]))


def sentences(families: Sequence[Siblings]) -> list[str]:
    """Return questions and passages of the authored families that are to stay where they are."""
    found = [text for family in families for text, _ in family.questions]
    passages = [text for family in families for parts in family.documents for text in parts[1:]]
    return [*random.sample(found, HELD_SENTENCES // 2), *random.sample(passages, HELD_SENTENCES // 2)]


def main() -> None:
    """Parse the options and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--base", default="")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--leave-out", nargs="*", default=[], help="families that are not trained on, to measure with")
    options = parser.parse_args()
    random.seed(options.seed)
    base = options.base or locate("default")
    families = [family for family in load_families() if family.name not in options.leave_out]
    trainer, known, apart = Trainer(base), terms(), siblings(families)
    held = sentences(apart)
    before = torch.tensor(load(base).encode(held, show_progress_bar=False))

    def epoch() -> Iterator[tuple[Sequence[Term], Siblings, Sequence[str], torch.Tensor]]:
        order = random.sample(known, len(known))
        for begin in range(0, len(order) - TOGETHER + 1, TOGETHER):
            kept = random.sample(range(len(held)), TOGETHER // 2)
            yield order[begin : begin + TOGETHER], random.choice(apart), [held[i] for i in kept], before[kept]

    fit(trainer.network, torch.nn.ParameterDict(), epoch, trainer.loss, options)


if __name__ == "__main__":
    main()
