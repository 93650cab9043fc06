"""Text -> quantities as comparable intervals: "less than twenty-four hours" is time in [0 h, 24 h). Knows English and units, no document.

Number words come from text2num. A rate of repetition ("every two weeks") is kept apart from an amount.

>>> [str(q) for q in quantities("an 18-hour infusion every 2 weeks")]
['time [18, 18] hour', 'period [336, 336] hour']
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

from text_to_num import alpha2digit

CARDINALS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
"""Words by which things are counted, each in the place of its number."""
_UNIT = (
    r"hours?|hrs?|h|minutes?|mins?|days?|weeks?|wks?|months?|years?|yrs?|seconds?|secs?|liters?|litres?|l|milliliters?|millilitres?|ml|cc"
    r"|grams?|g|mg|milligrams?|kg|kilograms?|pounds?|lbs?|ounces?|oz|inch(?:es)?|feet|foot|ft|cm|centimeters?|mm|miles?"
)
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+(?![\d])(?:\.\d+)?|\d+(?:[.,]\d+)?)(?:\s+and\s+a\s+half)?"
_NOT = r"(?:no|not|never|cannot|\w+n['’]t)(?:\s+(?:to|be|last(?:ing)?|run(?:ning)?|tak(?:e|ing)))?"
_BEFORE = (
    rf"{_NOT}\s+(?:(?:more|longer|greater|higher|less|fewer|shorter|lower)\s+than|exceed(?:s|ed|ing)?|over|above|under|below)"
    r"|less\s+than|under|below|fewer\s+than|shorter\s+than|up\s+to|at\s+most|maximum(?:\s+of)?|within"
    r"|at\s+least|minimum(?:\s+of)?|more\s+than|over|longer\s+than|greater\s+than|exceed(?:s|ing)?|above"
    r"|every|each|once\s+(?:a|per|every)|q"
)
_AFTER = (
    r"(?:or|and)\s+(?:older|younger)|or\s+(?:more|longer|greater|over|above|less|shorter|fewer|under)|and\s+(?:over|above|up(?!\s+to)|under)"
    r"|plus|\+"
)
_QUANTITY = re.compile(
    rf"(?:\b(?P<before>{_BEFORE})\s*(?:\b(?:about|around|approximately|roughly)\s+)?)?(?:\bbetween\s+)?(?<![\w.])(?P<low>{_NUMBER})"
    rf"(?:\s*(?:-|–|to|and|or)\s*(?P<high>{_NUMBER}))?[\s-]*(?:full\s+|whole\s+|solid\s+|straight\s+)?(?P<unit>{_UNIT})\b"
    rf"(?P<age>[\s-]*(?:old\b|of\s+age\b))?(?:\s*(?P<after>{_AFTER}))?",
    re.IGNORECASE,
)
_HIGH = (
    r",?\s*(?:but|and)\s+(?:(?:no|not)\s+(?:more|longer)\s+than|not\s+(?:to\s+)?exceed(?:ing)?|less\s+than\s+or\s+equal\s+to|up\s+to"
    r"|(?P<open>less\s+than|under))\s+"
)
_AND_HIGH = re.compile(_HIGH, re.IGNORECASE)
_SAME_UNIT = re.compile(
    rf"\b((?:more|greater|longer)\s+than|over|above|at\s+least)\s+({_NUMBER})(?={_HIGH}{_NUMBER}[\s-]*(?P<unit>{_UNIT})\b)", re.IGNORECASE
)
"""The lower of two bounds whose unit stands with the upper one: "more than 2 but no more than 3 liters"."""
_ENDLESS = re.compile(
    r"\b(?:24\s*/\s*7|(?:a?round|all)[\s-]+the[\s-]+clock|non[\s-]?stop|day\s+and\s+night|continuous(?:ly)?|uninterrupted(?:ly)?"
    r"|without\s+(?:a\s+|any\s+)?(?:break|breaks|pause|interruption|stopping|stop))\b",
    re.IGNORECASE,
)
_CONTAINERS = re.compile(
    r"\b(?P<count>\d{1,2})(?:\s*[x×]\s*|\s+)(?P<each>\d+(?:\.\d+)?)[\s-]*(?P<unit>liters?|litres?|l|milliliters?|millilitres?|ml)[\s-]+"
    r"(?:bags?|bottles?|containers?|pouch(?:es)?|cartons?)\b",
    re.IGNORECASE,
)
_NOT_ENDLESS = re.compile(r"\b(?:not|non|no|never|\w+n['’]t|rather than|instead of)[\s-]+(?:\w+\s+)?$", re.IGNORECASE)
_PASSING = re.compile(r"\b(?:intermittent(?:ly)?|overnight|on[\s-]and[\s-]off|(?:a\s+)?(?:few|couple\s+of)\s+hours)\b", re.IGNORECASE)
_FRACTION = re.compile(
    rf"(?<![\w.,/])(?:(?P<whole>\d+)(?:\s+|(?=[¼-¾⅐-⅞])))?(?:(?P<sign>[¼-¾⅐-⅞])|(?(whole)(?P<over>\d)|(?P<one>1|\d(?=⁄)))[/⁄](?P<under>[2-9]))"
    rf"(?:\s+(?:of\s+)?an?(?=\s))?(?=[\s-]*(?:{_UNIT})\b)",
    re.IGNORECASE,
)
"""A proper fraction before a unit, a whole number before it perhaps; "3/4 days" are three or four of them."""
_GIVEN_OVER = re.compile(
    r"\b(given|giv(?:es|ing)|pushed|administered|delivered|runs?|running|hung|dripped|infus\w+|i\.?v\.?|drips?|doses?|bolus)\s+over\b"
    r"|\b(?!(?:for|of|lasts?|lasting|takes?|taking|took|is|are|was|be|by|just|well|if|when|anything|always|usually|sometimes|late|old)\b)"
    r"([^\W\d_]{2,})\s+over(?=\s+(?:about\s+)?[\w.-]+(?:\s+and\s+a\s+half|\s*(?:to|-|–)\s*[\w.]+)?[\s-]*(?:hours?|hrs?|h|minutes?|mins?)\b)",
    re.IGNORECASE,
)
"""What is given over some hours takes so many, not more; "for over two hours" is more."""
_PER_AMOUNT = re.compile(r"\s*(?:/|per\s+)\s*(?:d?l|m[lg]|liters?|litres?|grams?|g|kg|kilograms?|m2|square)\b", re.IGNORECASE)
"""What makes a mass a concentration or a dose by weight: "3 mg/dL"."""
_AGED = re.compile(
    r"\b(?:ages?|aged|(?:(?:wo)?m[ae]n|child(?:ren)?|boys?|girls?|bab(?:y|ies)|infants?|adults?|patients?|persons?|people|lady|gentleman)(?:\s+of)?)"
    r"\s+$",
    re.IGNORECASE,
)
"""What stands before an age in years or months."""
_OLDER = re.compile(r"older|younger")
_NEGATED = re.compile(_NOT, re.IGNORECASE)
_LOWER = re.compile(r"at\s+least|minimum")
_ABOVE = re.compile(r"more\s+than|over|longer|greater|higher|exceed|above")
_BELOW = re.compile(r"less\s+than|under|below|fewer|shorter|lower")
_UP_TO = re.compile(r"up\s+to|at\s+most|maximum|within")
_EVERY = re.compile(r"every|each|once|^q$")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
_COUNTED = re.compile(
    r"\d|\b(?:once|twice|half|quarter|both|single|only|no|none|daily|weekly|hourly|every|each|vari\w+|depend\w*)\b", re.IGNORECASE
)
"""What tells how many: figures, which number words become in `digits`, and words that stand for one, two or none."""
DAY = 24.0
HOURS = {
    **dict.fromkeys(("hour", "hourly"), 1.0), **dict.fromkeys(("week", "weekly"), 7 * DAY),
    **dict.fromkeys(("day", "daily", "nightly", "qd"), DAY), "qod": 2 * DAY, "bid": DAY / 2, "tid": DAY / 3, "qid": DAY / 4,
}  # fmt: skip
_ADVERB = r"\b(?:hourly|daily|nightly|weekly|qd|qod|bid|tid|qid)\b"
_WHOLE = r"(?:hour|day|week|month|year|liter|litre|pound|mile)"


@dataclass(frozen=True, slots=True)
class Quantity:
    """An interval of one dimension, in hours (an age or a period too), liters, kilograms or meters.

    `low_open` and `high_open` leave an end out.
    """

    dimension: str
    low: float
    high: float
    unit: str
    low_open: bool = False
    high_open: bool = False

    def __str__(self) -> str:
        left, right = "(" if self.low_open else "[", ")" if self.high_open else "]"
        return f"{self.dimension} {left}{self.low:g}, {self.high:g}{right} {self.unit}"

    def meets(self, other: Quantity) -> bool:
        """Say whether some amount is in both intervals; False for different dimensions."""
        if self.dimension != other.dimension:
            return False
        low = max((self.low, self.low_open), (other.low, other.low_open))
        high = min((self.high, not self.high_open), (other.high, not other.high_open))
        return low[0] < high[0] or (low[0] == high[0] and not low[1] and high[1])


_SIZES = {
    "time": ("hour", {
        ("hour", "hours", "hr", "hrs", "h"): 1.0, ("minute", "minutes", "min", "mins"): 1 / 60,
        ("second", "seconds", "sec", "secs"): 1 / 3600,
        ("day", "days"): DAY, ("week", "weeks", "wk", "wks"): 7 * DAY, ("month", "months"): 365.25 * DAY / 12,
        ("year", "years", "yr", "yrs"): 365.25 * DAY,
    }),
    "volume": ("liter", {
        ("liter", "liters", "litre", "litres", "l"): 1.0,
        ("milliliter", "milliliters", "millilitre", "millilitres", "ml", "cc"): 0.001,
    }),
    "mass": ("kilogram", {
        ("kilogram", "kilograms", "kg"): 1.0, ("gram", "grams", "g"): 0.001, ("milligram", "milligrams", "mg"): 1e-6,
        ("pound", "pounds", "lb", "lbs"): 0.45359237, ("ounce", "ounces", "oz"): 0.45359237 / 16,
    }),
    "length": ("meter", {
        ("centimeter", "centimeters", "cm"): 0.01, ("mm",): 0.001, ("inch", "inches"): 0.0254, ("foot", "feet", "ft"): 0.3048,
        ("mile", "miles"): 1609.344,
    }),
}  # fmt: skip
"""For each dimension the unit of its amounts, and the size of every unit by what it is called; a test compares them with pint."""
_FACTORS = {word: (dimension, size, base) for dimension, (base, sizes) in _SIZES.items() for words, size in sizes.items() for word in words}
"""The dimension, the size and the base unit, by what a unit is called."""


_ASKS_TIME = re.compile(
    r"\bhow\s+long\b(?!\s+(?:ago|before|after|until|till))|\bhow\s+(?:many|much)\s+(?:\w+\s+)?(?:hours?|hrs?|minutes?|mins?|days?|weeks?|months?|time)\b"
    r"|\b(?:duration|length\s+of\s+time|time\s+frame)\b|(?<!no\s)(?<!any\s)\b(?:longer|longest|shorter|shortest|quicker|quickest)\b(?!\s+than\s+\d)",
    re.IGNORECASE,
)
_ASKS_PERIOD = re.compile(r"\bhow\s+(?:often|frequently)\b|\bhow\s+many\s+times\b", re.IGNORECASE)


def asked_dimension(text: str) -> str | None:
    """Return the dimension of the amount that a question asks for, "time" or "period"; None where it asks for none."""
    return "time" if _ASKS_TIME.search(text) else "period" if _ASKS_PERIOD.search(text) else None


def quantities(text: str) -> list[Quantity]:
    """Return the quantities of `text` in order; words for endless or passing duration count as a day or more, or less than one."""
    return list(_quantities(text))


@lru_cache(maxsize=4096)
def _quantities(text: str) -> tuple[Quantity, ...]:
    return tuple(quantity for _, _, quantity in _placed(digits(text)))


def holds_number(text: str) -> bool:
    """Say whether a text tells how many of something there are, in figures or words."""
    return bool(_COUNTED.search(digits(text)))


def without_amounts(text: str, dimensions: Collection[str]) -> str:
    """Return `text`, number words as digits, without its quantities of some dimensions.

    >>> without_amounts("a twenty-hour drip every 2 weeks", ["time"])
    'a  drip every 2 weeks'
    """
    plain = digits(text)
    for start, end, quantity in reversed(_placed(plain)):
        plain = f"{plain[:start]}{plain[end:]}" if quantity.dimension in dimensions else plain
    return plain


def _placed(plain: str) -> list[tuple[int, int, Quantity]]:
    """Return the quantities of a text whose number words are digits, in order, with where each begins and ends."""
    found: list[tuple[int, int, Quantity]] = []
    match = _QUANTITY.search(plain)
    while match:
        quantity, end = _quantity(match, plain)
        if quantity.dimension != "mass" or not _PER_AMOUNT.match(plain, end):
            found.append((match.start(), end, quantity))
        match = _QUANTITY.search(plain, end)
    return sorted([*found, *_in_words(plain)], key=lambda one: one[0])


def digits(text: str) -> str:
    """Return `text` with number words as digits ("twenty-four" is 24, "two and a half" is 2 and a half)."""
    plain = _in_halves(_GIVEN_OVER.sub(r"\1\2 about", re.sub(r"(?<=[A-Za-z])-(?=[A-Za-z])", " ", _in_fractions(text))))
    plain = re.sub(
        r"\b(for|over|than|within|about|lasts?)\s+(?:a|an)\s+(?=(?:full\s+|whole\s+)?(?:hour|day|week|month|year|liter|litre)\b)",
        r"\1 1 ",
        plain,
        flags=re.IGNORECASE,
    )
    plain = re.sub(r"\b(every|each|once\s+(?:a|per|every))\s+(?=(?:hour|day|week|month|year)\b)", r"\1 1 ", plain, flags=re.IGNORECASE)
    plain = re.sub(r"\b(\d+(?:\.\d+)?)\s*\+\s*(?=[A-Za-z])", r"at least \1 ", plain)
    plain = re.sub(r"\b(\d{1,3})[\s-]*y(?:/o|o|\.o\.?)(?![\w/])(?:[\s-]*old\b)?", r"\1 years old", plain, flags=re.IGNORECASE)
    plain = re.sub(
        r"\baged?\s+(\d{1,3})(?![\d.,]*\w|\s*(?:-|to|and)?\s*\d|[\s-]*(?:year|month|week|day|y))",
        r"aged \1 years",
        plain,
        flags=re.IGNORECASE,
    )
    return _SAME_UNIT.sub(r"\1 \2 \g<unit>", _periods(_CONTAINERS.sub(_in_all, str(alpha2digit(plain, "en", threshold=0)))))


def _in_all(containers: re.Match[str]) -> str:
    """Return what some containers hold together: "3 500 mL bags" is 1500 mL."""
    return f"{int(containers['count']) * float(containers['each']):g} {containers['unit']}"


def _in_fractions(text: str) -> str:
    """Return `text` with fractions before a unit as decimals: "18½ hours" and "18 1/2 hours" are 18.5 hours."""

    def decimal(match: re.Match[str]) -> str:
        part = unicodedata.numeric(match["sign"]) if match["sign"] else int(match["over"] or match["one"]) / int(match["under"])
        return f"{int(match['whole'] or 0) + part:g}" if 0 < part < 1 else match.group()

    return _FRACTION.sub(decimal, text)


def _in_halves(text: str) -> str:
    """Return `text` with "half a day" as 0.5 days and "an hour and a half" as 1.5 hours."""
    text = re.sub(rf"\b(an?|one)\s+({_WHOLE})\s+and\s+a\s+half\b", r"1.5 \2", text, flags=re.IGNORECASE)
    text = re.sub(rf"\b(\w+)\s+({_WHOLE}s)\s+and\s+a\s+half\b", r"\1 and a half \2", text, flags=re.IGNORECASE)
    return re.sub(rf"\bhalf[\s-]+(?:an?\s+|of\s+an?\s+)?({_WHOLE})\b", r"0.5 \1", text, flags=re.IGNORECASE)


def _periods(text: str) -> str:
    """Return `text` with "daily" as every 24 hours, "twice a day" and "3 doses a day" as what lies between two times."""

    def between(match: re.Match[str]) -> str:
        times = {"once": 1.0, "twice": 2.0}.get(match["times"].casefold()) or float(match["count"] or 1)
        return f"every {HOURS[match['unit'].casefold()] / times:g} hours" if times else match.group()

    text = re.sub(r"\b([bqt])\.i\.d\b\.?", r"\1id", text, flags=re.IGNORECASE)
    text = re.sub(
        r"\b(?P<times>once|twice|(?P<count>\d{1,2})\s*(?:times|x|doses?(?=\s+(?:an?|per|each|every)\s)))\s*[-/]?\s*(?:an?|per|each|every)?\s*(?P<unit>hour(?:ly)?|day|daily|week(?:ly)?)\b",
        between,
        text,
        flags=re.IGNORECASE,
    )
    text = re.sub(
        r"\bq\s?(\d{1,2})(?:\s?h(?:ours?|rs?)?)?\b(?![\s-]*(?:d|w|days?|weeks?|wks?|min\w*|\d+)\b)",
        r"every \1 hours",
        text,
        flags=re.IGNORECASE,
    )
    text = re.sub(r"\b(?:every\s+)?(\d{1,2})[\s-]hourly\b", r"every \1 hours", text, flags=re.IGNORECASE)
    return re.sub(_ADVERB, lambda match: f"every {HOURS[match.group().casefold()]:g} hours", text, flags=re.IGNORECASE)


def _value(text: str) -> float:
    digits = re.match(r"[\d.,]+", text).group()  # type: ignore[union-attr]
    number = float(digits.replace(",", "") if _THOUSANDS.fullmatch(digits) else digits.replace(",", "."))
    return number + 0.5 if "half" in text else number


def _quantity(match: re.Match[str], text: str) -> tuple[Quantity, int]:
    """Return the quantity and where the text that it was read from ends."""
    end = match.end()
    measured, factor, base = _FACTORS[match["unit"].casefold()]
    aged = measured == "time" and (match["age"] or _OLDER.search(match["after"] or "") or _is_aged(match, text))
    dimension = "age" if aged else measured
    low = _value(match["low"]) * factor
    high = _value(match["high"]) * factor if match["high"] else low
    before, after = (match["before"] or "").casefold(), (match["after"] or "").casefold()
    if dimension == "time" and (_EVERY.search(before) or re.match(r"\s*(?:apart|intervals?)\b", text[match.end() :])):
        return Quantity("period", low, high, base), end
    negated = _NEGATED.match(before) is not None
    if _UP_TO.search(before) or (negated and _ABOVE.search(before)):
        return Quantity(dimension, 0, high, base), end
    if negated and _BELOW.search(before):
        return Quantity(dimension, low, math.inf, base), end
    if re.search(r"more|longer|greater|older|over|above|up|plus|\+", after):
        return Quantity(dimension, low, math.inf, base), end
    if (above := bool(_ABOVE.search(before))) or _LOWER.search(before):
        bounded = _AND_HIGH.match(text, end)
        limit = _QUANTITY.match(text, bounded.end()) if bounded else None
        of_limit, size, _ = _FACTORS[limit["unit"].casefold()] if limit else ("", 0.0, "")
        if bounded is None or limit is None or of_limit != measured:
            return Quantity(dimension, low, math.inf, base, low_open=above), end
        return Quantity(dimension, low, _value(limit["low"]) * size, base, above, bounded["open"] is not None), limit.end()
    if _BELOW.search(before):
        return Quantity(dimension, 0, high, base, high_open=True), end
    if re.search(r"less|shorter|fewer|younger|under", after):
        return Quantity(dimension, 0, high, base), end
    return Quantity(dimension, low, high, base), end


def _is_aged(match: re.Match[str], text: str) -> bool:
    """Say whether years or months are said of somebody: "patients over 65 years"."""
    return match["unit"].casefold().startswith(("y", "mo")) and bool(_AGED.search(text[: match.start()]))


def _in_words(text: str) -> Iterator[tuple[int, int, Quantity]]:
    for match in _ENDLESS.finditer(text):
        if not _NOT_ENDLESS.search(text[: match.start()]):
            yield match.start(), match.end(), Quantity("time", DAY, math.inf, "hour")
    for match in _PASSING.finditer(text):
        if not _NOT_ENDLESS.search(text[: match.start()]):
            yield match.start(), match.end(), Quantity("time", 0, DAY, "hour", high_open=True)
