"""CMS's HCPCS workbook -> documents: one for each code and each modifier, its fields under names that people ask with.

Recognised by the names of its columns. What the columns and their values mean is CMS's published record layout: a value is written as
it stands, followed by the layout's own words for it ("D = Special coverage instructions apply"). Dates are written in ISO form (20040101
is 2004-01-01), which is the one change made to a cell. The layout leaves the termination date empty while a code is in use, and people ask
for just that, so the empty cell is stated as what it is. Refuses to know any code.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from assistant.formats.extract import Extract
from assistant.formats.rows import Field, Keys, write_document
from assistant.formats.table import Row, Table, codes_of

AUTHORITY = 1
"""The table that defines the codes outranks prose about them."""
LONG = "Long description"
COLUMNS = {
    LONG: ("LONGDESCRIPTION",),
    "Short description": ("SHORTDESCRIPTION",),
    "Terminated": ("TERMDT",),
    "Added": ("ADDDT",),
    "Effective": ("ACTEFFDT",),
    "Action": ("ACTIONCD",),
    "Coverage": ("COV",),
    "Pricing": ("PRICE1", "PRICE2", "PRICE3", "PRICE4"),
    "Multiple pricing": ("MULTPI",),
    "Type of service": ("TOS1", "TOS2", "TOS3", "TOS4", "TOS5"),
    "BETOS": ("BETOS",),
    "Cross reference": ("XREF1", "XREF2", "XREF3", "XREF4", "XREF5"),
    "Coverage Issues Manual reference": ("CIM1", "CIM2", "CIM3"),
    "Medicare Carriers Manual reference": ("MCM1", "MCM2", "MCM3"),
    "Statute": ("STATUTE",),
    "Lab certification": tuple(f"LABCERT{n}" for n in range(1, 9)),
    "Processing note number": ("PROCNOTE",),
    "ASC payment group": ("ASCGRP",),
    "ASC payment group effective": ("ASCDT",),
    "OPPS payment group": ("OPPS",),
    "OPPS payment policy indicator": ("OPPSPI",),
    "OPPS payment group effective": ("OPPSDT",),
    "Anesthesia base units": ("ANESTBU",),
}
"""The layout's columns by the name that each field gets, in the order in which people look for them."""
DATES = frozenset({"ADDDT", "ACTEFFDT", "TERMDT", "ASCDT", "OPPSDT"})
LAST_USE = "Valid for use until"
"""What the layout says of the termination date ("last date for which a procedure or modifier code may be used"), as people ask for it."""
NOT_TERMINATED = f"{LAST_USE}: no termination date"
_CODE, _SEQUENCE, _TERMINATION = "HCPC", "SEQNUM", "TERMDT"
_TELLING = frozenset({_CODE, "LONGDESCRIPTION", "SHORTDESCRIPTION", "ADDDT", "ACTIONCD"})
_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")


def is_hcpcs(table: Table) -> bool:
    """Say whether a table has the columns of CMS's layout."""
    return set(map(_normal, table.names)) >= _TELLING


def _normal(name: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", name.upper())


@lru_cache(maxsize=1)
def _meanings() -> dict[str, dict[str, str]]:
    """Return the layout's words for the values of a column, numbered columns under the name that they share."""
    values: dict[str, dict[str, str]] = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    return values


def extract_hcpcs(table: Table, prefix: str, keys: Keys, code_pattern: str) -> list[Extract]:
    """Return one document for each code and modifier, in the order of the table; rows without either are left out."""
    columns = {name: i for i, name in reversed(list(enumerate(map(_normal, table.names))))}
    found = []
    for rows in _records(table.rows, columns[_CODE]):
        code = rows[0][1][columns[_CODE]].upper()
        fields = list(_fields(rows, columns))
        titled = LONG if any(field.name == LONG for field in fields) else "Short description"
        writer = write_document(code, rows[0][0], fields, titled)
        key = keys.take(prefix + code)
        found.append(Extract(writer.text, key, codes_of(code, code_pattern), writer.title, tuple(writer.places), AUTHORITY))
    return found


def _records(rows: Sequence[Row], code: int) -> Iterator[list[Row]]:
    """Yield the rows of each code; a long description goes on in rows that repeat the code."""
    run: list[Row] = []
    for row in rows:
        if run and row[1][code] == run[0][1][code]:
            run.append(row)
        elif row[1][code]:
            if run:
                yield run
            run = [row]
    if run:
        yield run


def _fields(rows: Sequence[Row], columns: dict[str, int]) -> Iterator[Field]:
    number, cells = rows[0]
    for name, sources in COLUMNS.items():
        held = [(source, cells[columns[source]]) for source in sources if source in columns and cells[columns[source]]]
        if name == LONG and held:
            at, sequence = columns[sources[0]], columns.get(_SEQUENCE)
            ordered = sorted(rows, key=lambda row: row[1][sequence]) if sequence is not None else rows
            yield Field(name, (" ".join(row[1][at] for row in ordered if row[1][at]),), (number,))
        elif held:
            yield Field(name, tuple(_readable(source, value) for source, value in held), (number,) * len(held))
        elif _TERMINATION in sources and _TERMINATION in columns:
            yield Field(name, (NOT_TERMINATED,), (number,))


def _readable(column: str, value: str) -> str:
    """Return a value with the layout's words for it, or a date in ISO form."""
    if column in DATES:
        date = _DATE.fullmatch(value)
        readable = "-".join(date.groups()) if date else value
        return f"{LAST_USE}: {readable}" if column == _TERMINATION else readable
    meaning = _meanings().get(column.rstrip("0123456789"), {}).get(value)
    return f"{value} = {meaning}" if meaning else value
