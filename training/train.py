"""Trains the reader: questions close to the words that answer them, far from everything else in the same document.

Each step takes one authored document, a handful of its questions, and all its candidates (sentences, items, lists, sections): a softmax
over every candidate of the document and a learned threshold that stands for "the document does not say". Further steps may choose
sentences of SQuAD 2.0 paragraphs (with their unanswerable questions), sections of MedQuAD documents, and, with --subject, the document
that a question is about.

The committed reader was made by two runs (see `make reader`), seed 7:

    python training/train.py --out training/runs/first --stop-after 1 --questions 40 --squad 50 --medquad 50 --subject --data DATA
    python training/train.py --base training/runs/first --out training/runs/second --stop-after 2 --questions 32 --squad 40 --data DATA

DATA is a folder with `squad2/` and `medquad/`; without it only the authored data is used. A run resumes from its last epoch.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as functional
from sentence_transformers import SentenceTransformer

from assistant.chunking import candidates_of, chunk_document, embedded_text, read_texts
from assistant.embedding import locate
from assistant.evaluation.questions import squash
from assistant.query import bare_text
from assistant.tokens import codes_in
from assistant.types import Document, Span
from assistant.units import sentences
from authored import CODE_PATTERN, Family, load_families

ONE_FACT = ("direct", "bycode", "narrow", "billing", "unanswerable")
AS_GOOD = 1.4
"""A candidate that holds the gold and is at most so many times as long as the shortest one counts as right too."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the candidates that answer it; none where the document does not say."""

    text: str
    right: tuple[int, ...]
    names_code: bool


@dataclass(frozen=True, slots=True)
class Example:
    """One document with its candidates' texts, its titled chunks, and its questions."""

    family: str
    document: Document
    texts: tuple[str, ...]
    headings: tuple[str, ...]
    chunks: tuple[tuple[str, str], ...]
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
            asked = tuple(one for row in rows if (one := _asked(row, spans, headings)) is not None)
            chunks = tuple((chunk.heading, embedded_text(document, chunk)) for chunk in chunk_document(document, 160))
            texts = tuple(read_texts(document, one)[0] for one in candidates)
            found.append(Example(family.name, document, texts, headings, chunks, asked))
    return found


def _asked(row: dict[str, Any], spans: Sequence[str], headings: Sequence[str]) -> Asked | None:
    text = bare_text(row["question"], CODE_PATTERN) or row["question"]
    names_code = bool(codes_in(row["question"], CODE_PATTERN))
    if row["expect"] == "abstain":
        return Asked(text, (), names_code)
    wanted, spoilt = [squash(w) for w in row["must_contain"]], [squash(w) for w in row["must_not_contain"]]
    holding = [i for i, span in enumerate(spans) if all(w in span for w in wanted)]
    if row["expect"] != "answer" or not holding:
        return None
    sections = {one["section"] for one in row["sections"]}
    preferred = [i for i in holding if headings[i] in sections] or holding
    best = min(preferred, key=lambda i: len(spans[i]))
    limit = AS_GOOD * len(spans[best]) + 20
    right = {best, *(i for i in holding if len(spans[i]) <= limit and not any(s in spans[i] for s in spoilt))}
    return Asked(text, tuple(sorted(right)), names_code)


class Trainer:
    """Holds the model, its two thresholds and scales, and the losses."""

    def __init__(self, base: str) -> None:
        self.model = SentenceTransformer(base)
        self.device = self.model.device
        self.network = self.model[0].auto_model
        start = torch.tensor
        self.scalars = torch.nn.ParameterDict(
            {"threshold": start(0.4), "scale": start(20.0).log(), "subject_threshold": start(0.4), "subject_scale": start(20.0).log()}
        ).to(self.device)

    def encode(self, texts: Sequence[str], longest: int = 128, batch: int = 48) -> torch.Tensor:
        """Return `(len(texts), dimension)` unit rows that carry gradients."""
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        rows: list[torch.Tensor | None] = [None] * len(texts)
        for begin in range(0, len(order), batch):
            chosen = order[begin : begin + batch]
            fed = self.model.tokenizer(
                [texts[i] for i in chosen], padding=True, truncation=True, max_length=longest, return_tensors="pt"
            ).to(self.device)
            hidden, mask = self.network(**fed).last_hidden_state, fed["attention_mask"].unsqueeze(-1).float()
            pooled = functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=-1)
            for i, row in zip(chosen, pooled, strict=True):
                rows[i] = row
        return torch.stack([row for row in rows if row is not None])

    def document_loss(
        self, example: Example, asked: Sequence[Asked], others: Sequence[Example], ambiguous: Sequence[str], subject: bool
    ) -> torch.Tensor:
        """Return minus the log share of the right candidates, or of the threshold for questions without an answer."""
        questions = self.encode([one.text for one in asked])
        scores = questions @ self.encode(example.texts).T
        logits = torch.cat([scores, self.scalars["threshold"].expand(len(asked), 1)], 1) * self.scalars["scale"].exp()
        mask = torch.zeros(logits.shape, dtype=torch.bool, device=self.device)
        for i, one in enumerate(asked):
            mask[i, list(one.right) or [-1]] = True
        loss = -torch.logsumexp(functional.log_softmax(logits, 1).masked_fill(~mask, -1e9), 1).mean()
        free = [i for i, one in enumerate(asked) if one.right and not one.names_code]
        if subject and len(free) >= 4:
            loss = loss + 0.7 * self._subject_loss(
                example, questions[free], {example.headings[asked[i].right[0]] for i in free}, others, ambiguous
            )
        return loss

    def _subject_loss(
        self, example: Example, questions: torch.Tensor, headings: set[str], others: Sequence[Example], ambiguous: Sequence[str]
    ) -> torch.Tensor:
        texts: list[str] = []
        owners: list[int] = []
        for number, one in enumerate([example, *others]):
            alike = [text for heading, text in one.chunks if heading in headings]
            rest = [text for _, text in one.chunks if text not in alike]
            random.shuffle(alike)
            random.shuffle(rest)
            own = number == 0
            picked = list(dict.fromkeys([one.chunks[0][1], *alike[: 6 if own else 2], *rest[: 3 if own else 1]]))
            texts += picked
            owners += [number] * len(picked)
        extra = random.sample(list(ambiguous), min(4, len(ambiguous)))
        rows = torch.cat([questions, self.encode(extra)]) if extra else questions
        scale = self.scalars["subject_scale"].exp()
        scores, owner = rows @ self.encode(texts, 96).T * scale, torch.tensor(owners, device=self.device)
        columns = [torch.logsumexp(scores[:, owner == n], 1) for n in range(len(others) + 1)]
        logits = torch.stack([*columns, (self.scalars["subject_threshold"] * scale).expand(len(rows))], 1)
        target = torch.tensor([0] * len(questions) + [len(others) + 1] * len(extra), device=self.device)
        return functional.cross_entropy(logits, target)

    def paragraph_loss(self, paragraphs: Sequence[tuple[list[str], list[tuple[str, int]]]]) -> torch.Tensor:
        """Return the loss of choosing the sentence that answers, or the threshold, in SQuAD 2.0 paragraphs."""
        texts: list[str] = []
        places: list[tuple[str, int, int, int]] = []
        for spoken, questions in paragraphs:
            for text, gold in random.sample(questions, min(8, len(questions))):
                places.append((text, len(texts), len(texts) + len(spoken), gold))
            texts += spoken
        scores = self.encode([text for text, *_ in places]) @ self.encode(texts, 80).T
        losses = []
        for i, (_, first, last, gold) in enumerate(places):
            logits = torch.cat([scores[i, first:last], self.scalars["threshold"].view(1)]) * self.scalars["scale"].exp()
            losses.append(functional.cross_entropy(logits[None], torch.tensor([gold if gold >= 0 else last - first], device=self.device)))
        return 0.5 * torch.stack(losses).mean()

    def section_loss(self, documents: Sequence[tuple[dict[str, Any], list[dict[str, Any]]]]) -> torch.Tensor:
        """Return the loss of finding MedQuAD sections among each other, titles and section names included."""
        texts: list[str] = []
        questions: list[str] = []
        targets: list[int] = []
        for document, rows in documents:
            asked = random.sample(rows, min(2, len(rows)))
            numbers = range(len(document["sections"]))
            kept = list(dict.fromkeys([row["section_index"] for row in asked] + random.sample(numbers, min(3, len(numbers)))))
            for row in asked:
                questions.append(row["question"])
                targets.append(len(texts) + kept.index(row["section_index"]))
            texts += [f"{document['title']} | {s['section']} | {s['text'][:400]}" for s in (document["sections"][k] for k in kept)]
        logits = self.encode(questions) @ self.encode(texts, 96).T * self.scalars["subject_scale"].exp()
        return 0.3 * functional.cross_entropy(logits, torch.tensor(targets, device=self.device))


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


def medquad_documents(folder: Path) -> list[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Return MedQuAD training documents of two sections or more with their questions."""
    lines = gzip.decompress((folder / "questions-train.jsonl.gz").read_bytes()).splitlines()
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in map(json.loads, lines):
        rows.setdefault(row["doc_id"], []).append(row)
    documents = map(json.loads, gzip.decompress((folder / "docs-train.jsonl.gz").read_bytes()).splitlines())
    return [(document, rows[document["doc_id"]]) for document in documents if document["doc_id"] in rows and len(document["sections"]) > 1]


def batches(
    found: Sequence[Example], squad: Sequence[Any], medquad: Sequence[Any], options: argparse.Namespace
) -> Iterator[tuple[str, Any]]:
    """Yield the steps of one epoch in random order."""
    steps: list[tuple[str, Any]] = []
    for example in found:
        asked = random.sample(example.questions, len(example.questions))
        steps += [("document", (example, asked[i : i + options.questions])) for i in range(0, len(asked), options.questions)]
    steps += [("squad", random.sample(squad, 4)) for _ in range(options.squad if squad else 0)]
    steps += [("medquad", random.sample(medquad, 8)) for _ in range(options.medquad if medquad else 0)]
    random.shuffle(steps)
    yield from steps


def train(options: argparse.Namespace) -> None:
    """Run the epochs, saving the model and a checkpoint after each."""
    random.seed(options.seed)
    torch.manual_seed(options.seed)
    families = load_families()
    found = examples(families)
    ambiguous = {family.name: [row["question"] for row in family.questions if row["kind"] == "ambiguous"] for family in families}
    squad = squad_paragraphs(options.data / "squad2" / "dev-v2.0.cs224n-half.json.gz") if options.data and options.squad else []
    medquad = medquad_documents(options.data / "medquad") if options.data and options.medquad else []
    trainer = Trainer(options.base or locate("default"))
    groups = [{"params": list(trainer.network.parameters())}, {"params": list(trainer.scalars.values()), "lr": 5e-3, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=options.rate, weight_decay=0.01)
    steps = sum(1 for _ in batches(found, squad, medquad, options)) * options.epochs
    checkpoint, done, first = options.out.with_suffix(".checkpoint"), 0, 0
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=True)
        trainer.network.load_state_dict(state["network"])
        trainer.scalars.load_state_dict(state["scalars"])
        optimizer.load_state_dict(state["optimizer"])
        done, first = state["done"], state["epoch"] + 1
    began = time.monotonic()
    for epoch in range(first, min(options.epochs, options.stop_after or options.epochs)):
        trainer.network.train()
        for kind, batch in batches(found, squad, medquad, options):
            optimizer.param_groups[0]["lr"] = options.rate * min(1.0, (done + 1) / 60) * max(0.02, 1 - done / steps)
            loss = _loss(trainer, kind, batch, found, ambiguous, options)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(trainer.network.parameters(), 1.0)
            optimizer.step()
            done += 1
            if done % 50 == 0 or done == 1:
                print(f"step {done} of {steps}, {kind} loss {loss.item():.3f}, {time.monotonic() - began:.0f} s", flush=True)
        trainer.model.save(str(options.out))
        state = {"network": trainer.network.state_dict(), "scalars": trainer.scalars.state_dict(), "optimizer": optimizer.state_dict()}
        torch.save({**state, "done": done, "epoch": epoch}, checkpoint)
        print(f"epoch {epoch + 1}: threshold {trainer.scalars['threshold']:.3f}, scale {trainer.scalars['scale'].exp():.1f}", flush=True)


def _loss(
    trainer: Trainer,
    kind: str,
    batch: tuple[Any, ...],
    found: Sequence[Example],
    ambiguous: dict[str, list[str]],
    options: argparse.Namespace,
) -> torch.Tensor:
    if kind == "squad":
        return trainer.paragraph_loss(batch)
    if kind == "medquad":
        return trainer.section_loss(batch)
    example, asked = batch
    others = [one for one in found if one.family == example.family and one is not example]
    return trainer.document_loss(example, asked, others, ambiguous[example.family], options.subject)


def main() -> None:
    """Parse the options and train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--base", default="")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--stop-after", type=int, default=0)
    parser.add_argument("--questions", type=int, default=32)
    parser.add_argument("--squad", type=int, default=0)
    parser.add_argument("--medquad", type=int, default=0)
    parser.add_argument("--subject", action="store_true")
    parser.add_argument("--rate", type=float, default=4e-5)
    parser.add_argument("--seed", type=int, default=7)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
