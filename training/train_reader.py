"""Trains the reader: questions close to the words that answer them, far from everything else in the same document.

A question and a candidate (sentence, item, list, section) each become a vector, and a part of their likeness word by word is added. A
softmax over the candidates of a document and a threshold that stands for "the document does not say" is drawn to the right ones.

Each step takes one authored document and a handful of its questions, those that set it beside another and those over all documents of its
family among them. Half of the questions are asked without the words of the document's
title, as the program asks them a second time, and some with slips of the keyboard. Further steps choose sentences of SQuAD 2.0 paragraphs,
with their unanswerable questions.

    python training/train_reader.py --out training/runs/reader --data DATA

DATA is a folder with `squad2/`; without it only the authored data is used. A run resumes from its last epoch.
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

from assistant.chunking import candidates_of, read_texts
from assistant.embedding import locate
from assistant.evaluation.questions import squash
from assistant.lexical import FUNCTION_WORDS
from assistant.sentences import sentences
from assistant.tokens import tokenize
from assistant.turns import bare_text
from assistant.types import Document, SectionKind, Span
from assistant.wordings import listed
from authored import CODE_PATTERN, LISTING, SIDES, Family, load_families
from brought import brought_families
from network import Encoded, Network, fit

ONE_FACT = ("direct", "bycode", "narrow", "billing", "unanswerable")
AS_GOOD = 1.4
"""A candidate that holds the gold and is at most so many times as long as the shortest one counts as right too."""
WORDS = 0.5
"""What likeness word by word counts beside the cosine; `reading_words` among the calibrated values."""
VECTORS = 0.5
"""What the loss counts that is taken of pooled vectors alone, by which the program looks first and tells whether anything answers."""
SLIPS = 0.15
"""Part of the questions that are asked with a slip of the keyboard or two."""
ASKED = 32
"""Questions of one document in a step."""
SQUAD = "squad2/dev-v2.0.cs224n-half.json.gz"
PARAGRAPHS = 4
"""SQuAD paragraphs in a step."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the candidates that answer it; none where the document does not say."""

    text: str
    right: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """One document with the words of its title, its candidates' texts, and its questions."""

    family: str
    title: frozenset[str]
    texts: tuple[str, ...]
    questions: tuple[Asked, ...]


def examples(families: Sequence[Family]) -> list[Example]:
    """Return every authored document with what is asked of it."""
    found = []
    for family in families:
        for document in family.documents:
            candidates = candidates_of(document)
            spans = [squash(one.span(document).of(document.text)) for one in candidates]
            headings = tuple(document.sections[one.section].heading for one in candidates)
            rows = [
                r
                for r in family.questions
                if r["kind"] in ONE_FACT and len(r["codes"]) == 1 and r["codes"][0] in document.codes and not r["history"]
            ]
            rows += [part for row in family.questions if (part := _part(row, document)) is not None]
            asked = tuple(one for row in rows if (one := _asked(row, spans, headings)) is not None)
            texts = tuple(read_texts(document, one)[0] for one in candidates)
            found.append(Example(family.name, _title_words(document), texts, asked))
    return found


def _title_words(document: Document) -> frozenset[str]:
    headed = {word for section in document.sections if section.kind is SectionKind.BODY for word in tokenize(section.heading)}
    return frozenset(tokenize(document.title_text)) - FUNCTION_WORDS - headed


def _part(row: dict[str, Any], document: Document) -> dict[str, Any] | None:
    """Return what a question about several documents asks of this one; None where it is not known to answer.

    A document that a question over all does not list may say that it does not, which is an answer when it is asked alone.
    """
    if row["notes"] not in (SIDES, LISTING) or not set(row["codes"]).intersection(document.codes):
        return None
    text = squash(document.text)
    gold = [wanted for wanted in row["must_contain"] if squash(wanted) in text]
    return {**row, "question": listed(row["question"]), "must_contain": gold} if gold else None


def _asked(row: dict[str, Any], spans: Sequence[str], headings: Sequence[str]) -> Asked | None:
    text = bare_text(row["question"], CODE_PATTERN) or row["question"]
    if row["expect"] == "abstain":
        return Asked(text, ())
    wanted, spoilt = [squash(w) for w in row["must_contain"]], [squash(w) for w in row["must_not_contain"]]
    holding = [i for i, span in enumerate(spans) if all(w in span for w in wanted)]
    if row["expect"] != "answer" or not holding:
        return None
    sections = {one["section"] for one in row["sections"]}
    preferred = [i for i in holding if headings[i] in sections] or holding
    best = min(preferred, key=lambda i: len(spans[i]))
    limit = AS_GOOD * len(spans[best]) + 20
    right = {best, *(i for i in holding if len(spans[i]) <= limit and not any(s in spans[i] for s in spoilt))}
    return Asked(text, tuple(sorted(right)))


def untitled(text: str, title: frozenset[str]) -> str:
    """Return a question without the words of a title, as `subjects.without_title` does."""
    kept = [word for word in text.split() if not (stems := tokenize(word)) or not title.issuperset(stems)]
    return " ".join(kept) if any(tokenize(word) for word in kept) else text


def slipped(text: str) -> str:
    """Return a text in which one or two words have a letter left out, doubled, or exchanged with the next one."""
    spoken = text.split()
    for i in random.sample(range(len(spoken)), min(len(spoken), random.choice((1, 1, 2)))):
        word = spoken[i]
        if len(word) > 2 and word.isalpha():
            at = random.randrange(len(word) - 1)
            middle = random.choice(("", word[at] * 2, word[at + 1] + word[at]))
            spoken[i] = word[:at] + middle + word[at + (2 if len(middle) == 2 and middle != word[at] * 2 else 1) :]
    return " ".join(spoken)


def scores(questions: Encoded, candidates: Encoded) -> tuple[torch.Tensor, torch.Tensor]:
    """Return `(questions, candidates)` twice: cosines of pooled vectors, and these with `WORDS` times the words' best matches."""
    n, longest, dimension = questions.words.shape
    k, width, _ = candidates.words.shape
    cosines = (questions.words.reshape(-1, dimension) @ candidates.words.reshape(-1, dimension).T).view(n, longest, k, width)
    best = cosines.masked_fill(~candidates.mask[None, None], -2.0).amax(3)
    weight = questions.mask.float()
    late = (best * weight[:, :, None]).sum(1) / weight.sum(1, keepdim=True)
    vectors = questions.pooled @ candidates.pooled.T
    return vectors, vectors + WORDS * late


class Trainer:
    """The network, what its scores are weighed by, and the losses."""

    def __init__(self, base: str) -> None:
        self.network = Network(base)
        start = torch.tensor
        self.scalars = torch.nn.ParameterDict(
            {
                "vectors_threshold": start(0.4),
                "vectors_scale": start(20.0).log(),
                "both_threshold": start(0.7),
                "both_scale": start(30.0).log(),
            }
        ).to(self.network.device)

    def loss(self, step: tuple[str, Any]) -> torch.Tensor:
        """Return minus the log share of the right candidates, or of the threshold for questions without an answer."""
        kind, what = step
        if kind == "document":
            example, asked = what
            texts = [untitled(one.text, example.title) if random.random() < 0.5 else one.text for one in asked]
            texts = [slipped(text) if random.random() < SLIPS else text for text in texts]
            return self._chosen(texts, example.texts, [one.right for one in asked])
        losses = []
        for spoken, questions in what:
            picked = random.sample(questions, min(8, len(questions)))
            losses.append(self._chosen([text for text, _ in picked], spoken, [(gold,) if gold >= 0 else () for _, gold in picked]))
        return 0.5 * torch.stack(losses).mean()

    def _chosen(self, questions: Sequence[str], texts: Sequence[str], right: Sequence[Sequence[int]]) -> torch.Tensor:
        vectors, both = scores(self.network.encode(questions), self.network.encode(texts))
        return self._drawn("both", both, right) + VECTORS * self._drawn("vectors", vectors, right)

    def _drawn(self, name: str, found: torch.Tensor, right: Sequence[Sequence[int]]) -> torch.Tensor:
        threshold, scale = self.scalars[f"{name}_threshold"], self.scalars[f"{name}_scale"]
        logits = torch.cat([found, threshold.expand(len(found), 1)], 1) * scale.exp()
        mask = torch.zeros(logits.shape, dtype=torch.bool, device=self.network.device)
        for i, some in enumerate(right):
            mask[i, list(some) or [-1]] = True
        return -torch.logsumexp(functional.log_softmax(logits, 1).masked_fill(~mask, -1e4), 1).mean()


def squad_paragraphs(path: Path) -> list[tuple[list[str], list[tuple[str, int]]]]:
    """Return paragraphs as sentences, each under its article's title, with questions and the sentence that answers, -1 for none."""
    found = []
    for article in json.loads(gzip.decompress(path.read_bytes()))["data"]:
        for paragraph in article["paragraphs"]:
            context = paragraph["context"]
            spans = sentences(context, Span(0, len(context))) if len(context) <= 3000 else []
            if len(spans) < 3:
                continue
            questions = []
            for one in paragraph["qas"]:
                start = one["answers"][0]["answer_start"] if one["answers"] and not one.get("is_impossible") else -1
                gold = next((i for i, span in enumerate(spans) if span.start <= start < span.end), -1)
                if one.get("is_impossible") or gold >= 0:
                    questions.append((one["question"], gold))
            if questions:
                title = article.get("title", "").replace("_", " ")
                found.append(([f"{title}: {span.of(context)}" for span in spans], questions))
    return found


def step_by_step(example: Example, count: int) -> list[tuple[str, Any]]:
    """Return steps with so many of a document's questions, in any order."""
    asked = random.sample(example.questions, count)
    return [("document", (example, asked[i : i + ASKED])) for i in range(0, len(asked), ASKED)]


def main() -> None:
    """Parse the options and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--base", default="")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--leave-out", nargs="*", default=[], help="families that are not trained on, to measure with")
    parser.add_argument("--twice", nargs="*", default=[], help="families that are trained on twice in an epoch")
    parser.add_argument("--share", type=float, default=1.0, help="part of the other families' questions that an epoch takes")
    parser.add_argument("--brought", nargs="*", default=[], help="sets of eval/brought that are trained on too")
    parser.add_argument(
        "--documents", type=int, help="so many of the families' documents an epoch takes, with a step of each; all without it"
    )
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--squad", type=int, default=40, help="steps with SQuAD in an epoch")
    parser.add_argument("--rate", type=float, default=4e-5)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    found = examples([family for family in load_families() if family.name not in options.leave_out])
    brought = examples(brought_families(options.brought))
    squad = squad_paragraphs(options.data / SQUAD) if options.data else []
    trainer = Trainer(options.base or locate("default"))

    def epoch() -> Iterator[tuple[str, Any]]:
        steps: list[tuple[str, Any]] = []
        taken = random.sample(found, options.documents) if options.documents else found
        again = [example for example in taken if example.family in options.twice]
        for example in [*taken, *again]:
            share = 1.0 if example.family in options.twice else options.share
            most = ASKED if options.documents else len(example.questions)
            steps += step_by_step(example, min(round(share * len(example.questions)), most))
        for example in brought:
            steps += step_by_step(example, len(example.questions))
        steps += [("squad", random.sample(squad, PARAGRAPHS)) for _ in range(options.squad if squad else 0)]
        random.shuffle(steps)
        yield from steps

    fit(trainer.network, trainer.scalars, epoch, trainer.loss, options)


if __name__ == "__main__":
    main()
