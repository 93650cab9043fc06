"""Trained reader -> `training/calibration.json`: the scenario head, and the thresholds that are given.

The head is a logistic regression over how a question is put (`kinds.form_features`) and the reader's vector of it; its cut is the one
that is right nine times in ten on families left out of the fit. The reading threshold and scale are the ones that training learned;
what else decides was chosen on the dev split of `eval/` (see eval/reports/).

    python training/calibrate.py assistant/data/reader --scale 35.56 --threshold 0.359
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict

from assistant.inference import OnnxEncoder
from assistant.kinds import form_features
from assistant.tokens import codes_in
from authored import CODE_PATTERN, load_families

PRECISION = 0.9
STRENGTH = 1.0
"""Inverse regularisation of the head."""


def main() -> None:
    """Fit, print what was reached on left-out families, and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reader", type=Path)
    parser.add_argument("--scale", type=float, required=True)
    parser.add_argument("--threshold", type=float, required=True)
    parser.add_argument("--sure", type=float, default=0.4)
    parser.add_argument("--widen", type=float, default=0.08)
    parser.add_argument("--tie", type=float, default=0.03)
    parser.add_argument("--words", type=float, default=0.5)
    options = parser.parse_args()
    encoder = OnnxEncoder(options.reader)
    families = load_families()
    rows = [(n, r) for n, f in enumerate(families) for r in f.questions if not r["history"] and not codes_in(r["question"], CODE_PATTERN)]
    texts = [row["question"] for _, row in rows]
    features = np.hstack([np.array([form_features(text) for text in texts]), encoder.encode(texts)])
    wanted = np.array([row["expect"] == "code" for _, row in rows])
    groups = np.array([n for n, _ in rows])
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=3000)
    scores = cross_val_predict(model, features, wanted, groups=groups, cv=LeaveOneGroupOut(), method="decision_function")
    order = np.argsort(-scores)
    precision = np.cumsum(wanted[order]) / np.arange(1, len(order) + 1)
    last = int(np.nonzero(precision >= PRECISION)[0].max())
    cut = float(scores[order[last]])
    recall = wanted[order[: last + 1]].sum() / wanted.sum()
    print(f"left-out families: {wanted.sum()} of {len(rows)} are cases; at {cut:.2f} precision {precision[last]:.3f}, recall {recall:.3f}")
    model.fit(features, wanted)
    value = {
        "reading_scale": options.scale,
        "reading_threshold": options.threshold,
        "reading_sure": options.sure,
        "reading_widen": options.widen,
        "reading_tie": options.tie,
        "reading_words": options.words,
        "scenario_head": [round(float(w), 4) for w in (*model.coef_[0], model.intercept_[0])],
        "scenario_sure": round(cut, 3),
    }
    Path(__file__).with_name("calibration.json").write_text(json.dumps(value) + "\n", encoding="utf-8")
    config = options.reader / "encoder.json"
    stored = json.loads(config.read_text(encoding="utf-8"))
    config.write_text(json.dumps({**stored, "calibration": value}) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
