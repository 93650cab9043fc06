"""Authored questions with their forms -> `assistant/data/reader/forms.json`: linear heads that tell what sort of answer is asked for.

Logistic regression over the packaged reader's vector of a question, `kinds.surface`, and the tf-idf of `kinds.terms`: one softmax over
the four kinds, one head for whether the question is about what is included and what is billed apart, and one for whether its answer is
several sentences or items, as its golds tell. Each has a cut: the least belief
from which on `PRECISION` of the questions of service families left out of the fit are what the head says. Prints what is reached there.

    python training/fit_forms.py assistant/data/reader
"""

from __future__ import annotations

import argparse
import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict

from assistant.inference import OnnxEncoder
from assistant.kinds import FORMS_FILE, Kind, surface, terms
from assistant.turns import bare_text
from authored import CODE_PATTERN, LISTING, SIDES, load_families

SEED = 7
STRENGTH = 3.0
"""Inverse regularisation."""
FOLDS = 8
UNKNOWN = -1
"""Stands for what was not noted of a question."""
FACTS = 80
"""So many questions for a fact are taken of each family of documents; they have thousands."""
OF_ONE, OF_SEVERAL = 110, 90
"""So many questions with one gold, and with several, are taken of each family."""
READ_FROM_ONE = ("direct", "bycode", "narrow", "billing", "named")
"""Kinds of questions that one document answers."""
FEWEST = 6
"""A term that fewer questions have tells nothing of others."""
PRECISION = 0.94
"""A form that the words leave open is only believed where it is wrong in one of sixteen questions, since a wrong one spoils the answer."""


def written() -> list[dict[str, Any]]:
    """Return the questions that were written for their forms."""
    lines = gzip.decompress(Path(__file__).with_name("forms").joinpath("forms.jsonl.gz").read_bytes()).decode("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def asked() -> list[dict[str, Any]]:
    """Return the questions about the authored documents with the form that their kind has; of those for a fact, `FACTS` of a family."""
    found = []
    for family in load_families():
        forms = [(row["question"], _form(row)) for row in family.questions if not row["history"]]
        facts = [text for text, form in forms if form == Kind.FACT.value]
        kept = [(text, Kind.FACT.value) for text in facts[:: max(1, len(facts) // FACTS)]]
        kept += [(text, form) for text, form in forms if form not in (None, Kind.FACT.value)]
        found += [{"family": family.name, "text": text, "form": form} for text, form in kept]
    return found


def several() -> list[dict[str, Any]]:
    """Return questions about one authored document with whether their answer is several sentences or items of it."""
    chance = np.random.default_rng(SEED)
    found = []
    for family in load_families():
        rows = [row for row in family.questions if row["kind"] in READ_FROM_ONE and row["must_contain"] and not row["history"]]
        for many, most in ((False, OF_ONE), (True, OF_SEVERAL)):
            own = [row["question"] for row in rows if len(row["codes"]) == 1 and (len(row["must_contain"]) > 1) is many]
            found += [{"family": family.name, "text": own[i], "several": many} for i in chance.permutation(len(own))[:most]]
    return found


def _form(row: dict[str, Any]) -> str | None:
    if row["kind"] == "compare":
        return {SIDES: Kind.COMPARISON.value, LISTING: Kind.LISTING.value}.get(row["notes"])
    return Kind.SCENARIO.value if row["kind"] == "scenario" else Kind.FACT.value


def cut(beliefs: np.ndarray, true: np.ndarray) -> float:
    """Return the least belief from which on `PRECISION` of the questions are `true`."""
    order = np.argsort(-beliefs)
    enough = np.flatnonzero(np.cumsum(true[order]) / np.arange(1, len(order) + 1) >= PRECISION)
    return round(float(beliefs[order[enough[-1]]]), 3) if enough.size else 1.0


def main() -> None:
    """Fit, print precision and recall on left-out families, and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reader", type=Path)
    folder = parser.parse_args().reader
    rows = [*written(), *asked(), *several()]
    texts = [bare_text(row["text"], CODE_PATTERN) or row["text"] for row in rows]
    dense = np.hstack([OnnxEncoder(folder).encode(texts), np.array([surface(text) for text in texts])])
    words = TfidfVectorizer(analyzer=terms, min_df=FEWEST, sublinear_tf=True)
    features = hstack([csr_matrix(dense), words.fit_transform(texts)]).tocsr()
    families = np.array([row["family"] for row in rows])
    kinds = [kind.value for kind in Kind]
    form = np.array([kinds.index(row["form"]) if "form" in row else UNKNOWN for row in rows])
    inclusion, many = (np.array([int(row.get(key, UNKNOWN)) for row in rows]) for key in ("inclusion", "several"))
    heads: list[np.ndarray] = []
    cuts: dict[str, float] = {}
    for wanted, labels in ((form, kinds), (inclusion, ["other", "inclusion"]), (many, ["one", "several"])):
        told = wanted != UNKNOWN
        known, wanted, groups = features[told], wanted[told], families[told]
        model = LogisticRegression(C=STRENGTH, max_iter=3000)
        beliefs = cross_val_predict(model, known, wanted, groups=groups, cv=GroupKFold(FOLDS), method="predict_proba")
        for i, label in enumerate(labels):
            cuts[label] = cut(beliefs[:, i], wanted == i)
            found = beliefs[:, i] >= cuts[label]
            precision, recall = (wanted[found] == i).mean(), found[wanted == i].mean()
            print(f"{label}: {np.sum(wanted == i)} rows, from {cuts[label]} on precision {precision:.3f}, recall {recall:.3f}")
        model.fit(known, wanted)
        heads += [np.append(row, bias) for row, bias in zip(model.coef_, model.intercept_, strict=True)]
    table, width = np.array(heads), dense.shape[1]
    value = {
        "heads": np.hstack([table[:, :width], table[:, -1:]]).round(4).tolist(),
        "terms": {
            term: [round(float(words.idf_[i]), 3), *table[:, width + i].round(3).tolist()] for term, i in sorted(words.vocabulary_.items())
        },
        "cuts": {label: cuts[label] for label in (*kinds[1:], "inclusion", "several")},
    }
    (folder / FORMS_FILE).write_text(json.dumps(value, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
