"""Questions that name a service -> `assistant/data/encoder/subjects.json`: how features of documents become shares and beliefs.

Each authored family and each set of `brought` is indexed as a user would index it; both sorts count alike. A conditional logit over the
documents of a set weighs the features of `subjects.features_of`; a logistic model over its winner tells whether the winner is meant at all
(questions that leave the service out are the counterexamples), and one over questions that name two services, and some that name one,
whether the two are set side by side. Prints what is reached on families left out.

    python training/fit_subjects.py [assistant/data/encoder]
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict

from assistant import Assistant
from assistant.config import make_settings
from assistant.index import Index
from assistant.sides import sides
from assistant.spelling import correct
from assistant.subjects import COUNTS, WEIGHTS_FILE, odds_features, subjects, weights, worded
from assistant.turns import bare_text
from authored import CODE_PATTERN, Family, load_families, names_its_service
from brought import load_brought

NAMING = ("named", "direct", "narrow", "billing", "scenario")
"""Kinds of questions that name their service, where the family was written so that they do."""
PENALTY = 1e-3
OF_A_KIND = {"ambiguous": 6.0, "scenario": 2.0, "unanswerable": 1.0}
"""What a question counts in the model of what is meant; there are few of these, and some have no right document."""
FOLDS = 8


@dataclass(frozen=True, slots=True)
class Case:
    """A question with its `subjects.worded`, the features of each document and the place of the right one; -1 where there is none."""

    family: str
    kind: str
    words: tuple[int, int]
    features: np.ndarray
    right: int
    authored: bool


def opened(family: Family, folder: Path) -> Index:
    """Return the index of a family's documents."""
    corpus = folder / "corpus"
    corpus.mkdir(parents=True)
    for document in family.documents:
        (corpus / document.file).write_text(document.text, encoding="utf-8", newline="")
    return Assistant.open(corpus, folder / "index", make_settings(code_pattern=CODE_PATTERN)).index


def compared(family: Family, index: Index) -> Iterator[tuple[Sequence[float], bool]]:
    """Yield what `sides` sees of a family's questions that name several services, or one, and whether its first two are meant."""
    rows = [row for row in family.questions if row["kind"] == "compare" and row["notes"] == "sides"]
    naming = NAMING[:-1] if names_its_service(family) else ("named",)
    ones = [row for row in family.questions if row["kind"] in naming and len(row["codes"]) == 1 and not row["history"]]
    yield from set_beside([*rows, *ones[:: max(1, len(ones) // (2 * len(rows)))]] if rows else [], index)


def set_beside(rows: Sequence[dict[str, Any]], index: Index) -> Iterator[tuple[Sequence[float], bool]]:
    """Yield what `sides` sees of each question without a code, and whether the first two documents it finds are to be compared."""
    for row in rows:
        if row["history"] or bare_text(row["question"], index.settings.code_pattern) != row["question"]:
            continue
        text = correct(index, row["question"])
        found = sides(index, text, subjects(index, text))
        if found and (len(row["codes"]) < 2 or index.forms.read(text).listing < index.forms.cuts.listing):
            meant = {index.service(index.by_code[code][0])[0] for code in row["codes"] if code in index.by_code}
            yield found.features, row["kind"] == "compare" and len(meant) > 1 and meant.issuperset(found.documents)


def cases(name: str, rows: Sequence[dict[str, Any]], index: Index, kinds: Sequence[str], authored: bool) -> Iterator[Case]:
    """Yield the questions that name a service or describe a case, of those `kinds`, or leave the service out."""
    pattern = index.settings.code_pattern
    for row in rows:
        if row["kind"] not in (*kinds, "ambiguous") or row["history"]:
            continue
        if bare_text(row["question"], pattern) != row["question"] or (row["kind"] != "ambiguous" and len(row["codes"]) > 1):
            continue
        text = correct(index, row["question"])
        found = sorted(subjects(index, text), key=lambda one: one.document)
        wanted = row["top_code"] or (row["codes"][0] if row["codes"] and row["kind"] != "ambiguous" else None)
        if wanted and wanted not in index.by_code:
            continue
        names = [one.document for one in found]
        right = names.index(index.service(index.by_code[wanted][0])[0]) if wanted and index.by_code[wanted][0] in names else -1
        if found and (right >= 0 or row["kind"] in OF_A_KIND):
            yield Case(name, row["kind"], worded(index, text), np.array([one.features for one in found]), right, authored)


def fit_share(found: Sequence[Case]) -> np.ndarray:
    """Return the weights of a conditional logit for the right document."""
    sure = [(torch.tensor(case.features, dtype=torch.float64), case.right) for case in found if case.right >= 0]
    counted = torch.tensor([weight for weight, case in zip(balance(found), found, strict=True) if case.right >= 0], dtype=torch.float64)
    value = torch.zeros(found[0].features.shape[1], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([value], max_iter=80, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        losses = torch.stack([-torch.log_softmax(rows @ value, 0)[right] for rows, right in sure])
        loss = (losses * counted).sum() / counted.sum() + PENALTY * (value**2).sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    return value.detach().numpy()


def winner(case: Case, share: np.ndarray) -> tuple[list[float], bool]:
    """Return what the beliefs see of the first document, and whether it is the right one."""
    scores = case.features @ share
    parts = np.exp(scores - scores.max())
    parts /= parts.sum()
    first = int(parts.argmax())
    return odds_features(float(parts[first]), case.features[first], case.words), first == case.right


def fit_belief(
    name: str, seen: np.ndarray, right: np.ndarray, families: np.ndarray, weight: np.ndarray, shown: np.ndarray | None = None
) -> np.ndarray:
    """Return the weights of a logistic model, the constant last; prints what it reaches on families left out, of the rows `shown`."""
    model = LogisticRegression(C=3.0, max_iter=3000)
    folds = GroupKFold(min(FOLDS, len(set(families))))
    belief = cross_val_predict(model, seen, right, groups=families, cv=folds, params={"sample_weight": weight}, method="predict_proba")[
        :, 1
    ]
    shown = np.ones(len(right), dtype=bool) if shown is None else shown
    for at in (0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        kept, true = belief[shown] >= at, right[shown].astype(bool)
        shares = kept[true].mean(), kept[~true].mean(), true[kept].mean()
        print("{} from {}: {:.3f} of the right are kept, {:.3f} of the wrong; {:.3f} of the kept are right".format(name, at, *shares))
    model.fit(seen, right, sample_weight=weight)
    return np.append(model.coef_[0], model.intercept_)


def fit_subject(found: Sequence[Case]) -> dict[str, np.ndarray]:
    """Return the weights of shares, of what is meant; prints what they reach on families left out."""
    families = np.array([case.family for case in found])
    told: dict[int, tuple[list[float], bool]] = {}
    for kept, left in GroupKFold(FOLDS).split(families, groups=families):
        share = fit_share([found[i] for i in kept])
        told |= {int(i): winner(found[i], share) for i in left}
    for name in dict.fromkeys(families):
        own = [i for i, case in enumerate(found) if case.family == name and case.right >= 0]
        kinds = dict.fromkeys(found[i].kind for i in own)
        print(f"{name}:", ", ".join(f"{kind} {np.mean([told[i][1] for i in own if found[i].kind == kind]):.3f}" for kind in kinds))
    seen, right = (np.array([told[i][part] for i in range(len(found))]) for part in (0, 1))
    weight = np.array([OF_A_KIND.get(case.kind, 1.0) for case in found]) * balance(found)
    value = {"share": fit_share(found), "sides": np.zeros(COUNTS["sides"])}
    for authored in (True, False):
        print("authored:" if authored else "brought:")
        own = np.array([case.authored for case in found]) == authored
        value["clear"] = fit_belief("clear", seen, right, families, weight, own)
    return value


def balance(found: Sequence[Case]) -> np.ndarray:
    """Return what each case counts so that authored ones and brought ones count alike."""
    authored = np.array([case.authored for case in found])
    return np.where(authored, 1.0, authored.sum() / max((~authored).sum(), 1))


def write(target: Path, value: dict[str, np.ndarray]) -> None:
    """Write the weights and have them read again."""
    kept = {name: [round(float(w), 4) for w in values] for name, values in value.items()}
    target.write_text(json.dumps(kept) + "\n", encoding="utf-8")
    weights.cache_clear()


def main() -> None:
    """Fit, print, write."""
    target = Path(sys.argv[1]) / WEIGHTS_FILE.name if len(sys.argv) > 1 else WEIGHTS_FILE
    write(target, {name: np.zeros(n) for name, n in COUNTS.items()})
    with tempfile.TemporaryDirectory() as work:
        indexes = [(family, opened(family, Path(work) / family.name)) for family in load_families()]
        found = []
        for family, index in indexes:
            kinds = NAMING if names_its_service(family) else ("named", "scenario")
            found += cases(family.name, family.questions, index, kinds, authored=True)
        brought = [(name, assistant.index, rows) for name, assistant, rows in load_brought(Path(work))]
        for name, index, rows in brought:
            found += cases(name, rows, index, (*NAMING, "unanswerable"), authored=False)
        value = fit_subject(found)
        write(target, value)
        side = [(family.name, *one) for family, index in indexes for one in compared(family, index)]
        authored = len(side)
        side += [(name, *one) for name, index, rows in brought for one in set_beside(rows, index)]
    names, features, both = map(np.array, zip(*side, strict=True))
    alike = np.where(np.arange(len(side)) < authored, 1.0, authored / max(len(side) - authored, 1))
    value["sides"] = fit_belief("sides", features, both, names, alike)
    write(target, value)
    print(weights())


if __name__ == "__main__":
    main()
