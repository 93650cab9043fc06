"""Authored questions over all documents of a family -> `assistant/data/reader/listing.json`: which documents say what is asked of all.

A logistic model weighs `listing.features` of each document; prints what it reaches on families left out.

    python training/fit_listings.py [assistant/data/reader]
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict

from assistant.index import Index
from assistant.listing import WEIGHTS_FILE, features
from assistant.reading import EncoderReader, read
from assistant.spelling import correct
from assistant.turns import bare_text
from assistant.wordings import listed
from authored import Family, load_families
from fit_subjects import opened

AT = (0.2, 0.25, 0.3, 0.35, 0.4, 0.5)
"""Beliefs of which it is told what is reached from them on."""


def cases(family: Family, index: Index) -> Iterator[tuple[list[tuple[float, ...]], list[bool]]]:
    """Yield, for each question over all documents, the features of each document and whether it says so."""
    for row in family.questions:
        if row["kind"] == "compare" and row["notes"] == "listing":
            text = listed(correct(index, bare_text(row["question"], index.settings.code_pattern)))
            found = features(index, text, {name: read(index, EncoderReader(), text, name) for name in index.documents.ids})
            meant = {name for code in row["codes"] for name in index.by_code.get(code, ())}
            yield [*found.values()], [name in meant for name in found]


def reached(saying: list[np.ndarray], says: list[list[bool]], at: float) -> str:
    """Return F1 over documents and how many too many, on average over questions that some document answers, and how often all is right."""
    kept = [(belief >= at, np.array(right)) for belief, right in zip(saying, says, strict=True) if any(right)]
    f1 = np.mean([2 * (told & right).sum() / max(1, told.sum() + right.sum()) for told, right in kept])
    extra, whole = np.mean([(told & ~right).sum() for told, right in kept]), np.mean([(told == right).all() for told, right in kept])
    return f"F1 {f1:.3f}, {extra:.2f} too many, all right {whole:.3f}"


def main() -> None:
    """Fit, print, write."""
    target = Path(sys.argv[1]) / WEIGHTS_FILE.name if len(sys.argv) > 1 else WEIGHTS_FILE
    with tempfile.TemporaryDirectory() as work:
        asked = [family for family in load_families() if any(row["notes"] == "listing" for row in family.questions)]
        found = [(family.name, *case) for family in asked for case in cases(family, opened(family, Path(work) / family.name))]
    names, rows, says = zip(*found, strict=True)
    seen, right = np.concatenate([np.array(some) for some in rows]), np.concatenate(says)
    families = np.repeat(names, [len(some) for some in rows])
    model = LogisticRegression(max_iter=3000)
    belief = cross_val_predict(model, seen, right, groups=families, cv=GroupKFold(8), method="predict_proba")[:, 1]
    split = np.split(belief, np.cumsum([len(some) for some in rows])[:-1])
    print(f"{len(rows)} questions")
    for at in AT:
        print(f"from {at}: {reached(split, list(says), at)}")
    model.fit(seen, right)
    target.write_text(json.dumps([round(float(w), 4) for w in (*model.coef_[0], *model.intercept_)]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
