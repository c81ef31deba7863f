"""A list made ready to be compared: everything that is language, computed once.

Rules of this file:
- Whatever is known of a name is computed here, for each distinct cell once; the engine
  afterwards compares numbers, short ASCII texts and sets of tokens, and knows no language.
- A token is a text that two spellings of one name share: `c:` and a class of given names,
  `k:` and a key of spelling, `g:` and a group of family names.
- A first of January is the year: many lists write it where the day is unknown.
- Rows stand in the order of their references, so that no order of a file decides anything.
- Where the parts of a name stand is found by `parts`; a cell with aliases bears every name in it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import zip_longest
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from homeward.foundation.dates import PartialDate
from homeward.matching.classes import (
    Link,
    family_groups,
    father_classes,
    given_classes,
    sex_of_father_name,
)
from homeward.matching.endings import family_stem, father_name, short_father_name
from homeward.matching.letters import words
from homeward.matching.parse import alternatives
from homeward.matching.parts import Parts, parts_in
from homeward.matching.readings import consonants, loose, readings
from homeward.records.model import PersonRecord
from homeward.records.plain import ListCells, cells_of

Ints = npt.NDArray[np.int32]

NAMES: Final = ("family_name", "given_name", "father_name")
CELLS: Final = (*NAMES, "birth_date", "lost_on", "service_number", "unit", "sex", "birth_place")
"""What is kept of a record, each as written."""

_BLOCK_TOKENS_MAX = 3
_BLOCK_TOKENS_OF_ALIASES_MAX = 4
_KEYS_MAX = 4
_PART_LETTERS_MIN = 4
_CONSONANTS_MIN = 3
_CONSONANTAL = re.compile("[\u0590-\u06ff\u0750-\u077f]")
_COARSE = str.maketrans({"x": "g", "j": None, "~": None, "#": None})
_SEXES = {"male": "M", "female": "F"}


class Name(NamedTuple):
    """What one cell says of one part of a name.

    Attributes:
        tokens: Whoever shares one of these bears the same name.
        near: `tokens`, and those that are shared by names near to it: other forms, other
            vowels, one name of two.
        block: The few of `tokens` by which candidates are looked for.
        counted: By which of them it is counted how common a name is: one for each alias.
        swap: Tokens that the cell may have in the given name's column (family names).
        text: The coarse key, ASCII, in which letters are counted that differ.
        is_known: Whether a table knows the name.
        sex: `M`, `F` or empty: what the name says of its bearer.
    """

    tokens: tuple[str, ...]
    near: tuple[str, ...]
    block: tuple[str, ...]
    counted: tuple[str, ...]
    swap: tuple[str, ...]
    text: str
    is_known: bool
    sex: str


class Born(NamedTuple):
    """What a cell says of a birth: days as yyyymmdd, 0 if not exact; ordinals of the span."""

    on: int
    swapped_on: int
    first: int
    last: int
    year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """One list, made ready: row n has the cell `values[c][cells[c][n]]` in column c.

    Attributes:
        refs: In their order.
        values: Distinct cells of each column of `CELLS`, as written; the first is empty.
        cells: For each column the place of a row's cell in `values`.
        names: What the cells of `NAMES` say, in the order of `values`.
        born: What the cells of `birth_date` say.
        lost: Ordinals of the exact days of `lost_on`, else 0.
        tokens: One token, or none, for each cell of `service_number` and `unit`, several
            for `birth_place`.
    """

    refs: tuple[str, ...]
    values: dict[str, list[str]]
    cells: dict[str, Ints]
    names: dict[str, list[Name]]
    born: list[Born]
    lost: list[int]
    tokens: dict[str, list[tuple[str, ...]]]


def columns_of(records: Iterable[PersonRecord]) -> Columns:
    """Make a list ready to be compared.

    Args:
        records: People with distinct references.

    Returns:
        The list's columns; the same for any order of the records.
    """
    columns = unread_columns(records)
    cells = cells_to_read(columns)
    return with_names(columns, dict(zip(cells, read_cells(cells), strict=True)))


def unread_columns(records: Iterable[PersonRecord]) -> Columns:
    """Make a list ready but for its names, which take longest and may be read in parts.

    Args:
        records: People with distinct references.

    Returns:
        The list's columns without `names`: what `with_names` takes.
    """
    return columns_of_cells(cells_of(tuple(records)))


def columns_of_cells(people: ListCells) -> Columns:
    """Make the cells of a list ready but for its names.

    Args:
        people: Rows with distinct references.

    Returns:
        As `unread_columns`.
    """
    refs = people.cells["ref"]
    order = sorted(range(len(refs)), key=refs.__getitem__)
    texts = {column: [found[n] for n in order] for column, found in people.cells.items()}
    named = (texts.pop(column) for column in (*NAMES, "name_as_written"))
    parts = [
        parts_in(Parts(family, given, father), as_written)
        for family, given, father, as_written in zip(*named, strict=True)
    ]
    for place, column in enumerate(NAMES):
        texts[column] = [row[place] for row in parts]
    days = zip(texts["captured_on"], texts["missing_since"], strict=True)
    texts["lost_on"] = [captured or missing for captured, missing in days]
    values, cells = {}, {}
    for column in CELLS:
        # The first place is the empty cell's; the others stand as they come.
        place_of = {text: at for at, text in enumerate(dict.fromkeys(("", *texts[column])))}
        values[column] = list(place_of)
        places = map(place_of.__getitem__, texts[column])
        cells[column] = np.fromiter(places, dtype=np.int32, count=len(refs))
    dates = people.dates
    return Columns(
        refs=tuple(texts["ref"]),
        values=values,
        cells=cells,
        names={},
        born=[_born(dates.get(text)) for text in values["birth_date"]],
        lost=[_day(dates.get(text)) for text in values["lost_on"]],
        tokens={
            "service_number": [_digits("s:", text) for text in values["service_number"]],
            "unit": [_digits("u:", text) for text in values["unit"]],
            "birth_place": [_place(text) for text in values["birth_place"]],
        },
    )


Cell = tuple[str, str]
"""A part of `NAMES`, and a cell of it as written."""


def cells_to_read(*lists: Columns) -> list[Cell]:
    """Return the distinct cells of names that lists of `unread_columns` have."""
    cells = ((part, text) for part in NAMES for list_ in lists for text in list_.values[part])
    return list(dict.fromkeys(cells))


def read_cells(cells: Sequence[Cell]) -> list[Name]:
    """Return what each of these cells says: the work of any process, in any portions."""
    return [read_cell(part, text) for part, text in cells]


def with_names(columns: Columns, read: Mapping[Cell, Name]) -> Columns:
    """Return a list of `unread_columns` with its names.

    Args:
        columns: The list.
        read: What `read_cells` says of each of its cells.
    """
    names = {part: [read[part, text] for text in columns.values[part]] for part in NAMES}
    _mark_swapped(names, columns.values, columns.cells)
    return replace(columns, names=names)


def _mark_swapped(
    names: dict[str, list[Name]], values: dict[str, list[str]], cells: dict[str, Ints]
) -> None:
    """Read family names as given names where the given name is one that no table knows."""
    is_known = np.array([name.is_known or not name.tokens for name in names["given_name"]])
    for place in np.unique(cells["family_name"][~is_known[cells["given_name"]]]).tolist():
        name = names["family_name"][place]
        links = _same(given_classes("".join(words(values["family_name"][place]))))
        classes = [f"c:{link.class_id}" for link in links]
        names["family_name"][place] = name._replace(swap=(*classes, *name.swap))


def family_name(text: str) -> Name:
    """Return what a cell of family names says."""
    spelt = words(text)
    plain = [_keys(word) for word in spelt]
    by_word = [_distinct(family_stem(key).stem for key in keys) for keys in plain]
    keys = _together(by_word)
    if not keys:
        return _NOTHING
    alike = [loose(key) for key in keys[:2]]
    near = {f"k:{key}" for key in alike}
    # The vowels of an ending differ with the language: Смішна, Смешная.
    bare = [key.rstrip("aeioj") for key in alike]
    near.update(f"k:{key}-" for key in bare if len(key) > _PART_LETTERS_MIN)
    for word, word_keys in zip(spelt, by_word, strict=True):
        near.update(f"g:{group}" for group in family_groups(word))
        if len(by_word) > 1:  # of a double name one may be left out
            near.update(f"k:{key}" for key in word_keys if len(key) >= _PART_LETTERS_MIN)
    tokens = tuple(f"k:{key}" for key in keys)
    return Name(
        tokens=tokens,
        near=(*tokens, *sorted(near - set(tokens))),
        block=tokens[:_BLOCK_TOKENS_MAX],
        counted=tokens[:1],
        swap=tuple(f"k:{key}" for key in _with_loose(_together(plain)[:2])),
        text=_coarse(keys[0]),
        is_known=False,
        sex="",
    )


def given_name(text: str) -> Name:
    """Return what a cell of given names says."""
    spelt = words(text)
    by_word = [_keys(word) for word in spelt]
    keys = _together(by_word)
    if not keys:
        return _NOTHING
    links = given_classes("".join(spelt))
    near = {f"k:{loose(keys[0])}"} if len(keys[0]) > 2 else set()
    if len(spelt) > 1:  # of two given names one may be left out
        for word, word_keys in zip(spelt, by_word, strict=True):
            near.update(f"c:{link.class_id}" for link in _same(given_classes(word)))
            near.update(f"k:{key}" for key in word_keys if len(key) > 2)
    return _of_classes(keys, links, near, "")


def father_s_name(text: str) -> Name:
    """Return what a cell of fathers' names says: of the father's given name."""
    spelt = words(text)
    keys = _together([_distinct(map(_father_stem, _keys(word))) for word in spelt])
    if not keys:
        return _NOTHING
    tried = dict.fromkeys(("".join(spelt), *spelt))
    sex = next(filter(None, map(sex_of_father_name, tried)), "")
    links = next(filter(None, map(father_classes, tried)), ())
    if not links and not sex:  # some bureaus write the father's own name
        links = given_classes(spelt[-1])
    near = {f"k:{loose(keys[0])}"} if len(keys[0]) > 2 else set()
    return _of_classes(keys, links, near, _SEXES.get(sex, ""))


def read_cell(part: str, text: str) -> Name:
    """Return what a cell says of its part of a name, with the aliases that it holds.

    Args:
        part: One of `NAMES`.
        text: The cell as written.
    """
    read = _READERS[part]
    if text.isalpha():  # one word is one name
        return read(text)
    first, *others = alternatives(text)
    if not others:
        return read(text)
    names = [name for name in map(read, (first, *others)) if name.tokens]
    if not names:
        return _NOTHING
    in_turn = zip_longest(*(name.block for name in names))
    return Name(
        tokens=_distinct_of(name.tokens for name in names),
        near=_distinct_of(name.near for name in names),
        block=_distinct_of(filter(None, turn) for turn in in_turn)[:_BLOCK_TOKENS_OF_ALIASES_MAX],
        counted=_distinct_of(name.counted for name in names),
        swap=_distinct_of(name.swap for name in names),
        text=names[0].text,
        is_known=any(name.is_known for name in names),
        sex=next(filter(None, (name.sex for name in names)), ""),
    )


def _distinct_of(tokens: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(token for some in tokens for token in some))


_READERS: Final[dict[str, Callable[[str], Name]]] = {
    "family_name": family_name,
    "given_name": given_name,
    "father_name": father_s_name,
}

_NOTHING = Name((), (), (), (), (), "", is_known=False, sex="")


def _of_classes(keys: Sequence[str], links: Sequence[Link], near: set[str], sex: str) -> Name:
    same = [f"c:{link.class_id}" for link in _same(links)]
    spelt = [f"k:{key}" for key in keys]
    tokens = (*same, *spelt)
    near.update(f"c:{link.class_id}" for link in links)
    # Of a name that no table knows, it may be a family name in the wrong column.
    block = tuple(same or [f"k:{key}" for key in _with_loose(keys)])[:_BLOCK_TOKENS_MAX]
    return Name(
        tokens=tokens,
        near=(*tokens, *sorted(near - set(tokens))),
        block=block,
        counted=block[:1],
        swap=(),
        text=_coarse(keys[0]),
        is_known=bool(links),
        sex=sex,
    )


def _keys(word: str) -> list[str]:
    return [reading.key for reading in readings(word) if reading.level < 2][:_KEYS_MAX]


def _distinct(keys: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(keys))


def _together(by_word: Sequence[list[str]]) -> list[str]:
    """Return the keys of a cell: of its words, in one; none if a word has none."""
    if len(by_word) == 1:
        return by_word[0]
    if not all(by_word):
        return []
    most = max(map(len, by_word), default=0)
    # A name is written by one table: the n-th readings of its words belong together.
    return _distinct("".join(keys[min(n, len(keys) - 1)] for keys in by_word) for n in range(most))


def _with_loose(keys: Sequence[str]) -> list[str]:
    return _distinct((*keys[:1], loose(keys[0]), *keys[1:]))


def _coarse(key: str) -> str:
    return key.translate(_COARSE) if key.isascii() else ""


def _same(links: Iterable[Link]) -> list[Link]:
    return [link for link in links if link.level == "same"]


def _father_stem(key: str) -> str:
    found = father_name(key) or short_father_name(key)
    return found.stem if found else key


def _born(date: PartialDate | None) -> Born:
    if date is None:
        return Born(0, 0, 0, 0, 0)
    first, last = date.earliest, date.latest
    middle = dt.date.fromordinal((first.toordinal() + last.toordinal()) // 2)
    if not date.is_exact:
        return Born(0, 0, first.toordinal(), last.toordinal(), middle.year)
    if (first.month, first.day) == (1, 1):
        year_end = dt.date(first.year, 12, 31)
        return Born(0, 0, first.toordinal(), year_end.toordinal(), first.year)
    on = first.year * 10000 + first.month * 100 + first.day
    can_swap = first.day <= 12 and first.day != first.month
    swapped = first.year * 10000 + first.day * 100 + first.month if can_swap else 0
    return Born(on, swapped, first.toordinal(), first.toordinal(), first.year)


def _day(date: PartialDate | None) -> int:
    return date.earliest.toordinal() if date and date.is_exact else 0


def _digits(prefix: str, text: str) -> tuple[str, ...]:
    digits = re.sub(r"\D", "", text)
    return (prefix + digits,) if digits else ()


@lru_cache(maxsize=1 << 14)
def _place(text: str) -> tuple[str, ...]:
    found = (readings(word)[:1] for word in words(text) if len(word) > 2)
    return tuple(dict.fromkeys(f"p:{reading.key}" for some in found for reading in some))


def comparable(left: Columns, right: Columns) -> tuple[Columns, Columns]:
    """Return two lists with what lets names in Arabic or Hebrew letters meet others.

    These letters write consonants. Where one of the lists has such names, family and given
    names of both also meet by their consonants; other lists need nothing and stay as they are.
    """
    texts = (text for list_ in (left, right) for part in NAMES for text in list_.values[part])
    if not any(map(_CONSONANTAL.search, texts)):
        return left, right
    ready = _with_consonants(left)
    return ready, ready if left is right else _with_consonants(right)


def _with_consonants(columns: Columns) -> Columns:
    names = dict(columns.names)
    for part in ("family_name", "given_name"):
        found = []
        for text, name in zip(columns.values[part], columns.names[part], strict=True):
            by_word = [list(consonants(word)) for word in words(text)]
            keys = [key for key in _together(by_word) if len(key) > 1]
            more = [f"k:#{key}" for key in keys if f"k:#{key}" not in name.tokens]
            near = (*name.near, *(token for token in more if token not in name.near))
            # Two consonants may be one name's, and are too many names' to be looked for.
            telling = [key for key in more if len(key) >= len("k:#") + _CONSONANTS_MIN]
            found.append(name._replace(near=near, block=(*name.block, *telling[:2])))
        names[part] = found
    return replace(columns, names=names)


def rows_of(columns: Columns) -> dict[str, Any]:
    """Return the numbers of each row for the engine: places of cells, and dates."""
    born = np.array(columns.born, dtype=np.int32).reshape(-1, 5)[columns.cells["birth_date"]]
    table: dict[str, Any] = {"no": np.arange(len(columns.refs), dtype=np.int32)}
    table |= {part: columns.cells[part] for part in (*NAMES, *columns.tokens)}
    for place, name in enumerate(("on", "swapped", "first", "last", "year")):
        table[f"born_{name}"] = np.ascontiguousarray(born[:, place])
    table["lost_on"] = np.array(columns.lost, dtype=np.int32)[columns.cells["lost_on"]]
    table["sex"] = _sexes(columns)
    return table


def _sexes(columns: Columns) -> npt.NDArray[np.int8]:
    """Return 1 for men, 2 for women, 0 if neither a column nor the father's name says."""
    code = {"M": 1, "F": 2}
    said = np.array([code.get(text, 0) for text in columns.values["sex"]], dtype=np.int8)
    named = np.array(
        [code.get(name.sex, 0) for name in columns.names["father_name"]], dtype=np.int8
    )
    sex = said[columns.cells["sex"]]
    return np.where(sex == 0, named[columns.cells["father_name"]], sex).astype(np.int8)
