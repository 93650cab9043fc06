"""Question -> whether it asks for a price or for what a payer covers, and whether a document says anything of that.

Both look like questions for what a code includes, which nearly every document answers; a price is answered only by an amount of money,
and a payer only by a document that names payers.
"""

from __future__ import annotations

import re

_ASKS_PRICE = re.compile(
    r"\bhow\s+(?:much|expensive|dear|cheap)\b[^.?!;]{0,40}\b(?:costs?|pay|paid|charged?|price|owe|bucks|dollars)\b"
    r"|\bhow\s+(?:expensive|costly)\b|\bwhat\b[^.?!;]{0,30}\bcosts?\b(?!\s+(?:of|them|him|the)\b)"
    r"|\bhow\s+much\s+(?:is|are)\s+(?:it|this|that|one|they|these|the\s+(?:code|service|infusion|therapy|rental))\W*$"
    r"|^\W*(?:and\s+|the\s+|its\s+|what\s+)*(?:price|cost)s?\W*$"
    r"|\bwhat(?:['’]?s|\s+is)\s+(?:the|its)\s+(?:price|cost)\b|\bpayment\s+(?:rate|amount)s?\b|\bin\s+(?:dollars|usd)\b",
    re.IGNORECASE,
)
_MONEY = re.compile(
    r"[$€£]\s?\d|\b\d[\d.,]*\s*(?:dollars?|usd|cents?)\b|\b(?:free\s+of\s+charge|pays?\s+nothing|(?:not|no)\s+(?:billed|charged?|costs?))\b",
    re.IGNORECASE,
)
_PAYERS = re.compile(
    r"\b(?:insur(?:ance|ers?|ed)|medicare|medicaid|health\s+plans?|(?:my|our|his|her|their)\s+plan|payers?|tricare|co-?pay(?:ment)?s?"
    r"|deductibles?)\b",
    re.IGNORECASE,
)
_COVERS = re.compile(r"\b(?:cover(?:s|ed|age)?|pay(?:s|ments?)?|paid|reimburs\w*|approv\w*|owe|authori[sz]\w*)\b", re.IGNORECASE)


def asks_payment(text: str) -> bool:
    """Say whether a question asks for a price, or for what a payer covers or asks for."""
    return bool(_ASKS_PRICE.search(text)) or _asks_payer(text)


def says_payment(text: str, said: str) -> bool:
    """Say whether what a document says has an amount of money, or names payers, as a question for payment asks."""
    return bool((_PAYERS if _asks_payer(text) else _MONEY).search(said))


def _asks_payer(text: str) -> bool:
    return bool(_PAYERS.search(text) and _COVERS.search(text))
