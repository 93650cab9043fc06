"""Every sentence that the assistant says in its own words. Answers are these, and slices of documents, and nothing else."""

from __future__ import annotations

from assistant.types import Reason, Status

BY_REASON: dict[Reason, str] = {
    Reason.UNKNOWN_CODE: "No document describes that code.",
    Reason.NOT_COVERED: "The documents do not say.",
    Reason.NO_CODE_FITS: "No code in the documents fits.",
    Reason.OUT_OF_SCOPE: "That is not something the documents are about.",
    Reason.EMPTY_QUESTION: "Ask a question about a code or a procedure in the documents.",
    Reason.QUESTION_TOO_LONG: "The question is too long; ask it in fewer words.",
    Reason.LOW_CONFIDENCE: "The documents may not answer this; nothing in them fits well enough to be quoted as an answer.",
    Reason.AMBIGUOUS: "The answer depends on which one you mean.",
}
FOREIGN = "The question is in another language than the documents."
PARTLY = "For some of these the documents do not say."
LIKELIEST = "Only the documents that fit best were looked at; others may say it too."
NEAREST = "Nearest passage, not an answer:"
CONFLICT = "The sources disagree:"
NO_READER = "Answers are chosen by plain similarity; no trained reader is in use."
UNDERSTOOD = "Understood as: "
CARRIED = "Carried over: "
AFRESH = "Asked again, without the earlier questions."
FITS, FITS_NOT = "fits", "does not fit"
FOR, AGAINST = "For:", "Against:"
WEIGHED = "Weighed as well: "
NO_SECTION = "No such section."
SEPARATOR = " · "
"""Stands between codes and headings where an answer shows how it was understood."""


def message_for(status: Status, reason: Reason | None) -> str:
    """Return the catalogue's sentence for an outcome; empty for a plain answer."""
    return "" if status is Status.ANSWERED or reason is None else BY_REASON[reason]


def catalogue() -> frozenset[str]:
    """Return all fixed texts."""
    asked = {UNDERSTOOD, CARRIED, AFRESH, SEPARATOR}
    shown = {FOREIGN, PARTLY, LIKELIEST, NEAREST, CONFLICT, FITS, FITS_NOT, FOR, AGAINST, WEIGHED, NO_SECTION}
    return frozenset({*BY_REASON.values(), *asked, *shown, NO_READER, ""})
