r"""A trained reader -> how its scores become decisions, chosen on families that it was not trained on.

The documents of each left-out family are indexed with the reader and each question is read from its own document, so that finding the
document plays no part. `reading_belief` is fitted so that `reading.answerability` tells questions that the document answers from those
that it does not (least log loss): on those families, on the dev split of `eval/`, on the sets of `brought` that it was not trained on, and
on questions of SQuAD, which are about anything else. Of the other values those are kept that show most questions' golds without what was
not asked for, counted on each of them. Prints the table and writes the values beside the reader.

    python training/calibrate.py assistant/data/reader --data DATA \
        --left-out wound-and-ostomy lib-home-infusion-d own-home-infusion-b lib-lab-and-imaging own-home-programs lib-tests-and-scans
"""

from __future__ import annotations

import argparse
import itertools
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from assistant import Assistant
from assistant.config import make_settings
from assistant.evaluation.questions import load_questions, squash
from assistant.index import Index
from assistant.inference import CONFIG_FILE, Calibration, Vectors
from assistant.reading import EncoderReader, Reading, choose, evidence, nearest, read
from assistant.turns import bare_text
from authored import CODE_PATTERN, load_families
from brought import TRAINED, load_brought
from train_reader import SQUAD, WORDS, squad_paragraphs

ROOT = Path(__file__).parent.parent
KINDS = ("direct", "bycode", "narrow", "billing", "unanswerable")
WIDEN, WIDEN_SEVERAL, TIE = (0.02, 0.04, 0.06), (0.08, 0.1, 0.15), (0.03, 0.05)
"""What is tried of `reading_widen`, `reading_widen_several` and `reading_tie`; `reading_words` is what the reader was trained with."""
STRANGERS = 80
"""So many questions about something else are asked of each family."""
SURE = 0.4
"""`reading_sure`: a little below even odds; chosen on `eval/` dev and sets of `brought`."""


@dataclass(frozen=True, slots=True)
class Case:
    """A question read from its document, with what must and must not be shown; nothing must be where the document does not say.

    `seen` is what the second look gives the best readings, at weight 1.
    """

    index: Index
    text: str
    readings: tuple[Reading, ...]
    seen: Vectors
    wanted: tuple[str, ...]
    spoilt: tuple[str, ...]


class Seen(EncoderReader):
    """Remembers what the second look gives the best readings of each question."""

    def __init__(self, case: Case) -> None:
        self._case = case

    def compare(self, index: Index, text: str, readings: Sequence[Reading]) -> Vectors:
        """Return what the second look adds at the weight that the calibration gives it."""
        weight = index.reader.calibration.reading_words
        return self._case.seen * np.float32(weight) if weight else np.zeros(0, dtype=np.float32)


def foreign_questions(data: Path) -> list[str]:
    """Return the questions of SQuAD, those of different paragraphs in turn."""
    paragraphs = [[text for text, _ in questions] for _, questions in squad_paragraphs(data / SQUAD)]
    return [text for turn in itertools.zip_longest(*paragraphs) for text in turn if text is not None]


def cases(assistant: Assistant, rows: Sequence[dict[str, object]]) -> Iterator[Case]:
    """Yield the one-fact questions about one document."""
    index, reader = assistant.index, EncoderReader()
    index.reader.calibration = replace(index.reader.calibration, reading_words=1.0)
    for row in rows:
        codes, question = row["codes"], str(row["question"])
        if row["kind"] not in KINDS or row["history"] or len(codes) != 1 or row["expect"] not in ("answer", "abstain"):
            continue
        text = bare_text(question, index.settings.code_pattern) or question
        found = tuple(read(index, reader, text, index.by_code[codes[0]][0]))
        seen = reader.compare(index, text, nearest(found))
        yield Case(index, text, found, seen, tuple(map(squash, row["must_contain"])), tuple(map(squash, row["must_not_contain"])))


def strangers(index: Index, questions: Sequence[str]) -> Iterator[Case]:
    """Yield questions about something else, as no document of the index answers them."""
    for question, document in zip(questions, itertools.cycle(index.documents.ids), strict=False):
        yield Case(index, question, tuple(read(index, EncoderReader(), question, document)), np.zeros(0, dtype=np.float32), (), ())


def fit_belief(found: Sequence[Case]) -> tuple[float, ...]:
    """Return the weights of `reading.evidence` with the least log loss."""
    rows = [evidence(case.index, case.text, case.readings) for case in found]
    model = LogisticRegression(C=10, max_iter=5000).fit(rows, [bool(case.wanted) for case in found])
    return tuple(np.append(model.coef_[0], model.intercept_).round(3).tolist())


def shown(found: Sequence[Case], calibration: Calibration) -> tuple[float, float]:
    """Return the share of answerable questions whose golds are all shown, and of those with nothing that was not asked for."""
    right = clean = total = 0
    for case in found:
        if not case.wanted:
            continue
        case.index.reader.calibration = calibration
        chosen = [reading.candidate for reading in choose(case.index, Seen(case), case.text, case.readings)]
        texts = [squash(one.span(case.index.by_id[one.document]).of(case.index.by_id[one.document].text)) for one in chosen]
        good = all(any(wanted in text for text in texts) for wanted in case.wanted)
        total, right = total + 1, right + good
        clean += good and not any(spoilt in text for text in texts for spoilt in case.spoilt)
    return right / total, clean / total


def main() -> None:
    """Measure, choose, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reader", type=Path, help="the exported reader, where the values are written too")
    parser.add_argument("--left-out", nargs="+", required=True)
    parser.add_argument("--data", type=Path, required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        sets: dict[str, list[Case]] = {}
        for family in (family for family in load_families() if family.name in options.left_out):
            corpus = Path(work) / family.name
            corpus.mkdir()
            for document in family.documents:
                (corpus / document.file).write_text(document.text, encoding="utf-8", newline="")
            strange = Assistant.open(corpus, Path(work) / "indexes" / family.name, make_settings(code_pattern=CODE_PATTERN))
            sets[family.name] = list(cases(strange, family.questions))
        own = Assistant.open(ROOT / "corpus", Path(work) / "own", make_settings())
        dev = [asdict(row) for row in load_questions(sorted((ROOT / "eval").glob("*.jsonl"))) if row.split == "dev"]
        sets["dev"] = list(cases(own, dev))
        for name, stranger, rows in load_brought(Path(work) / "brought", TRAINED):
            sets[name] = list(cases(stranger, [row for row in rows if all(code in stranger.index.by_code for code in row["codes"])]))
        asked = iter(foreign_questions(options.data))
        others = [case for found in sets.values() for case in strangers(found[0].index, [*itertools.islice(asked, STRANGERS)])]
        belief = fit_belief([*(case for found in sets.values() for case in found), *others])
        best: tuple[float, Calibration] = (0.0, Calibration())
        print(f"reading_belief {belief}\n| widen | for several | tie |", " | ".join(sets), "|\n|---|---|---|" + "---|" * len(sets))
        for widen, several, tie in itertools.product(WIDEN, WIDEN_SEVERAL, TIE):
            tried = Calibration(belief, SURE, widen, several, tie, WORDS)
            figures = [shown(found, tried) for found in sets.values()]
            print(f"| {widen} | {several} | {tie} |", " | ".join(f"{100 * right:.1f} / {100 * clean:.1f}" for right, clean in figures), "|")
            best = max(best, (sum(clean for _, clean in figures), tried), key=lambda one: one[0])
    value = asdict(best[1])
    config = json.loads((options.reader / CONFIG_FILE).read_text(encoding="utf-8"))
    (options.reader / CONFIG_FILE).write_text(json.dumps({**config, "calibration": value}, indent=1) + "\n", encoding="utf-8")
    print(value)


if __name__ == "__main__":
    main()
