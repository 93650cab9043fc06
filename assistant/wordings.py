"""Question -> what its wording tells: that it asks for a code, which of several, what is over, what comes next. Knows English and no topic.

Each function reads the words of a text alone: the same words tell the same, whatever documents there are.
"""

from __future__ import annotations

import re

from assistant.quantities import CARDINALS, quantities, without_amounts
from assistant.tokens import tokenize

REQUESTS = frozenset(
    tokenize("tell info information detail more help please pls plz know say give show explain code thing something anything question")
    + tokenize("describe description define definition mean meaning stand")
    + tokenize("do go get ok okay yes no thanks thank hi hello hey there")
)
"""Stems of words that ask without saying for what."""
LEFT_WORDS = 5
"""A case has so many words at least that say what is not over."""
QUESTION_WORDS = 3
"""A question that can stand alone has so many words."""

_CODE = r"(?:hcpcs|cpt|(?:billing\s+|procedure\s+)?codes?)"
_ASKS_CODE = re.compile(
    rf"""
    \b(?:which|what|whats|what's|wich)\s+(?:(?:is|are|of|the|your|these|our|a|right|correct|s)\s+){{0,4}}(?:[\w/-]+\s+){{0,2}}?{_CODE}
        (?=\s*(?:$|[?.!,;:]|for|to|do|should|would|can|fits?|applies|apply|is|matches|covers?|goes|describes|please|here|if|when|\bi\b|we))
  | \b(?:what|how)\s+(?:do|should|would|can|must|shall|does|will)\s+(?:we|i|you|they|(?:the|my|our)\s+\w+)\s+
        (?:bill|code|enter|report|submit|put\s+down|claim)(?=\s*(?:$|[?.!,;]|this|that|it\b|him|her|for\s+(?:this|him|her|a)\b|under|on\b))
  | [.!?,;:–-]\s*(?:the\s+|which\s+|what\s+)?{_CODE}\s*(?:please|pls|plz|needed)?\s*[?.!]*\s*$
  | \b{_CODE}\s+(?:please|pls|plz|needed)\b
  | \b(?:need|want|give\s+me|find|looking\s+for|asks?\s+for|asking\s+for)\s+(?:me\s+)?(?:the|a|an|its)\s+(?:[\w-]+\s+){{0,3}}{_CODE}\b
  | \b(?:is|was)\s+there\s+(?:a|any)\s+(?:\w+\s+){{0,2}}{_CODE}\s+(?:for|that)\b
  | \bwhich\s+(?:of\s+(?:the|our|these)\s+)?(?:[\w/-]+\s+){{0,2}}?per\s+diems?\b(?!\s+(?:rate|price|fee|amount|payment)s?\b)
  | ^(?!(?:which|what|how|who|when|where|why|does|do|is|are|can)\b)(?:[\w'-]+\s+){{1,5}}{_CODE}\s*\?\s*$
  | ^{_CODE}\s+for\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_DENIES_CODE = re.compile(
    rf"""\b(?:which|what)\s+(?:\w+\s+)?{_CODE}\s+(?:
        (?:is|are|do|does|should|would|can|could|must|will|may|shall)\s+(?:(?:i|we|you)\s+)?(?:not|never)\b
      | \w+n['’]t\b
      | (?:\w+\s+)?neither\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_SMALL_TALK = re.compile(
    r"""\W*(?:(?:
        hi | hello | hey | bye | goodbye | see\s+you | good\s+(?:morning|day|afternoon|evening|night|job)
      | (?:many\s+)?thanks? (?:\s+(?:you|a\s+lot|so\s+much|very\s+much|again))? | thx | ty | cheers | please
      | ok | okay | yes | no | sure | alright | right | great | good | cool | nice | perfect | awesome | super | fine | lol
      | got\s+it | i\s+see | never\s*mind | no\s+problem | (?:that|it)(?:['’]s|\s+is|\s+was)\s+(?:all|it|great|good|helpful)
      | (?:very|so)\s+(?:much|helpful|nice|good|kind) | (?:for|of)\s+(?:that|this|you|your\s+help) | there
    )\b\W*)+""",
    re.IGNORECASE | re.VERBOSE,
)
_INSIDE_CODE = re.compile(
    rf"\b(?:in(?:side)?|outside|under|within|of|by|with|from|than|same|part\s+of)\s+(?:[\w'-]*\w\s+){{0,5}}{_CODE}\s*[?.!]*\s*$",
    re.IGNORECASE,
)
_ASKS_CONTENT = re.compile(
    rf"\b(?:what|how)\b(?!\s+(?:\w+\s+)?{_CODE}).{{0,60}}\b(?:includ|cover|pay|bundl|mean|describ|stand|contain|rolls?|says?)\w*\b|\bin(?:cluded)?\s+(?:in\s+)?(?:this|that|the)\s+{_CODE}",
    re.IGNORECASE,
)
_ASKS_WHAT_TO_DO = re.compile(
    r"\bwhat\s+(?:(?:do|should|can|must|shall|would)\s+(?:i|we|you|he|she|they)\s+do|now|to\s+do)\b|\bhelp\b\W*$", re.IGNORECASE
)
_CLAUSE = re.compile(r"(?<=[.?!;:,])\s+|(?<=\s[–—-])\s+")
"""What stands between the clauses of a case; a dash stays with the one before it."""
_DASHES = " –—-"
_OVER = re.compile(
    r"\b(?:finish(?:ed|es)|completed|stopped|ended|discontinued|quit|(?:came|went|is|was|been)\s+off|used\s+to|previously|formerly|in\s+the\s+past"
    r"|(?:until|till)\s+(?:\w+\s+){1,2}(?:it|she|he|they|we|i)\s+(?:was|were|had|got|took|ran)|last\s+year|years?\s+back|(?:that|which|it|this)(?:['’]?s|\s+is|\s+was)\s+(?:all\s+)?(?:over|done|finished|behind))\b",
    re.IGNORECASE,
)
"""Says that something is over."""
_SERVICES = r"(?:codes|ones|services|therapies|procedures|programs|documents|treatments|infusions)\b"
_NUMBER = rf"(?:\d+|{'|'.join(CARDINALS[1:])})"
_ALL = rf"(?:all|{'|'.join(CARDINALS[2:])})"
_OF_ALL = (
    rf"\b(?:in\s+)?which\s+(?:ones\s+)?of\s+(?:(?:all|the(?:se)?|those)\s+)*{_ALL}\b"
    rf"|^\W*(?:out\s+)?of\s+(?:all\s+)?(?:the(?:se)?|those)(?:\s+(?:{_ALL}|home))*(?:\s+{_SERVICES})?,?\s*which(?:\s+ones?)?\b"
)
_OF_CODES = (
    rf"\b(?:in\s+|for\s+|under\s+)?which\s+(?:of\s+)?(?:(?:the(?:se|m)?|those|your|all|{_NUMBER})\s+){{0,2}}(?:home\s+)?{_SERVICES}"
    rf"|{_OF_ALL}|\bwhich\s+(?:of\s+(?:the(?:se|m)?|those|your)\b)|\bin\s+which\s+of\b|\bwhich\s+(?:list|mention|need|require|warn|say|run|allow|use|have|include)\b"
    rf"|\b(?:do|does|are|is|have|has)\s+(?:all|any(?:\s+one)?|each|none|both)\s+(?:of\b|{_NUMBER}\b)"
)
_LISTS = re.compile(rf"{_OF_CODES}|\b(?:list|name)\s+(?:all|every)\b", re.IGNORECASE)
_EACH = re.compile(
    rf"(?:\b(?:for|of|in|under|across|with)\s+)?\b(?:all\s+(?:of\s+)?(?:(?:the(?:se)?|those|your)\s+)?(?:{_NUMBER}\s+)?(?:home\s+)?{_SERVICES}"
    r"|(?:every|each)\s+(?:single\s+)?(?:code|service|therapy|program|document)\b)(?:\s+(?:on\s+file|(?:that\s+)?you\s+have))?",
    re.IGNORECASE,
)
"""Names all there are: "for every code on file"."""
_ASKS_WHETHER = re.compile(r"\b(?:where|which|whether|any)\b|^\W*(?:is|are|does|do|has|have|can|may|must)\b", re.IGNORECASE)
_JOINS = re.compile(r"\b(?:vs?|versus|or|and|than|with|against|between|compared?|differ\w*|from|to)\b|[/&]", re.IGNORECASE)
_OVER_CODES = re.compile(_OF_CODES, re.IGNORECASE)
_OVER_ALL = re.compile(_OF_ALL, re.IGNORECASE)
_OF_THOSE = re.compile(
    rf"\bwhich\s+(?:ones\b|of\s+(?:those|them|these(?=\s+(?:is|are|was|were|would|can|could|may|might)\b)|(?:the|these|those)\s+two)\b(?!\s+{_SERVICES}))",
    re.IGNORECASE,
)
_SO_MANY = re.compile(
    rf"\bwhich\s+(?:ones?\s+)?of\s+(?:the|those|these)\s+(?P<count>{'|'.join(CARDINALS[1:])})\b|\b(?:do|does|are)\s+(?:the|those|these)\s+(?P<all>two)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.?!])\s+")
_DENIAL = re.compile(
    r"\bwithout\b|n['’]t\b|\b(?:cannot|not|never|no)\b(?!\s+(?:only|just|more|longer|less|later|fewer|greater|over|under|above|below|exceed\w*)\b)",
    re.IGNORECASE,
)
"""What makes a question ask for what is not so, bounds of amounts apart."""
_COMPARES = re.compile(
    r"\b(?:compar(?:e|es|ed|ing|ison)(?:\s+(?:to|with|of|between|against))?|vs?\.?|versus|side\s+by\s+side|next\s+to\s+each\s+other|as\s+against|differen(?:t|ce|ces)(?:\s+(?:between|from|in))?|differs?"
    r"|distinguish(?:es)?|(?<!far )apart|respectively)\b|\s[/&+]\s|\s[/&+]$",
    re.IGNORECASE,
)
"""Words and marks that set things side by side."""
_INCLUSION = re.compile(
    r"\b(?:includ(?:e|es|ed|ing)|exclu(?:de|des|ded|sions?)|bundled|covered|billed\s+(?:separately|apart)|paid\s+apart)\b", re.IGNORECASE
)
_LEFT_OUT = re.compile(r"\b(?:not|non|never|exclu\w+|separately|apart|extra|what\s+else)\b|n['’]t\b", re.IGNORECASE)
_ASKS_INCLUSION = re.compile(
    r"\b(?:includ\w*|bundl\w*|separate(?:ly)?|extra|(?:charg|bill|invoic|pa(?:id|y)|cod)\w*\s+(?:\w+\s+){0,3}(?:apart|separate\w*|alone|extra|own)"
    r"|part\s+of\s+(?:\w+\s+){0,4}(?:code|fee|price|rate|charge|payment|it)|(?:same|own|its\s+own)\s+(?:claim\s+)?(?:line|code|charge|fee)|rolled\s+in(?:to)?"
    r"|covered\s+(?:in|by)|(?:inside|outside|within)\s+(?:the|this|that|it)|(?:charge|fee|line)\s+of\s+(?:its|their)\s+own)\b",
    re.IGNORECASE,
)
_PRESUMES = re.compile(r"^\W*(?:why|how\s+come|since|because|does|do|did|is|are|was|can|could|will|would|should|has|have)\b", re.IGNORECASE)
_MENTIONS = re.compile(
    r"(?<!to )\b(?:mention(?:s|ed)?|(?:say|says|said)\s+(?:anything|something|a\s+word)|(?:talk|speak)s?\s+(?:about|of)"
    r"|bring\w*\s+up|discuss\w*"
    r"|refers?\s+to|named|listed)\b",
    re.IGNORECASE,
)
_ASKS_NUMBER = re.compile(
    r"\bhow\s+many\b|\bwhat\s+(?:share|percent(?:age)?|proportion|number)\b|\bin\s+(?:percent|seconds|minutes|hours|days|weeks|months|years|mg|milligrams|ml|liters)\b(?=\s*[,?.]|\s*\Z)",
    re.IGNORECASE,
)
_TO_WRITE = re.compile(
    r"\b(?:write|compose|sing|tell)\s+(?:(?:me|us|him|her)\s+)?(?:an?|some|another)\s+(?:[\w-]+\s+){0,2}"
    r"(?:poem|song|story|joke|essay|haiku|limerick|rap|sonnet|letter|e-?mail|prescription)\b"
    r"|\b(?:can|could|will|would)\s+you\s+(?:please\s+)?(?:book|schedule|order|send|email|text|remind|buy|prescribe|cancel|refill|translate)\b"
    r"|\b(?:make\s+up|invent)\s+(?:a|an|one|some|another|your)\b"
    r"|^\W*(?:please\s+)?(?:book|schedule|order|send|email|text|remind|buy|prescribe|call)\s+(?:me|us|my|him|her)\b",
    re.IGNORECASE,
)
_WHAT_NEXT = re.compile(
    r"^\W*(?:(?:and|ok|okay|so|but|well|yes|yeah|right|thanks)\W+)*(?:(?:what\s+)?(?:then|(?:after|following)\s+(?:that|this)|next)(?:\s+(?:what|step))?"
    r"|what(?:['’]?s|\s+is|\s+(?:comes|happens|follows))\s+(?:next|then|after(?:\s+(?:that|this))?|afterwards)|(?:the\s+)?next\s+(?:step|one))\W*$",
    re.IGNORECASE,
)
_ASKS = "who|whom|whose|when|where|how|which"
_ASKS_OTHERWISE = re.compile(
    rf"\b(?:{_ASKS}|why)\b"
    r"|^\W*(?:does|do|did|is|are|can|could|will|would|should|may|must)\s+(?:i|it|we|he|she|they|the|my|our|his|her|their|this|that|an?|any|one)\b",
    re.IGNORECASE,
)
"""Asks something of what it names, if only in function words."""
_ASKS_BY_ITSELF = re.compile(rf"\b(?:{_ASKS})\b", re.IGNORECASE)
"""Asks something without a further word: "who?", "how long?"."""
_OPENS = (
    r"(?:(?:how|what(?:['’]?s)?|who(?:['’]?s)?|when|where|why)|(?:does|do|did|is|are|can|could|will|would|should|may|must)\s+"
    r"(?:i|it|you|we|he|she|they|the|my|our|your|his|her|their|this|that|these|those|there|an?|any|one))\b"
)
_QUESTION = re.compile(rf"(?:^\W*|[,:–-]\s+)(?:(?:and|so|ok|okay|also|please)\W+)*{_OPENS}", re.IGNORECASE)
_NEXT_QUESTION = re.compile(rf"[?;.!]+\s*(?={_OPENS})|(?:[?;.!]+\s*|,?\s+)(?:(?:and|plus|also|&)\s+)+(?={_OPENS})", re.IGNORECASE)
"""What stands between two questions: a mark or a conjunction with words after it that open a question."""


def asks_for_code(text: str) -> bool:
    """Say whether a question asks outright which code to use."""
    if _ASKS_CONTENT.search(text):
        return False
    return bool(_ASKS_CODE.search(text)) and not (
        _INSIDE_CODE.search(text) and not re.search(rf"\b(?:which|what)\b[^,.;?]*{_CODE}", text, re.IGNORECASE)
    )


def asks_which_not(text: str) -> bool:
    """Say whether a question asks which code does not fit, or is not to be used."""
    return bool(_DENIES_CODE.search(text))


def is_small_talk(text: str) -> bool:
    """Say whether a turn is nothing but a greeting, thanks or the like."""
    return bool(_SMALL_TALK.fullmatch(text))


def asks_what_to_do(text: str) -> bool:
    """Say whether a text, whatever case it describes, asks what to do and not for a code."""
    return bool(_ASKS_WHAT_TO_DO.search(text)) and not asks_for_code(text)


def case_of(text: str) -> str:
    """Return a case without the clauses that ask for its code; as it is where these are all it says.

    >>> case_of("A broken leg, seen at home every two weeks. What do we bill?")
    'A broken leg, seen at home every two weeks.'
    """
    told = [(clause, clause.rstrip(_DASHES)) for clause in _CLAUSE.split(text)]
    return " ".join(clause for clause, bare in told if not (asks_for_code(bare) or asks_for_code(f". {bare}"))).rstrip(_DASHES) or text


def present(text: str) -> str:
    """Return a case without the clauses that say what is over; as it is where little else is said.

    >>> present("A boat for two at noon every day, home by six. He finished rowing lessons two years ago.")
    'A boat for two at noon every day, home by six.'
    """
    clauses = _CLAUSE.split(text)
    kept = [clause for clause in clauses if not _OVER.search(clause)]
    left = " ".join(kept).rstrip(_DASHES)
    return left if len(kept) < len(clauses) and len(left.split()) >= LEFT_WORDS else text


def asking_sentence(text: str) -> str:
    """Return the one sentence of a text that is a question, where others stand before it; else the text.

    >>> asking_sentence("I used to sail. Is the ferry slow?")
    'Is the ferry slow?'
    """
    parts = _SENTENCE.split(text.strip())
    return parts[-1] if parts[-1].endswith("?") and not any(part.endswith("?") for part in parts[:-1]) else text


def lists(text: str) -> bool:
    """Say whether a question asks which of several codes have something in common."""
    return bool(_LISTS.search(text))


def names_all(text: str) -> bool:
    """Say whether a question names all codes or services there are, whatever it asks of them: "for every code, how long …"."""
    return bool(_EACH.search(text))


def asks_of_each(text: str) -> bool:
    """Say whether a question asks the same of all codes or services, and not which of them or whether any: "for every code, how long …"."""
    return names_all(text) and not lists(text) and not _ASKS_WHETHER.search(listed(text))


def joins(text: str) -> bool:
    """Say whether a word sets two things beside each other, amounts aside ("less than a day")."""
    return bool(_JOINS.search(without_amounts(text, {one.dimension for one in quantities(text)})))


def lists_codes(text: str) -> bool:
    """Say whether a question asks for codes or services that have something in common, and not for all that one of them holds."""
    return bool(_OVER_CODES.search(text))


def lists_among_all(text: str) -> bool:
    """Say whether a question leaves no doubt that it asks all codes: "which of the five", "of all these services, which"."""
    return bool(_OVER_ALL.search(text))


def of_those(text: str) -> bool:
    """Say whether a question asks which of those just spoken of have something in common, and does not call them codes or services."""
    return bool(_OF_THOSE.search(text))


def so_many(text: str) -> int:
    """Return how many of those spoken of a question sets beside each other by their number, 0 for none: "which of the two …?"."""
    found = _SO_MANY.search(text)
    return CARDINALS.index((found["count"] or found["all"]).casefold()) + 1 if found else 0


def denying(text: str) -> bool:
    """Say whether a text denies something, bounds of amounts apart."""
    return bool(_DENIAL.search(text))


def affirmed(text: str) -> str:
    """Return a question over all codes for what is not so as it is asked for what is so; unchanged where it denies nothing.

    >>> affirmed("I can't swim. Which of these don't run without a pump?")
    "I can't swim. Which of these do run with a pump?"
    """
    parts = _SENTENCE.split(text)
    if not any(_LISTS.search(part) and _DENIAL.search(part) for part in parts):
        return text
    told = [_DENIAL.sub(lambda match: "with" if match.group().casefold() == "without" else "", p) if _LISTS.search(p) else p for p in parts]
    return " ".join(" ".join(told).split())


def listed(text: str) -> str:
    """Return a question without the words by which it asks of all codes, as it is asked of each; unchanged if nothing would be left."""
    return _without(_EACH, _without(_LISTS, text))


def of_one_side(text: str) -> str:
    """Return what a comparison asks of one of its sides, without the words that compare; unchanged if nothing would be left."""
    return _without(_COMPARES, text)


def uncompared(text: str) -> str:
    """Return a text without the words that compare."""
    return _COMPARES.sub(" ", text)


def _without(pattern: re.Pattern[str], text: str) -> str:
    left = " ".join(pattern.sub(" ", text).split()).strip(" ,:;/–-")
    return left if len(left.split()) > 1 else text


def asks_inclusion(text: str) -> bool:
    """Say whether a question asks outright what is included or billed apart."""
    return bool(_ASKS_INCLUSION.search(text))


def counts_in(text: str) -> bool | None:
    """Say whether a question or a label is about what is included, or about what is not; None where it is about neither.

    >>> [counts_in(text) for text in ("What is included?", "Not covered", "Storage")]
    [True, False, None]
    """
    return not _LEFT_OUT.search(text) if _INCLUSION.search(text) else None


def presumes(text: str) -> bool:
    """Say whether a question takes something for granted or asks for a yes or no: "why does …", "is it …"."""
    return bool(_PRESUMES.match(text))


def asks_number(text: str) -> bool:
    """Say whether a question asks for a number: "how many …", "in percent?"."""
    return bool(_ASKS_NUMBER.search(text))


def mentions(text: str) -> bool:
    """Say whether a question is about what is spoken of at all, be it affirmed or denied: "which mention …?", "is … listed?"."""
    return bool(_MENTIONS.search(text))


def asks_to_write(text: str) -> bool:
    """Say whether a text asks for something to be made up or done, which no document can answer: "write me a poem about …"."""
    return bool(_TO_WRITE.search(text))


def asks_next(text: str) -> bool:
    """Say whether a turn asks for nothing but what comes after what was just said: "and then?", "what's next?"."""
    return bool(_WHAT_NEXT.search(text))


def asks_something(text: str) -> bool:
    """Say whether a text asks something of what it names, if only in function words: "is it …", "why …"."""
    return bool(_ASKS_OTHERWISE.search(text))


def asks_by_itself(text: str) -> bool:
    """Say whether a text asks something without a further word: "who?", "how long?"."""
    return bool(_ASKS_BY_ITSELF.search(text))


def opens_question(text: str) -> bool:
    """Say whether a text, or a clause of it, begins with words that open a question: "so how long …", "for the boat, who …"."""
    return bool(_QUESTION.search(text))


def questions_in(text: str) -> tuple[str, ...]:
    """Return the questions that a text asks one after the other; none where it asks one alone, or says something else as well."""
    parts = [part.strip(" ,;") for part in _NEXT_QUESTION.split(text)]
    whole = all(_QUESTION.search(part) and len(part.split()) >= QUESTION_WORDS for part in parts)
    return tuple(parts) if whole and len(parts) > 1 else ()
