"""Workbooks (.xlsx, .xls, .ods) and delimited text (.csv, .tsv) -> documents, one for each row.

Reads cells as a person sees them, without formulas; `table` finds the header, `rows` writes the documents. The only module that
imports python-calamine. Knows no layout by name; CMS's own table is handed to `hcpcs`.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import PurePosixPath

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetMetadata, SheetTypeEnum, SheetVisibleEnum

from assistant.config import Settings
from assistant.formats.extract import Extract, Unreadable
from assistant.formats.hcpcs import extract_hcpcs, is_hcpcs
from assistant.formats.rows import Keys, codes_of_name, extract_book, extract_rows, has_codes
from assistant.formats.table import Row, Table, find_table
from assistant.formats.text import decode
from assistant.formats.zipped import check_zip

MOST_ROWS = 200_000
MOST_CELLS = 10_000_000
"""Cells between the first and the last one used, empty ones included, which is what a sheet takes in memory."""
SAMPLE = 100
"""So many records tell the delimiter of a text."""
_ZIPPED = b"PK"
_DELIMITERS = ",;\t|"
_BREAKS = re.compile(r"\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CELL = re.compile(rb"<(?:\w+:)?c\b([^<>]*)>")
_REFERENCE = re.compile(rb"\br\s*=\s*[\"']([A-Z]{1,4})(\d{1,8})[\"']")
_REPEATED = re.compile(rb"<[^<>]*number-(columns|rows)-repeated\s*=\s*[\"'](\d+)[\"'][^<>]*?(/?)>")
_GENERIC_SHEET = re.compile(r"(?:sheet|tabelle|feuil|hoja|table)\s*\d*", re.IGNORECASE)
Grid = list[Row]


def extract(name: str, data: bytes, settings: Settings) -> list[Extract]:
    """Return one document for each row of each sheet's table; hidden sheets are left out.

    Raises:
        Unreadable: the file is encrypted, damaged, or larger than the limits.
    """
    path = PurePosixPath(name)
    if path.suffix.lower() in (".csv", ".tsv"):
        grids = [(path.stem, _delimited(decode(data), path.suffix.lower()))]
    else:
        if data.startswith(_ZIPPED) or path.suffix.lower() != ".xls":
            check_zip(data, settings)
            _check_extent(data)
        grids = list(_workbook(path.stem, data))
    tables = [find_table(sheet, grid, settings.code_pattern) for sheet, grid in grids if grid]
    tables = [table for table in tables if table.rows]
    if sum(len(table.rows) for table in tables) > MOST_ROWS:
        raise Unreadable(f"has more than {MOST_ROWS:,} rows")
    book = None if any(is_hcpcs(table) for table in tables) else extract_book(tables, settings.code_pattern)
    if book:
        return [book]
    own = any(has_codes(table, settings.code_pattern) for table in tables)
    named = () if own else codes_of_name(path.stem, settings.code_pattern)
    keys = Keys()
    found: list[Extract] = []
    size = 0
    for table in tables:
        for one in _documents(table, f"{table.sheet} " if len(tables) > 1 else "", keys, settings.code_pattern, named):
            size += len(one.text)
            if size > settings.max_text_characters:
                raise Unreadable(f"holds more than {settings.max_text_characters:,} characters of text")
            found.append(one)
    return found


def _documents(table: Table, prefix: str, keys: Keys, code_pattern: str, named: tuple[str, ...]) -> list[Extract]:
    if is_hcpcs(table):
        return extract_hcpcs(table, prefix, keys, code_pattern)
    return extract_rows(table, prefix, keys, code_pattern, named)


def _delimited(text: str, suffix: str) -> Grid:
    """Return the records of a text; the delimiter is the one that cuts most of them into equally many cells."""
    first, _, rest = text.partition("\n")
    if len(hint := first.strip()) == 5 and hint.casefold().startswith("sep="):
        delimiter, text = hint[4], rest
    else:
        delimiter = "\t" if suffix == ".tsv" else max(_DELIMITERS, key=lambda one: _evenness(text, one))
    return _square(list(_records(text, delimiter)))


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    try:
        for n, record in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)):
            if n >= MOST_ROWS:
                raise Unreadable(f"has more than {MOST_ROWS:,} rows")
            yield [_clean(cell) for cell in record]
    except csv.Error as error:
        raise Unreadable(f"is no table of delimited text ({error})") from error


def _evenness(text: str, delimiter: str) -> tuple[float, int]:
    """Return the share of the first records that have the most frequent number of cells above one, and that number."""
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        widths = [len(record) for record, _ in zip(reader, range(SAMPLE), strict=False) if record]
    except csv.Error:
        return (0.0, 0)
    several = Counter(width for width in widths if width > 1)
    if not several:
        return (0.0, 0)
    width, n = several.most_common(1)[0]
    return (n / len(widths), width)


def _workbook(stem: str, data: bytes) -> Iterator[tuple[str, Grid]]:
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        shown = [sheet.name for sheet in workbook.sheets_metadata if _is_shown(sheet)]
        for name in shown:
            yield (stem if _GENERIC_SHEET.fullmatch(name.strip()) and len(shown) == 1 else name), _sheet(workbook, name)
    except PasswordError as error:
        raise Unreadable("is encrypted") from error
    except (CalamineError, OSError, ValueError, OverflowError) as error:
        raise Unreadable(f"is no workbook that can be read ({_one_clause(error)})") from error


def _is_shown(sheet: SheetMetadata) -> bool:
    return bool(sheet.visible == SheetVisibleEnum.Visible and sheet.typ == SheetTypeEnum.WorkSheet)


def _one_clause(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")[:120]


def _check_extent(data: bytes) -> None:
    """Refuse a workbook whose used cells lie so far apart that the sheet between them would not fit in memory.

    Raises:
        Unreadable: a sheet spans more than `MOST_CELLS` cells, or a part of it cannot be unpacked.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as container:
            for member in container.infolist():
                if member.filename.casefold().endswith(".xml") and _extent(container.read(member)) > MOST_CELLS:
                    raise Unreadable(f"has a sheet of more than {MOST_CELLS:,} cells")
    except Unreadable:
        raise
    except Exception as error:  # zipfile passes on whatever its decompressors raise
        raise Unreadable("is damaged: a part of it cannot be unpacked") from error


def _extent(part: bytes) -> int:
    """Return how many cells lie between the first and the last filled one of a part, empty ones included."""
    columns = rows = 0
    for match in _CELL.finditer(part):
        if not match[1].endswith(b"/") and (place := _REFERENCE.search(match[1])):
            columns, rows = max(columns, _column_number(place[1])), max(rows, int(place[2]))
    for direction, times, empty in _REPEATED.findall(part):
        if direction == b"rows":
            rows += 0 if empty else int(times)
        elif not empty:
            columns += int(times)
    return columns * max(rows, 1)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _sheet(workbook: CalamineWorkbook, name: str) -> Grid:
    sheet = workbook.get_sheet_by_name(name)
    if sheet.height > MOST_ROWS:
        raise Unreadable(f"has more than {MOST_ROWS:,} rows")
    if sheet.total_height * sheet.total_width > MOST_CELLS:
        raise Unreadable(f"has a sheet of more than {MOST_CELLS:,} cells")
    cells = [[_shown(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or []:
        _spread(cells, top, left, bottom, right)
    return _square(cells)


def _spread(cells: list[list[str]], top: int, left: int, bottom: int, right: int) -> None:
    """Repeat the text of a merged cell in each cell that it covers, when it is one row high or one column wide."""
    if top != bottom and left != right:
        return
    width = max(map(len, cells), default=0)
    if left == 0 and right >= width - 1:
        return
    for row in cells[top : bottom + 1]:
        row[left : right + 1] = [cells[top][left]] * len(row[left : right + 1])


def _square(cells: Sequence[list[str]]) -> Grid:
    """Return numbered rows of equal length."""
    width = max(map(len, cells), default=0)
    return [(number, (*row, *[""] * (width - len(row)))) for number, row in enumerate(cells, start=1)]


def _shown(value: object) -> str:
    """Return a cell as a person reads it: whole numbers without a fraction, dates in ISO form, no time where it is midnight."""
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else format(value, ".15g")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value) if isinstance(value, (int, timedelta)) else ""


def _clean(text: str) -> str:
    """Return a cell's text without control characters, blank lines and white space at its edges; line breaks stay."""
    lines = _BREAKS.sub("\n", text).split("\n")
    kept = ("".join(c for c in line.replace("\t", " ") if unicodedata.category(c) not in ("Cc", "Cs")).rstrip() for line in lines)
    return "\n".join(line for line in kept if line.strip()).strip()
