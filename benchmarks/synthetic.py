"""Seed -> as many different service documents as asked for, and questions about them. Made-up services; no copy of any document.

    python -m benchmarks.synthetic FOLDER HOW_MANY [--seed N]

writes them, a thousand to a folder. Document i is the same whatever the number asked for, so that a larger corpus holds every smaller
one. Codes, names and titles are distinct by construction; sections, their order, wording, amounts and layout vary.
"""

from __future__ import annotations

import argparse
import random
import string
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MOST = len(string.ascii_uppercase) * 10_000
"""Distinct codes of one letter and four digits."""
STEP = 103_979
"""Prime to `MOST`: neighbouring documents get codes far apart."""
FOLDER = 1000


def _list(text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in text.split(","))


_STARTS = _list("b, br, c, cl, d, dr, f, fl, g, gl, h, j, k, kr, l, m, n, p, pl, qu, r, s, sk, sp, st, t, tr, v, w, z")
_VOWELS = _list("a, e, i, o")
_ENDS = _list("mab, nib, tide, xan, line, fen, zole, pril, statin, vir, cept, dine, micin, lone, tase")
_MANNERS = _list(
    "daily, weekly, nightly, continuous, intermittent, portable, supervised, remote, pediatric, adult, shared, single-use, rapid, slow"
)
_ACTS = _list(
    "infusion, irrigation, monitoring, rehabilitation, dressing, ventilation, nutrition, dialysis, compression, traction, imaging, "
    "sampling, counseling, stimulation, cooling, warming, suction, lavage, splinting, screening"
)
_SITES = _list("knee, shoulder, wrist, hip, ankle, spine, jaw, lung, kidney, liver, ear, eye, skin, bladder, heart, stomach, sinus, elbow")
_PLACES = ("at home", "in a clinic", "in a nursing facility", "in a day unit", "at school", "in a mobile unit", "in a hospital ward")
_PEOPLE = (
    "a registered nurse",
    "a pharmacist",
    "the care team",
    "a physical therapist",
    "a trained caregiver",
    "the supplier",
    "a technician",
)
_THINGS = _list(
    "pump, tubing set, sensor, battery pack, filter cartridge, carrying case, sterile drape, adhesive patch, display unit, mask, cuff, "
    "brace, tray, alarm, charger, saline bag, log sheet, heated blanket, probe cover, valve"
)
_SIGNS = _list(
    "redness, swelling, dizziness, fever, nausea, bleeding, headache, numbness, rash, fatigue, blurred vision, dry mouth, cramps, "
    "bruising, chills, shortness of breath, loss of appetite, stiffness, itching, fainting"
)
_UNITS = ("minutes", "hours", "days", "weeks")
_SECTIONS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("Summary", "Overview", "In brief"), (
        "{Name} {act} is provided {place} for people with a disorder of the {site}.",
        "{Who} arranges {manner} {act} with {name} and checks the {site} before each visit.",
        "The service is built around the {thing} and is adjusted after {n} {unit}.")),
    (("Purpose", "Why it is done"), (
        "The aim is to relieve {sign} and to keep the {site} working.",
        "{Name} lowers the need for {other} {act2} by about {n} percent.",
        "It replaces stays of {n} {unit} that were needed before {name} was available.")),
    (("Duration", "How long it takes", "Time needed"), (
        "Each session of {name} takes {n} to {m} {unit}.",
        "The first session lasts up to {m} {unit}; later ones take {n} {unit}.",
        "Allow {m} {unit} for the whole visit, {n} of them for {act}.")),
    (("Frequency", "Schedule"), (
        "{Name} is given every {n} {unit} until the {site} has settled.",
        "Visits are planned {n} times in {m} weeks.",
        "After {m} {unit} the schedule is reviewed by {who}.")),
    (("Preparation", "Before the visit"), (
        "Do not eat for {n} hours before {name} is started.",
        "{Who} tests the {thing} and writes down the weight of the patient.",
        "Remove jewellery near the {site} and drink {n} glasses of water.",
        "Tell {who} about earlier {sign} or any allergy to {name}.")),
    (("Procedure", "What happens", "Steps"), (
        "{Who} connects the {thing} to the {thing2}.",
        "The {site} is cleaned and left to dry for {n} minutes.",
        "{Name} is started at {n} units and raised to {m} units.",
        "The {thing} is watched for {n} {unit} and then removed.")),
    (("Equipment", "Tools and supplies"), (
        "One {thing} with a {thing2}", "Up to {n} spare {thing2} units a month", "{Thing} made for the {site}", "{Name} kit, size {n}")),
    (("Risks", "Possible complications", "Side effects"), (
        "{Sign} occurs in {n} of {m} people treated with {name}.",
        "{Sign} near the {site} should be reported within {n} {unit}.",
        "Rarely, the {thing} causes {sign}.")),
    (("Aftercare", "After the visit"), (
        "Rest the {site} for {n} {unit} and keep the {thing} dry.",
        "{Who} calls after {n} {unit} to ask about {sign}.",
        "The dressing over the {site} is changed every {n} hours.")),
    (("Included", "What the rate covers"), (
        "The rate covers the {thing}, the {thing2} and visits by {who}.",
        "{Name} itself is billed separately.",
        "Repairs of the {thing} are included for {m} {unit}.")),
    (("Not included", "Exclusions"), (
        "Travel of more than {m} miles is not covered.",
        "A second {thing} within {n} {unit} is not covered.",
        "{Act2} of the {site} is coded separately.")),
    (("Who qualifies", "Indications"), (
        "Adults with {sign} lasting more than {n} {unit}", "Patients whose {site} did not respond to {act2}",
        "People who cannot travel to have {name} given", "Children above {n} years with {sign}")),
    (("Alternatives",), (
        "{Act2} without {name} may be tried for {n} {unit}.",
        "Where the {thing} cannot be used, a {thing2} is an alternative.")),
    (("Storage",), (
        "Keep {name} between {n} and {m} degrees.",
        "Throw {name} away {n} {unit} after the {thing} was opened.")),
)  # fmt: skip
_LISTED = frozenset(("Equipment", "Tools and supplies", "Who qualifies", "Indications", "Procedure", "What happens", "Steps"))
_ASKED: tuple[str, ...] = (
    "how long does {name} {act} take?",
    "what are the risks of {name}?",
    "what is needed for {name} {act}?",
    "how often is {name} given?",
    "who qualifies for {name} {act}?",
    "does {code} include the supplies?",
    "what should be done before {code}?",
    "what happens after the visit for {name}?",
    "is {name} provided {place}?",
    "how much does {code} cost?",
    "patient with a {site} disorder needs {manner} {act} {place}, which code?",
    "what is {code}?",
)
_OPENERS = ("", "please: ", "a caller asks, ", "for a claim, ", "once more: ", "also, ")


@dataclass(frozen=True, slots=True)
class Service:
    """What document `number` is about."""

    number: int
    code: str
    name: str
    title: str
    manner: str
    act: str
    site: str
    place: str


def _syllables(number: int) -> str:
    """Return letters that no other number has: a start and a vowel for each digit in base `len(_STARTS)`."""
    base, letters = len(_STARTS), ""
    for place in range(4):
        number, digit = divmod(number, base)
        letters += _STARTS[digit] + _VOWELS[place]
    return letters


def service(number: int, seed: int = 0) -> Service:
    """Return what document `number` is about.

    Raises:
        ValueError: there is no code for it.
    """
    if not 0 <= number < MOST:
        raise ValueError(f"there are codes for documents 0 to {MOST - 1}, not for {number}")
    chance = random.Random(f"service {seed} {number}")
    shuffled = (number * STEP + seed) % MOST
    code = f"{string.ascii_uppercase[shuffled // 10_000]}{shuffled % 10_000:04d}"
    name = _syllables(shuffled) + chance.choice(_ENDS)
    manner, act, site, place = (chance.choice(some) for some in (_MANNERS, _ACTS, _SITES, _PLACES))
    title = chance.choice(
        (
            f"{name.capitalize()} {act}, {manner}, for the {site}, {place}",
            f"{act.capitalize()} of the {site} with {name}, {manner}, {place}",
            f"{manner.capitalize()} {act} ({name}), {site}; supplies and visits included, {place}",
        )
    )
    return Service(number, code, name, title, manner, act, site, place)


def document(number: int, seed: int = 0) -> str:
    """Return the text of document `number`: a title with a code and five to twelve headed sections, 0.5 to 3 kB."""
    about = service(number, seed)
    chance = random.Random(f"document {seed} {number}")
    lines = [about.title, "", chance.choice((f"HCPCS Code: {about.code}", f"Code: {about.code}", f"{about.code}")), ""]
    kinds = chance.sample(_SECTIONS, chance.randint(5, 12))
    layout = chance.randrange(4)
    for headings, sentences in kinds:
        heading = chance.choice(headings)
        said = [_fill(one, about, chance) for one in chance.sample(sentences, chance.randint(2, len(sentences)))]
        lines += [*_heading(heading, layout), "", *_body(heading, said, chance), ""]
    return "\n".join(lines)


def _heading(heading: str, layout: int) -> list[str]:
    return [[heading], [f"{heading}:"], [f"## {heading}"], [heading, "-" * len(heading)]][layout]


def _body(heading: str, said: list[str], chance: random.Random) -> list[str]:
    if heading not in _LISTED:
        return [" ".join(said)]
    numbered = chance.random() < 0.5
    return [f"  {n}. {one}" if numbered else f"  - {one}" for n, one in enumerate(said, start=1)]


def _fill(pattern: str, about: Service, chance: random.Random) -> str:
    n = chance.randint(2, 48)
    thing, thing2 = chance.sample(_THINGS, 2)
    who, sign, act2 = chance.choice(_PEOPLE), chance.choice(_SIGNS), chance.choice(_ACTS)
    filled = pattern.format(
        name=about.name,
        Name=about.name.capitalize(),
        act=about.act,
        act2=act2,
        Act2=act2.capitalize(),
        manner=about.manner,
        site=about.site,
        place=about.place,
        other=chance.choice(_MANNERS),
        who=who,
        Who=who.capitalize(),
        thing=thing,
        Thing=thing.capitalize(),
        thing2=thing2,
        sign=sign,
        Sign=sign.capitalize(),
        n=n,
        m=n + chance.randint(1, 60),
        unit=chance.choice(_UNITS),
    )
    return filled


def write(folder: Path, count: int, seed: int = 0) -> None:
    """Write documents 0 to `count` - 1."""
    for number in range(count):
        path = folder / f"{number // FOLDER:04d}" / f"{number:06d}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(document(number, seed), encoding="utf-8", newline="")


def questions(count: int, documents: int, seed: int = 0, *, choice: int = 0, turn: int = 0) -> Iterator[tuple[str, str]]:
    """Return `count` questions over the first `documents` documents, all forms in turn, each with the code that it is about.

    No two are alike, up to the number of forms times that of documents. `choice` picks the documents asked about; another `turn` asks
    other questions about the same ones.
    """
    chance = random.Random(f"questions {seed} {choice}")
    order = chance.sample(range(documents), min(documents, count))
    for n in range(count):
        about = service(order[(n + n // len(_ASKED)) % len(order)], seed)
        pattern = _OPENERS[turn] + _ASKED[(n + turn) % len(_ASKED)]
        yield pattern.format(**{key: getattr(about, key) for key in ("name", "code", "act", "site", "place", "manner")}), about.code


def main() -> None:
    """Write a folder of documents."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    write(arguments.folder, arguments.count, arguments.seed)


if __name__ == "__main__":
    main()
