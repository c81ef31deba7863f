"""The pool: what a plan sees of the people held, column by column.

Rules of this file:
- A pool holds references and the columns that the agreement names, never a name.
- People stand in the order of holder and reference, whatever the order of the rows.
- Each holder's part has a root of its own over that holder's rows; the pool's hash is
  over these roots, so that each side can check its own part and nobody needs the other's.
- A predicate is true, false or unknown of a person. What is unknown is never taken for
  true; who must be reviewed is counted, not dropped in silence. An empty cell, and a cell
  that its column does not allow, are unknown.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from homeward.foundation.canonical import canonical_sha256
from homeward.foundation.dates import PartialDate, parse_date
from homeward.foundation.errors import InputError
from homeward.foundation.ids import PersonId
from homeward.foundation.merkle import leaf_hash, tree_root
from homeward.terms.agreement import Agreement
from homeward.terms.predicate import (
    COLUMNS,
    HEALTH_ORDER,
    SOURCE_OF,
    Column,
    Compare,
    Everybody,
    Junction,
    Not,
    OnList,
    Operator,
    Predicate,
    Use,
)

Mask = NDArray[np.bool_]
Ints = NDArray[np.int64]
_UNKNOWN_TEXTS = ("", "unknown")
_NUMBER = re.compile(r"-?[0-9]{1,15}")


@dataclass(frozen=True, slots=True)
class TextColumn:
    """One column: `values[codes[i]]` is what stands on person i's row."""

    codes: NDArray[np.int32]
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """People held, as columns; shape `(n_people,)` throughout.

    `ranges` holds, for each measure of the agreement, the least and greatest value of
    each distinct text of its column, and whether it is unknown.
    """

    holders: tuple[str, ...]
    holder: NDArray[np.int32]
    refs: tuple[str, ...]
    columns: Mapping[str, TextColumn]
    ranges: Mapping[str, tuple[Ints, Ints, Mask]]
    roots: Mapping[str, str]
    lists: Mapping[str, frozenset[PersonId]]
    effective: dt.date

    @classmethod
    def of(
        cls,
        agreement: Agreement,
        held: Mapping[str, Sequence[Mapping[str, str]]],
        lists: Mapping[str, frozenset[PersonId]] | None = None,
    ) -> Pool:
        """Build the pool of an agreement.

        Args:
            agreement: Names the columns and the lists.
            held: Holder -> one mapping a person, with `ref` and the columns as text.
            lists: The lists that the agreement names.

        Returns:
            The pool, sorted by holder and reference.

        Raises:
            InputError: A holder is no party, a reference stands twice, or a list is missing.
        """
        given = lists or {}
        missing = sorted(agreement.lists - set(given))
        if missing:
            raise InputError(
                "terms.list_missing",
                f"Expected the lists that the agreement names, found none for {', '.join(missing)}.",
                hint="Give each with --list NAME=FILE.",
            )
        strangers = sorted(set(held) - set(agreement.parties))
        if strangers:
            raise InputError(
                "terms.holder",
                f"Expected lists of {', '.join(agreement.parties)}, found one of {', '.join(strangers)}.",
                hint="Name the holder as the agreement does.",
            )
        names = agreement.columns
        holders = tuple(sorted(held))
        refs: list[str] = []
        holder: list[int] = []
        cells: list[list[str]] = [[] for _ in names]
        roots = {}
        for number, code in enumerate(holders):
            rows = sorted(held[code], key=lambda row: row["ref"])
            own = [row["ref"] for row in rows]
            if len(set(own)) != len(own):
                raise InputError(
                    "terms.ref_twice",
                    f"Expected each reference once on the list of {code}, found one twice.",
                    hint="Mend the list; a reference names one person.",
                )
            table = [[row.get(name, "") for row in rows] for name in names]
            roots[code] = holder_root(names, own, table)
            refs += own
            holder += [number] * len(own)
            for column, texts in zip(cells, table, strict=True):
                column.extend(texts)
        columns = {name: _encode(texts) for name, texts in zip(names, cells, strict=True)}
        types = {**COLUMNS, **agreement.fields}
        return cls(
            holders=holders,
            holder=np.array(holder, dtype=np.int32),
            refs=tuple(refs),
            columns=columns,
            ranges={
                name: _ranges(
                    name,
                    types[name],
                    columns[SOURCE_OF.get(name, name)].values,
                    agreement.effective,
                )
                for name in agreement.measures
            },
            roots=roots,
            lists={name: given[name] for name in sorted(agreement.lists)},
            effective=agreement.effective,
        )

    @property
    def size(self) -> int:
        """Number of people."""
        return len(self.refs)

    def sha256(self, roots: Mapping[str, str] | None = None) -> str:
        """Return the hash of the pool; `roots` of holders whose rows are not here may be given."""
        lists = {name: sorted(map(str, people)) for name, people in self.lists.items()}
        content = {
            "columns": sorted(self.columns),
            "lists": lists,
            "roots": dict(roots or self.roots),
        }
        return canonical_sha256(content)

    def text(self, name: str, test: Callable[[str], bool]) -> Mask:
        """Return for each person whether the text in a column passes a test."""
        column = self.columns[name]
        passes = np.array([test(value) for value in column.values] or [False], dtype=bool)
        return np.asarray(passes[column.codes], dtype=bool)

    def on_list(self, people: frozenset[PersonId]) -> Mask:
        """Return for each person whether they are among `people`."""
        return self.places_on(tuple(people)) >= 0

    def places_on(self, people: Sequence[PersonId]) -> NDArray[np.int32]:
        """Return for each person their place among `people`, -1 for whoever is not among them."""
        found = np.full(self.size, -1, dtype=np.int32)
        first = np.searchsorted(self.holder, np.arange(len(self.holders) + 1)).tolist()
        spans = {code: (first[n], first[n + 1]) for n, code in enumerate(self.holders)}
        for place, person in enumerate(people):
            low, high = spans.get(person.holder, (0, 0))
            at = bisect_left(self.refs, person.ref, low, high)
            if at < high and self.refs[at] == person.ref:
                found[at] = place
        return found

    def bounds(self, name: str) -> tuple[Ints, Ints, Mask]:
        """Return the least and greatest value of a measure, and where it is unknown.

        Dates are days since 0001-01-01. `age` and `days_held` are as of the agreement's
        effective day; a person captured after that day has been held 0 days.
        """
        low, high, unknown = self.ranges[name]
        codes = self.columns[SOURCE_OF.get(name, name)].codes
        return low[codes], high[codes], unknown[codes]


def holder_root(columns: Sequence[str], refs: Sequence[str], table: Sequence[Sequence[str]]) -> str:
    """Return the root over one holder's rows, 64 hexadecimal digits.

    Each leaf is the JSON array of the reference and its cells. In a node the reference is
    a random id, which is also the salt: nobody can guess a row from its hash.

    Args:
        columns: Names of the columns, sorted; the first leaf.
        refs: References, sorted.
        table: One sequence of cells a column, each of shape `(n_people,)`.
    """
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    leaves = [leaf_hash(encode(["columns", *columns]).encode())]
    leaves += [leaf_hash(encode(row).encode()) for row in zip(refs, *table, strict=True)]
    return tree_root(leaves).hex()


Judged = tuple[Mask, Mask]
"""Who is in a category, and of whom that is unknown; the two do not overlap."""


def owed_article_109(pool: Pool) -> Mask:
    """Return whom GC III arts 109-110 let go home without counterpart.

    Prisoners of war of whom a medical commission said so; without its decision, the
    seriously wounded and sick.
    """
    decided = pool.text("article_109", lambda text: text == "owed")
    refused = pool.text("article_109", lambda text: text == "not_owed")
    grave = pool.text("health", lambda text: text in {"serious", "grave"})
    captive = pool.text("status", lambda text: text == "pow")
    mask: Mask = captive & (decided | (grave & ~refused))
    return mask


def members(agreement: Agreement, pool: Pool) -> dict[str, Judged]:
    """Judge every person by every category, each once.

    Args:
        agreement: Where the categories are defined, each after those it uses.
        pool: The people.

    Returns:
        Category -> two masks of shape `(n_people,)`: in it, and unknown.
    """
    types = {**COLUMNS, **agreement.fields}
    judged: dict[str, Judged] = {}
    for name, category in agreement.categories.items():
        judged[name] = _judge(pool, category.predicate, types, judged)
    return judged


def _judge(
    pool: Pool,
    predicate: Predicate,
    types: Mapping[str, Column],
    above: Mapping[str, Judged],
) -> Judged:
    nobody = np.zeros(pool.size, dtype=bool)
    match predicate:
        case Everybody():
            return ~nobody, nobody
        case OnList(name=name):
            return pool.on_list(pool.lists[name]), nobody
        case Use(category=category):
            return above[category]
        case Not(part=part):
            true, unknown = _judge(pool, part, types, above)
            return ~true & ~unknown, unknown
        case Junction(all_of=all_of, parts=parts):
            judged = [_judge(pool, part, types, above) for part in parts]
            true = (
                np.logical_and.reduce([t for t, _ in judged])
                if all_of
                else np.logical_or.reduce([t for t, _ in judged])
            )
            false_parts = [~t & ~u for t, u in judged]
            false = (
                np.logical_or.reduce(false_parts) if all_of else np.logical_and.reduce(false_parts)
            )
            return true, ~true & ~false
        case Compare():
            return _compare(pool, predicate, types[predicate.column])


def _compare(pool: Pool, test: Compare, column_type: Column) -> Judged:
    value = test.value
    if test.column in pool.ranges:
        values = value if isinstance(value, tuple) else (value,)
        # Each value that stands in the column is compared once, not each person.
        low, high, unknown = pool.ranges[test.column]
        codes = pool.columns[SOURCE_OF.get(test.column, test.column)].codes
        operator: Operator = "==" if test.operator == "in" else test.operator
        pairs = [_within(low, high, operator, _ordinal(v)) for v in values]
        true = np.logical_or.reduce([t for t, _ in pairs])
        maybe = np.logical_or.reduce([m for _, m in pairs])
        return (true & ~unknown)[codes], ((maybe & ~true) | unknown)[codes]
    column = pool.columns[test.column]
    results = [_text_test(test, text, column_type) for text in column.values] or [None]
    true = np.array([r is True for r in results], dtype=bool)[column.codes]
    unknown = np.array([r is None for r in results], dtype=bool)[column.codes]
    return true, unknown


def _text_test(test: Compare, text: str, column: Column) -> bool | None:
    value = test.value
    is_unknown = text in _UNKNOWN_TEXTS or bool(column.values and text not in column.values)
    if test.operator == "in":
        assert isinstance(value, tuple), "the parser makes a tuple for 'in'"
        if is_unknown:
            return True if "unknown" in value else None
        return text in value
    if value == "unknown":
        return is_unknown if test.operator == "==" else not is_unknown
    if is_unknown:
        return None
    if test.operator in {"==", "!="}:
        return (text == value) == (test.operator == "==")
    place, limit = HEALTH_ORDER.index(text), HEALTH_ORDER.index(str(value))
    return {"<": place < limit, "<=": place <= limit, ">": place > limit, ">=": place >= limit}[
        test.operator
    ]


def _within(low: Ints, high: Ints, operator: Operator, limit: int) -> tuple[Mask, Mask]:
    """Return where the comparison holds for every possible value, and for some."""
    match operator:
        case "<":
            return high < limit, low < limit
        case "<=":
            return high <= limit, low <= limit
        case ">":
            return low > limit, high > limit
        case ">=":
            return low >= limit, high >= limit
        case "!=":
            return (limit < low) | (limit > high), (low != limit) | (high != limit)
        case _:
            return (low == limit) & (high == limit), (low <= limit) & (limit <= high)


def _ordinal(value: object) -> int:
    return value.toordinal() if isinstance(value, dt.date) else int(value)  # type: ignore[call-overload]


def _ranges(
    name: str, column: Column, texts: Sequence[str], effective: dt.date
) -> tuple[Ints, Ints, Mask]:
    found = [_range(name, column, text, effective) for text in texts] or [None]
    low = np.array([r[0] if r else 0 for r in found], dtype=np.int64)
    high = np.array([r[1] if r else 0 for r in found], dtype=np.int64)
    return low, high, np.array([r is None for r in found], dtype=bool)


def _range(name: str, column: Column, text: str, effective: dt.date) -> tuple[int, int] | None:
    if text in _UNKNOWN_TEXTS:
        return None
    if column.type == "number" and name not in SOURCE_OF:
        number = int(text) if _NUMBER.fullmatch(text) else None
        return None if number is None else (number, number)
    try:
        date = parse_date(text)
    except InputError:
        return None
    if name == "days_held":
        return max(0, (effective - date.latest).days), max(0, (effective - date.earliest).days)
    if name == "age":
        return _years(date.latest, effective), _years(date.earliest, effective)
    return date.earliest.toordinal(), date.latest.toordinal()


def _years(born: dt.date, on: dt.date) -> int:
    return max(0, on.year - born.year - ((on.month, on.day) < (born.month, born.day)))


def _encode(texts: Sequence[str]) -> TextColumn:
    values = sorted(set(texts))
    place = {value: number for number, value in enumerate(values)}
    codes = np.fromiter((place[text] for text in texts), dtype=np.int32, count=len(texts))
    return TextColumn(codes, tuple(values))


def row_of(record: Any, columns: Sequence[str]) -> dict[str, str]:
    """Return what a pool needs of one record: its reference and the columns, as text.

    Args:
        record: A person of `records`, or anything with these attributes and `extra`.
        columns: `Agreement.columns`.
    """
    extra = dict(record.extra)
    row = {"ref": record.ref}
    for name in columns:
        value = getattr(record, name, None)
        if value is None:
            value = extra.get(name, "")
        row[name] = value.text if isinstance(value, PartialDate) else str(value)
    return row
