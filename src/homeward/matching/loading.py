"""From two lists made ready to the tables `a` and `b` of DuckDB, and how rare each name is.

Rules of this file:
- What is known of a name goes into the database once for each distinct cell, and meets the rows
  there.
- Texts of names as written stay outside: the tables hold numbers of tokens and ASCII keys.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import chain
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from homeward.matching.columns import NAMES, Columns, rows_of
from homeward.matching.model import MILLI

Ints = npt.NDArray[np.int32]
Rarity = dict[str, tuple[Ints, Ints]]
"""For each part with a name, thousandths of a bit for each cell of both lists."""

# How common a name is before it was counted: one person in so many; and how many counted
# records that opinion is worth.
_NAME_PRIOR = {"family_name": (2_000, 1_000), "given_name": (30, 300), "father_name": (30, 300)}

_SHORT = {
    "family_name": "family",
    "given_name": "given",
    "father_name": "father",
    "service_number": "service",
    "unit": "unit",
    "birth_place": "place",
}
"""The columns with tokens, and how their columns in the database begin; names come first."""

_FIELDS = ("tokens", "near", "block", "swap")
_MORE = ("text", "letters", "known", "rarity")
_DAYS = ("born_on", "born_swapped", "born_first", "born_last", "born_year", "lost_on")


def load(db: duckdb.DuckDBPyConnection, left: Columns, right: Columns, rarity: Rarity) -> None:
    """Make the tables `a` and `b` of two lists: views of one table, `people`.

    Args:
        db: From `connect`.
        left: Becomes `a`.
        right: Becomes `b`; the same object is held once.
        rarity: From `rarities`.
    """
    lists = (left,) if left is right else (left, right)
    db.register("rows", _joined([_rows(side, columns) for side, columns in enumerate(lists)]))
    numbers: dict[str, int] = {}
    tokens = [row for side, columns in enumerate(lists) for row in _tokens(side, columns, numbers)]
    db.register("tokens", _joined(tokens))
    names = [_names(side, columns, rarity) for side, columns in enumerate(lists)]
    db.register("names", _joined(names))
    listed = ", ".join(
        f"list(token) filter (where field = {place}) as {field}"
        for place, field in enumerate(_FIELDS)
    )
    # Of a cell without a token nothing is known.
    db.execute(
        f"create or replace temp table cells as select c.*, {', '.join(_MORE)} "
        f"from (select part, cell, {listed} from tokens group by part, cell) as c "
        "left join names on names.part = c.part and names.cell = c.cell"
    )
    db.execute(f"create or replace temp table people as {_people_sql()}")
    for side, table in enumerate(("a", "b")):
        where = f"side = {min(side, len(lists) - 1)}"
        db.execute(f"create or replace temp view {table} as select * from people where {where}")
    for name in ("rows", "tokens", "names"):
        db.unregister(name)
    db.execute("drop table cells")


def _people_sql() -> str:
    """Return the query for the rows of both lists with what is known of their cells."""
    selected, joins = ["p.side", "p.no", "p.sex"], ["rows as p"]
    for place, (column, short) in enumerate(_SHORT.items()):
        part = f"p.side * {len(_SHORT)} + {place}"
        joins.append(f"cells as {short} on {short}.part = {part} and {short}.cell = p.{column}")
        if column in NAMES:
            fields = [*_FIELDS, *_MORE] if column == "family_name" else [*_FIELDS[:-1], *_MORE]
            selected += [f"{short}.{field} as {short}_{field}" for field in fields]
        elif column == "birth_place":
            selected.append(f"{short}.tokens as {short}_tokens")
        else:
            selected.append(f"{short}.tokens[1] as {short}")
    selected += [f"nullif(p.{name}, 0) as {name}" for name in _DAYS]
    selected.append("cast(nullif(p.born_on, 0) as varchar) as born_text")
    return f"select {', '.join(selected)} from {' left join '.join(joins)}"


Arrays = dict[str, npt.NDArray[Any]]


def _joined(tables: Sequence[Arrays]) -> Arrays:
    return {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}


def _rows(side: int, columns: Columns) -> Arrays:
    return {**rows_of(columns), "side": np.full(len(columns.refs), side, dtype=np.int32)}


def _tokens(side: int, columns: Columns, numbers: dict[str, int]) -> Iterator[Arrays]:
    """Yield the tokens of all cells as numbers, one row for each."""
    for place, column in enumerate(_SHORT):
        for number, field in enumerate(_FIELDS):
            if column in NAMES:
                lists = [getattr(name, field) for name in columns.names[column]]
            elif number == 0:
                lists = columns.tokens[column]
            else:
                continue
            lengths = np.fromiter(map(len, lists), dtype=np.int32, count=len(lists))
            size = int(lengths.sum())
            flat = (numbers.setdefault(t, len(numbers)) for t in chain.from_iterable(lists))
            yield {
                "part": np.full(size, side * len(_SHORT) + place, dtype=np.int32),
                "cell": np.repeat(np.arange(len(lists), dtype=np.int32), lengths),
                "field": np.full(size, number, dtype=np.int32),
                "token": np.fromiter(flat, dtype=np.int32, count=size),
            }


def _names(side: int, columns: Columns, rarity: Rarity) -> Arrays:
    """Return what is known of every cell with a name beside its tokens."""
    names = [name for part in NAMES for name in columns.names[part]]
    sizes = [len(columns.names[part]) for part in NAMES]
    parts = np.arange(len(NAMES), dtype=np.int32) + side * len(_SHORT)
    return {
        "part": np.repeat(parts, sizes),
        "cell": np.concatenate([np.arange(size, dtype=np.int32) for size in sizes]),
        "text": np.array([name.text or None for name in names], dtype=object),
        "letters": np.array(["".join(sorted(name.text)) for name in names], dtype=object),
        "known": np.array([name.is_known for name in names], dtype=bool),
        "rarity": np.concatenate([rarity[part][side] for part in NAMES]),
    }


def rarities(left: Columns, right: Columns) -> Rarity:
    """Count what two people who share a name tell by it.

    Args:
        left: One list.
        right: The other, or the same.

    Returns:
        For each part with a name, thousandths of a bit for each cell of both lists:
        -log2 of the share of other people who bear the name, counted on both lists together;
        of a cell with aliases, of the commonest.
    """
    found = {}
    lists = (left,) if left is right else (left, right)
    for part in NAMES:
        one_in, worth = _NAME_PRIOR[part]
        counts: Counter[str] = Counter()
        total = worth
        for columns in lists:
            per_cell = np.bincount(columns.cells[part], minlength=len(columns.names[part]))
            for name, count in zip(columns.names[part], per_cell.tolist(), strict=True):
                total += count if name.counted else 0
                for token in name.counted:
                    counts[token] += count
        bits = [
            np.array(
                [
                    min(
                        (
                            _rarity(counts[token] - 1 + worth / one_in, total)
                            for token in name.counted
                        ),
                        default=0,
                    )
                    for name in columns.names[part]
                ],
                dtype=np.int32,
            )
            for columns in lists
        ]
        found[part] = bits[0], bits[-1]
    return found


def _rarity(bearers: float, people: float) -> int:
    return round(-MILLI * math.log2(bearers / people))


def fingerprint(columns: Columns) -> str:
    """Return the hash of a list made ready."""
    digest = sha256()
    for ref in columns.refs:
        digest.update(f"{len(ref)}:{ref}".encode())
    for column, values in columns.values.items():
        digest.update(f"{column}:{len(values)}".encode())
        for value in values:
            digest.update(f"{len(value)}:{value}".encode())
        digest.update(columns.cells[column].tobytes())
    return digest.hexdigest()


def quoted(text: str) -> str:
    """Return a text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"
