"""Table -> documents: each row is one, its cells sections under the names of their columns. Knows no file format and no layout by name.

A sheet of two columns without codes is no table of things but one thing's fields, and becomes one document; so does a sheet of one column,
and one of more columns that states a single code, in a row or above its header, or bears it as its name. Where codes stand over columns,
each column is a document.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.codes import stated_codes
from assistant.formats.extract import Extract
from assistant.formats.table import Row, Table, code_column, coded_columns, codes_of, key_column, names_title, title_column
from assistant.labels import is_sentence
from assistant.tokens import codes_in, is_code
from assistant.types import Place, Span

FEWEST_SECTIONS = 2
"""A document of fewer headed fields has them as labelled lines, for a lone mark heads no section."""
KEY_CHARACTERS = 80
DIVIDER_WORDS = 4
"""A name of at most so many words without a value divides a sheet of fields."""
PAIR = 2
"""A row of so many cells is a name and a value."""
FIELD_ROWS = 100
"""A longer sheet of two columns, or of topics, is a list of things and not what is said of one."""
MOSTLY_EMPTY = 0.5
"""A row goes on with the one above when it repeats or lacks its key and fills fewer than this part of its other cells."""
_HEADED = re.compile(r"^(?=#{1,6}\s)", re.MULTILINE)
_LINE_NUMBER = re.compile(r"0*10{0,2}")
_ANNOUNCES = re.compile(r"(?:codes?|hcpcs|cpt|cdt|icd|cm|procedure|service|billing|number|no)", re.IGNORECASE)
_CODE_NAME = re.compile(r"\bcodes?\b|\A(?:hcpcs|cpt|cdt|icd(?:-?10)?(?:-?cm)?)\Z", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_VALUE_NAME = re.compile(r"(?:values?|descriptions?|definitions?|meanings?|text|contents?|answers?|details?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Field:
    """A name, and the values that stand under it in the rows `numbers`."""

    name: str
    values: tuple[str, ...]
    numbers: tuple[int, ...]


class Writer:
    """Collects canonical text together with the rows it comes from and the span of its title."""

    def __init__(self) -> None:
        self.text = ""
        self.places: list[Place] = []
        self.title: Span | None = None

    def add(self, text: str, row: int) -> Span:
        """Append `text`, which comes from the numbered row, and return where it stands now."""
        start = len(self.text)
        if not self.places or self.places[-1].number != row:
            self.places.append(Place(start, "row", row))
        self.text += text
        return Span(start, len(self.text))

    def find_title(self, value: str, start: int = 0) -> None:
        """Make the first line of `value`, where it stands from `start` on, the title; leave it where it does not."""
        at = self.text.find(value, start)
        if at >= 0:
            self.title = _first_line(self.text, Span(at, at + len(value)))


def write_document(key: str, row: int, fields: Sequence[Field], title: str | None, notes: Sequence[tuple[int, str]] = ()) -> Writer:
    """Return the canonical text of one document: its key as heading, `notes` with their rows, then each field under its name.

    `title` names the field whose first value is the title; None makes the heading the title.
    """
    writer = Writer()
    writer.add("# ", row)
    writer.title = writer.add(_one_line(key), row)
    writer.add("\n", row)
    for number, note in notes:
        writer.add("\n", number)
        writer.add(_unmarked(note) + "\n", number)
    headed = len(fields) >= FEWEST_SECTIONS
    for field in fields:
        marker = "- " if len(field.values) > 1 else ""
        before, after = ("## ", "\n") if headed else ("\n", ":\n" if marker else ": ")
        writer.add(before + _heading(field.name) + after, field.numbers[0])
        for value, number in zip(field.values, field.numbers, strict=True):
            span = writer.add(marker + _unmarked(value), number)
            if field.name == title and value is field.values[0]:
                writer.find_title(_unmarked(value), span.start)
            writer.add("\n", number)
    return writer


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _heading(name: str) -> str:
    """Return the name of a field as a heading: on one line, the words of a database's name apart."""
    words = _one_line(name)
    return words if " " in words else " ".join(words.replace("_", " ").split()) or words


def _unmarked(value: str) -> str:
    """Return a cell whose own lines beginning with `#` cannot be taken for headings: as items of a list."""
    return _HEADED.sub("- ", value)


def _first_line(text: str, span: Span) -> Span:
    line = text[span.start : span.end].split("\n", 1)[0]
    marked = len(line) - len(line.removeprefix("- "))
    return Span(span.start + marked, span.start + len(line.rstrip()))


class Keys:
    """Gives each document of a file a key of its own, the same as long as the rows before it with the same name stay."""

    def __init__(self) -> None:
        self._taken: dict[str, int] = {}

    def take(self, name: str) -> str:
        """Return `name` in one short line, with a number where it was taken before."""
        key = _one_line(name.replace("#", " "))[:KEY_CHARACTERS].strip() or "row"
        while key in self._taken:
            self._taken[key] += 1
            key = f"{key} ({self._taken[key]})"
        self._taken[key] = 1
        return key


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One sheet with what all its documents are made by; `prefix` begins their keys where a file has several sheets."""

    table: Table
    prefix: str
    keys: Keys
    code_pattern: str

    def codes_of(self, value: str) -> tuple[str, ...]:
        return codes_of(value, self.code_pattern)

    def document(self, writer: Writer, name: str, codes: tuple[str, ...] | None) -> Extract:
        """Return what was written as the document of that name; as that of the whole sheet where the name is empty."""
        key = self.keys.take(self.prefix + name) if self.prefix or name else ""
        return Extract(writer.text, key, codes, writer.title, tuple(writer.places))


def extract_rows(table: Table, prefix: str, keys: Keys, code_pattern: str, named: tuple[str, ...] = ()) -> list[Extract]:
    """Return the documents of one sheet; `prefix` begins their keys where a file has several sheets.

    `named` are the codes in the name of the file, where none of its sheets names any.
    """
    sheet, filled = _Sheet(table, prefix, keys, code_pattern), table.filled
    if not filled:
        return []
    codes = code_column(table, code_pattern)
    grid = coded_columns(table, code_pattern) if codes is None else None
    if grid:
        return [_column(sheet, grid[0], i, grid[1][0]) for i in grid[1]]
    if codes is None and (code := _only_code(table, code_pattern)):
        return [_outline(sheet, code)]
    if len(filled) == 1 and codes is None:
        return [_lines(sheet)]
    if len(filled) == PAIR and codes is None and len(table.rows) <= FIELD_ROWS and table.column(filled[0]):
        return [_fields(sheet, filled[0], filled[1])]
    if codes is None and (about := _codes_above(table, code_pattern) or named) and _sets_topics(table):
        return [_topics(sheet, about)]
    key = codes if codes is not None else key_column(table)
    title = title_column(table, key)
    return [_record(sheet, group, key, codes is not None, title) for group in _groups(table, key)]


def _name(table: Table, i: int) -> str:
    return table.names[i] if table.names else f"Column {i + 1}"


def _groups(table: Table, key: int) -> Iterable[list[tuple[int, tuple[str, ...]]]]:
    """Yield runs of rows that are about one thing: a row and those that go on with it."""
    run: list[tuple[int, tuple[str, ...]]] = []
    for row in table.rows:
        if run and _goes_on(run[0][1], row[1], key):
            run.append(row)
            continue
        if run:
            yield run
        run = [row]
    if run:
        yield run


def _goes_on(first: Sequence[str], cells: Sequence[str], key: int) -> bool:
    """Say whether a row goes on with the record that `first` opens: all its cells are the same, or few are filled and name nothing else."""
    if cells[key] not in ("", first[key]):
        return False
    rest = [i for i, cell in enumerate(cells) if cell and i != key and not _counts_on(first[i], cell)]
    if all(cells[i] == first[i] for i in rest):
        return True
    filled = [i for i, cell in enumerate(first) if cell and i != key]
    counted = any(_counts_on(first[i], cell) for i, cell in enumerate(cells) if cell)
    if cells[key] and len(filled) > 1 and not counted and _names_another(first[filled[0]], cells[filled[0]]):
        return False
    return len(rest) < max(MOSTLY_EMPTY * len(filled), 2)


def _names_another(first: str, cell: str) -> bool:
    """Say whether a cell holds something else than the one in the first row, and does not go on with its sentence."""
    return cell not in ("", first) and not _continues(first, cell)


def _continues(value: str, more: str) -> bool:
    """Say whether a cell goes on with the sentence of the one above."""
    return more[0].islower() and not value.endswith((".", "!", "?"))


def _counts_on(first: str, cell: str) -> bool:
    """Say whether a cell numbers the lines of a record that begins with line `first`: 10, 20, 30 or 1, 2, 3."""
    return bool(_LINE_NUMBER.fullmatch(first)) and cell.isdecimal() and int(cell) > int(first) and int(cell) % int(first) == 0


def _record(sheet: _Sheet, rows: Sequence[tuple[int, tuple[str, ...]]], key: int, coded: bool, title: int) -> Extract:
    """Return the rows that are about what the column `key` names as one document, a field for each other column."""
    table = sheet.table
    first, cells = rows[0]
    name = cells[key] or next(cell for cell in cells if cell)
    fields = []
    for i in (i for i in range(table.width) if i != key):
        held = _joined([(row[i], number) for number, row in rows if row[i]])
        if held:
            fields.append(Field(_name(table, i), tuple(value for value, _ in held), tuple(number for _, number in held)))
    title_name = None if title == key or not cells[title] else _name(table, title)
    writer = write_document(name, first, fields, title_name)
    return sheet.document(writer, name, sheet.codes_of(cells[key]) if coded else ())


def _joined(cells: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return the different cells of one column; one that goes on with the sentence of the one before is joined to it."""
    held: list[tuple[str, int]] = []
    for value, number in cells:
        if held and value == held[0][0]:
            continue
        if held and _continues(held[-1][0], value):
            held[-1] = (f"{held[-1][0]} {value}", held[-1][1])
        else:
            held.append((value, number))
    return held


def _fields(sheet: _Sheet, label: int, value: int) -> Extract:
    """Return a sheet of labels and values as one document; a row without a label goes on with the one above."""
    table = sheet.table
    fields: list[Field] = []
    if table.names and not _VALUE_NAME.fullmatch(table.names[value]):
        fields.append(Field(table.names[label], (table.names[value],), (max(table.rows[0][0] - 1, 1),)))
    for number, cells in table.rows:
        if cells[label] and cells[value]:
            fields.append(Field(cells[label], (cells[value],), (number,)))
        elif cells[label] and _divides(cells[label]):
            continue
        elif fields:
            more = fields[-1]
            fields[-1] = Field(more.name, (*more.values, cells[label] or cells[value]), (*more.numbers, number))
        else:
            fields.append(Field(_name(table, label), (cells[label] or cells[value],), (number,)))
    title = _title_field([(field.name, field.values[0]) for field in fields], sheet.code_pattern)
    coded = (sheet.codes_of(field.values[0]) for field in fields if _CODE_NAME.search(field.name))
    name, notes = (table.sheet, table.notes) if title or not table.notes else (table.notes[0][1], table.notes[1:])
    writer = write_document(name, fields[0].numbers[0], fields, title and title[0], notes)
    return sheet.document(writer, "", next(filter(None, coded), None))


def _column(sheet: _Sheet, at: int, column: int, labels: int) -> Extract:
    """Return the document of the code that stands over a column, in row `at`; the names of its fields stand in the first `labels`."""
    table = sheet.table
    number, head = table.rows[at]
    names = [[cell for cell in cells[:labels] if cell] for _, cells in table.rows[at + 1 :]]
    times = Counter(name[-1] for name in names if name)
    fields: list[Field] = []
    group = ""
    for (row, cells), name in zip(table.rows[at + 1 :], names, strict=True):
        group = cells[0] or group
        if name and cells[column]:
            called = name[-1] if times[name[-1]] == 1 or name[-1] == group else f"{group}: {name[-1]}"
            fields.append(Field(called, (cells[column],), (row,)))
    title = _title_field([(field.name, field.values[0]) for field in fields], sheet.code_pattern)
    writer = write_document(head[column], number, fields, title and title[0])
    return sheet.document(writer, head[column], sheet.codes_of(head[column]))


def _title_field(fields: Sequence[tuple[str, str]], code_pattern: str) -> tuple[str, str] | None:
    """Return the field, of names and values, that says in words what all are about: in full, or else in short."""
    worded = [(name, value) for name, value in fields if not codes_of(value, code_pattern)]
    named = [[field for field in worded if names_title(field[0], short)] for short in (False, True)]
    return next(iter(named[0] or named[1]), None)


def _only_code(table: Table, code_pattern: str) -> tuple[str, ...]:
    """Return the codes that a table of more than two columns states in one of its rows; none of several."""
    found = _stated_codes(table, code_pattern)
    return found[0] if len(found) == 1 and len(table.filled) > PAIR else ()


def _stated_codes(table: Table, code_pattern: str) -> list[tuple[str, ...]]:
    """Return the codes of each row that has them right beside the word "code"."""
    rows = [cells for _, cells in table.rows] + ([table.names] if table.names else [])
    return [
        codes
        for cells in rows
        for label, value in zip(cells, cells[1:], strict=False)
        if _CODE_NAME.search(label) and len(label.split()) <= DIVIDER_WORDS and (codes := codes_of(value, code_pattern))
    ]


def extract_book(tables: Sequence[Table], code_pattern: str) -> Extract | None:
    """Return the sheets of a workbook as the sections of one document, where one sheet of fields says which code all are about.

    None where sheets have columns of codes, or state none or several.
    """
    if any(code_column(table, code_pattern) is not None or coded_columns(table, code_pattern) for table in tables):
        return None
    stated = [(table, codes) for table in tables for codes in _stated_codes(table, code_pattern)]
    if len(tables) < 2 or len(stated) != 1 or len(stated[0][0].filled) != PAIR:
        return None
    (cover, codes), writer = stated[0], Writer()
    label, value = cover.filled
    title = _title_field([(cells[label], cells[value]) for _, cells in cover.rows if cells[label] and cells[value]], code_pattern)
    for table in (cover, *(table for table in tables if table is not cover)):
        _write_sheet(writer, table, "# " if table is cover else "## ")
    if title:
        writer.find_title(_one_line(title[1]))
    return Extract(writer.text, "", codes, writer.title, tuple(writer.places))


def _write_sheet(writer: Writer, table: Table, mark: str) -> None:
    """Write a sheet under its name: its notes, then its rows, as fields where these are a name and a value each."""
    first = table.rows[0][0]
    span = writer.add(f"{mark}{_one_line(table.sheet)}\n\n", first)
    writer.title = writer.title or Span(span.start + len(mark), span.end - 2)
    for number, note in table.notes:
        writer.add(f"{_unmarked(note)}\n\n", number)
    fields = len(table.filled) == PAIR and not table.names
    if table.names:
        writer.add(_row(table.names) + "|" + "---|" * table.width + "\n", max(first - 1, 1))
    for number, cells in table.rows:
        filled = [_one_line(cell) for cell in cells if cell]
        writer.add(f"{': '.join(filled)}\n" if fields else _row(cells), number)
    writer.add("\n", table.rows[-1][0])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(_one_line(cell).replace('|', chr(92) + '|') for cell in cells)} |\n"


def _outline(sheet: _Sheet, codes: tuple[str, ...]) -> Extract:
    """Return a table that is about one code as one document: the first column names its parts, the one with most words says them."""
    table = sheet.table
    first = table.filled[0]
    said = max(table.filled[1:], key=lambda i: sum(map(len, table.column(i))))
    fields: list[Field] = []
    name = ""
    for number, cells in table.rows:
        name = cells[first] or name
        beside = [cell for cell in cells[first + 1 : said] if cell and not cell.isdecimal()]
        value = ": ".join([*beside, cells[said]] if cells[said] else beside)
        if not value:
            continue
        if fields and fields[-1].name == name:
            last = fields[-1]
            fields[-1] = Field(name, (*last.values, value), (*last.numbers, number))
        else:
            fields.append(Field(name or _name(table, first), (value,), (number,)))
    writer = write_document(table.notes[0][1] if table.notes else table.sheet, fields[0].numbers[0], fields, None, table.notes[1:])
    title = _title_field([(cells[said - 1], cells[said]) for _, cells in table.rows if cells[said]], sheet.code_pattern)
    if title:
        writer.find_title(title[1])
    return sheet.document(writer, "", codes)


def _codes_above(table: Table, code_pattern: str) -> tuple[str, ...]:
    """Return the codes that stand above a header, in words or beside their label; else those in the name of the sheet."""
    above = stated_codes([_beside(cells) for _, cells in table.above], code_pattern) if code_pattern else ()
    return above or codes_of_name(table.sheet, code_pattern)


def codes_of_name(name: str, code_pattern: str) -> tuple[str, ...]:
    """Return the codes in the name of a sheet or file."""
    return tuple(code for code in codes_in(name.replace("_", " "), code_pattern) if is_code(code, code_pattern))


def has_codes(table: Table, code_pattern: str) -> bool:
    """Say whether a sheet names codes of its own: in its rows, over its columns, above its header or in its name."""
    found = code_column(table, code_pattern) is not None or coded_columns(table, code_pattern) or _stated_codes(table, code_pattern)
    return bool(found or _codes_above(table, code_pattern))


def _beside(cells: Sequence[str]) -> str:
    """Return the different words of a row on one line, those of the first as the label of the others."""
    return ": ".join(dict.fromkeys(_one_line(cell) for cell in cells if cell))


def _sets_topics(table: Table) -> bool:
    """Say whether the rows of a table with a header each say something of a topic."""
    topics = table.column(_topic_column(table)) if table.rows else []
    return bool(table.names) and len(table.filled) > PAIR and len(table.rows) <= FIELD_ROWS and any(map(_has_letter, topics))


def _topic_column(table: Table) -> int:
    """Return the column that names the topics of rows: the first where it has words in it, else the one that tells rows apart."""
    first = table.filled[0]
    return first if 2 * sum(map(_has_letter, table.column(first))) > len(table.column(first)) else key_column(table)


def _has_letter(cell: str) -> bool:
    return any(map(str.isalpha, cell))


def _topics(sheet: _Sheet, codes: tuple[str, ...]) -> Extract:
    """Return a table of topics as one document about `codes`: each topic heads what its rows say, every cell under its column's name.

    What names the codes above the header is the title; where that is nothing but a label and codes, another line or the sheet's name is.
    """
    table = sheet.table
    key = _topic_column(table)
    runs: list[tuple[str, list[Row]]] = []
    for row in table.rows:
        if runs and row[1][key] in ("", runs[-1][0]):
            runs[-1][1].append(row)
        else:
            runs.append((row[1][key] or _name(table, key), [row]))
    fields = []
    for name, rows in runs:
        said = [(number, [f"{_name(table, i)}: {cells[i]}" for i in table.filled if i != key and cells[i]]) for number, cells in rows]
        told = [(one, number) for number, cells in said for one in (cells if len(rows) == 1 else ["; ".join(cells)]) if one]
        fields.append(Field(name, tuple(one for one, _ in told) or (name,), tuple(number for _, number in told) or (rows[0][0],)))
    above = [(number, _beside(cells)) for number, cells in table.above]
    worded = [one for one in above if _names_more(one[1], sheet.code_pattern)]
    worded.sort(key=lambda one: not codes_in(one[1], sheet.code_pattern))
    named = next(iter(worded), (fields[0].numbers[0], _heading(table.sheet)))
    writer = write_document(named[1], named[0], fields, None, [one for one in above if one is not named])
    return sheet.document(writer, "", codes)


def _names_more(words: str, code_pattern: str) -> bool:
    """Say whether words are more than codes and what announces them."""
    return any(_has_letter(one) for one in _WORD.findall(words) if not (_ANNOUNCES.fullmatch(one) or is_code(one, code_pattern)))


def _divides(cell: str) -> bool:
    """Say whether a name without a value divides the sheet, as "CLINICAL" does, and does not go on with what is above."""
    return len(cell.split()) <= DIVIDER_WORDS and cell[0].isupper() and not is_sentence(cell)


def _lines(sheet: _Sheet) -> Extract:
    """Return a sheet of one column as one document, line by line."""
    (column,) = sheet.table.filled
    writer = Writer()
    for number, cells in sheet.table.rows:
        if cells[column]:
            writer.add(_unmarked(cells[column]) + "\n", number)
    return sheet.document(writer, "", None)
