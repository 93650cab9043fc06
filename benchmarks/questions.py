"""Questions about the five documents of `corpus/`, no two alike, so that nothing remembered makes an answer fast."""

from __future__ import annotations

from collections.abc import Iterator

_SUBJECTS = (
    ("S9357", ("enzyme replacement therapy", "imiglucerase at home", "an enzyme infusion")),
    ("S9338", ("immunotherapy", "home immunotherapy", "an immunotherapy infusion")),
    ("S9330", ("continuous chemotherapy", "home chemotherapy", "a chemotherapy infusion")),
    ("S9327", ("intermittent pain management", "pain infusions at home", "a pain management infusion")),
    ("S9336", ("anticoagulant therapy", "heparin at home", "an anticoagulant infusion")),
)
_ASKED = (
    "how long does {} take?",
    "what are the risks of {}?",
    "who should get {}?",
    "what equipment does {} need?",
    "how should a patient prepare for {}?",
    "what happens during {}?",
    "are drugs included in {}?",
    "what are the alternatives to {}?",
    "what care is needed after {}?",
    "where is {} given?",
    "does {} need anesthesia?",
    "what is the purpose of {}?",
    "how much does {} cost?",
    "who performs {}?",
    "what can be expected from {}?",
    "is training given before {}?",
)


def five(count: int) -> list[tuple[str, str]]:
    """Return `count` questions with the code that each is about; forms and subjects take turns.

    Raises:
        ValueError: there are not so many.
    """
    found = list(_all())
    if count > len(found):
        raise ValueError(f"there are {len(found)} questions, not {count}")
    return found[:count]


def _all() -> Iterator[tuple[str, str]]:
    """Return every question once: wordings outermost; each form meets each subject."""
    for wording in range(3):
        for n in range(len(_ASKED) * len(_SUBJECTS)):
            code, names = _SUBJECTS[n % len(_SUBJECTS)]
            yield _ASKED[n % len(_ASKED)].format(names[wording]), code
