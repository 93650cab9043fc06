"""Functions -> the time that each stage takes for itself, without the stages that it calls. Wraps the assistant from outside."""

from __future__ import annotations

import functools
import importlib
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

STAGES: Mapping[str, Sequence[str]] = {
    "normalise, spelling": ("assistant.tokens:normalize", "assistant.spelling:correct"),
    "encode": ("assistant.inference:OnnxEncoder._hidden",),
    "dense": ("assistant.vectors:FaissStore.search",),
    "BM25": ("assistant.lexical:LexicalIndex.search",),
    "subjects": ("assistant.subjects:subjects",),
    "parsing documents": ("assistant.storage:parse_line",),
    "alike": ("assistant.index:Index.all_alike",),
    "amounts": ("assistant.index:Index.candidate_dimensions", "assistant.quantities:quantities"),
    "fusing": ("assistant.retrieval:retrieve",),
    "reading": ("assistant.reading:read", "assistant.reading:answerability", "assistant.reading:choose", "assistant.reranking:rerank"),
    "fitting": ("assistant.fitting:weigh",),
    "quoting": (
        "assistant.quoting:quote_span",
        "assistant.quoting:share_words",
        "assistant.quoting:shared_clauses",
        "assistant.conflicts:conflicting",
    ),
    "understanding": ("assistant.understanding:understand",),
}
"""Stage -> functions as MODULE:NAME."""
REST = "the rest"


def resolve(target: str) -> tuple[Any, str, Callable[..., Any]]:
    """Return what holds a function named as MODULE:NAME, the name it holds it under, and the function.

    Raises:
        AttributeError, ModuleNotFoundError: there is no such function.
    """
    module, _, path = target.partition(":")
    holder: Any = importlib.import_module(module)
    *classes, name = path.split(".")
    for one in classes:
        holder = getattr(holder, one)
    return holder, name, getattr(holder, name)


class Stopwatch:
    """Adds up the own time of stages, call within call, in seconds, and counts calls."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.calls: dict[str, int] = defaultdict(int)
        self._running: list[str] = []
        self._since = 0.0

    def install(self) -> None:
        """Put a timed function in the place of each in `STAGES`, wherever a module of the assistant has imported it."""
        for stage, targets in STAGES.items():
            for target in targets:
                holder, name, function = resolve(target)
                timed = self._timed(stage, function)
                setattr(holder, name, timed)
                for module in [one for key, one in sys.modules.items() if key.split(".")[0] == "assistant"]:
                    for other, value in list(vars(module).items()):
                        if value is function:
                            setattr(module, other, timed)

    def whole(self, work: Callable[[], object]) -> float:
        """Run `work`, what belongs to no stage counting as `REST`; return its seconds."""
        began = time.perf_counter()
        self._timed(REST, work)()
        return time.perf_counter() - began

    def _timed(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def timed(*args: object, **kwargs: object) -> object:
            self._turn(stage)
            self.calls[stage] += 1
            try:
                return function(*args, **kwargs)
            finally:
                self._turn(None)

        return timed

    def _turn(self, stage: str | None) -> None:
        """Book the time since the last turn to the stage that ran, then begin `stage`, or end the one that runs."""
        now = time.perf_counter()
        if self._running:
            self.seconds[self._running[-1]] += now - self._since
        if stage is None:
            self._running.pop()
        else:
            self._running.append(stage)
        self._since = time.perf_counter()
