"""The definition of `model`, written as SQL for an engine.

Rules of this file:
- One text for every engine but for the few words of a `Dialect`.
- Results are numbers of rows, levels and whole thousandths of a bit: no engine rounds.
- Tables: `a` and `b` are the two lists made ready; `raw` the candidates as the rules find them,
  with repeats.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from homeward.matching.model import PARTS, RULES, Level, Model, Part, Rule


@dataclass(frozen=True, slots=True)
class Dialect:
    """The words in which one engine differs from another."""

    overlap: str
    edits: str
    explode: str
    array: str
    series: str
    numbers: str


DUCKDB: Final = Dialect(
    overlap="list_has_any",
    edits="levenshtein",
    explode="unnest",
    array="list_value",
    series="generate_series",
    numbers="(select range as i from range({}))",
)
SPARK: Final = Dialect(
    overlap="arrays_overlap",
    edits="levenshtein",
    explode="explode",
    array="array",
    series="sequence",
    numbers="(select id as i from range({}))",
)

MISSING: Final = 0
"""The code of a part on which one of the records is silent; levels count from 1."""

_EXPLODED = re.compile(r"(each|years|less)\((\w+)\)")
_COLUMN = re.compile("[a-z]+_[a-z]+|service|unit")
_RARITY_COLUMN = {"family_name": "family", "given_name": "given", "father_name": "father"}


def condition(text: str, dialect: Dialect) -> str:
    """Return a condition of the model in an engine's words."""
    return text.replace("overlap(", f"{dialect.overlap}(").replace("edits(", f"{dialect.edits}(")


def level_sql(part: Part, dialect: Dialect) -> str:
    """Return the expression for the code of a part: 0 if missing, else a level's place from 1."""
    rows = [f"when not coalesce({condition(part.there, dialect)}, false) then {MISSING}"]
    *others, last = part.levels
    rows += [
        f"when {condition(level.when, dialect)} then {code}" for code, level in enumerate(others, 1)
    ]
    assert last.when == "true", "the last level always holds"
    return f"case {' '.join(rows)} else {len(part.levels)} end"


def levels_sql(pairs: str, dialect: Dialect) -> str:
    """Return the query for the levels of pairs, and the rarity that each name may add.

    Args:
        pairs: A table or query in brackets with the columns `a` and `b`, numbers of rows.
        dialect: Of the engine.
    """
    codes = ", ".join(f"{level_sql(part, dialect)} as {part.name}" for part in PARTS)
    rare = ", ".join(
        f"least(a.{column}_rarity, b.{column}_rarity) as {column}_rarity"
        for column in _RARITY_COLUMN.values()
    )
    return (
        f"select a.no as a, b.no as b, {codes}, {rare} from {pairs} as p "
        "join a on a.no = p.a join b on b.no = p.b"
    )


def patterns_sql(pairs: str, dialect: Dialect) -> str:
    """Return the query that counts the patterns of levels among pairs.

    Its columns are `code` (`pattern_of`), `rarity` in half bits, and `n`.
    """
    rarity = " + ".join(
        f"case {part.name} {rows} else 0 end" for part in PARTS if (rows := _rarity_rows(part))
    )
    return (
        f"select {_code_sql()} as code, cast(floor((250 + {rarity}) / 500) as int) as rarity, "
        f"count(*) as n from ({levels_sql(pairs, dialect)}) as l group by 1, 2 order by 1, 2"
    )


def random_sql(count: int, left: int, right: int, dialect: Dialect) -> str:
    """Return the query for pairs as if drawn, the same every time: `a`, `b`.

    Args:
        count: Of pairs.
        left: Rows of `a`.
        right: Rows of `b`.
        dialect: Of the engine.
    """
    # Steps by large primes visit the rows of both lists evenly, and each time by another.
    return (
        f"select cast(i * 7919 % {left} as int) as a, "
        f"cast((i * 104729 + cast(floor(i / {left}) as bigint)) % {right} as int) as b "
        f"from {dialect.numbers.format(count)} as t"
    )


def weights_sql(pairs: str, model: Model, prior: int, least: int, dialect: Dialect) -> str:
    """Return the query for the pairs worth showing: `a`, `b`, `weight`, `code`.

    Args:
        pairs: As for `levels_sql`.
        model: Gives each level's weight.
        prior: Thousandths of a bit that every pair starts with.
        least: The least weight that is returned, in thousandths of a bit.
        dialect: Of the engine.
    """
    weight = " + ".join([str(prior), *(_bits_sql(part, model) for part in PARTS)])
    return (
        f"select a, b, weight, code from (select a, b, {weight} as weight, {_code_sql()} as code "
        f"from ({levels_sql(pairs, dialect)}) as l) as w where weight >= {least}"
    )


def _bits_sql(part: Part, model: Model) -> str:
    rows = []
    for code, level in enumerate(part.levels, 1):
        rows.append(f"when {code} then {model.bits(part.name, level)}{_rarity_sql(part, level)}")
    return f"case {part.name} {' '.join(rows)} else 0 end"


def _rarity_rows(part: Part) -> str:
    rows = [(code, _rarity_sql(part, level)) for code, level in enumerate(part.levels, 1)]
    return " ".join(f"when {code} then 0{rarity}" for code, rarity in rows if rarity)


def _rarity_sql(part: Part, level: Level) -> str:
    """Return what a level adds of its name's rarity, or takes back of others'."""
    added = f" + {_RARITY_COLUMN[part.name]}_rarity" if level.rarity else ""
    return added + "".join(f" - {_RARITY_COLUMN[name]}_rarity" for name in level.takes_back)


_SCALES: dict[str, int] = {}
_scale = 1
for _part in PARTS:
    _SCALES[_part.name] = _scale
    _scale *= len(_part.levels) + 1
del _part, _scale

SCALES: Final[Mapping[str, int]] = _SCALES
"""What the code of each part is multiplied with in a pattern's code."""


def _code_sql() -> str:
    return " + ".join(f"{scale} * cast({part} as bigint)" for part, scale in SCALES.items())


def codes_of(pattern: int) -> dict[str, int]:
    """Return the code of each part in a pattern's code."""
    return {part.name: pattern // SCALES[part.name] % (len(part.levels) + 1) for part in PARTS}


def pattern_of(levels: Mapping[str, str]) -> int:
    """Return the code of a pattern in which these parts show these levels, the others nothing."""
    pattern = 0
    for part in PARTS:
        names = [level.name for level in part.levels]
        if levels.get(part.name) in names:
            pattern += SCALES[part.name] * (names.index(levels[part.name]) + 1)
    return pattern


def level_of(part: Part, code: int) -> Level | None:
    """Return the level that a code means; None if one of the records is silent."""
    return None if code == MISSING else part.levels[code - 1]


def keys_sql(
    table: str, keys: Sequence[str], where: str, dialect: Dialect, *, shared_with: str = ""
) -> str:
    """Return the query for the keys that a rule gives a list: `no`, and `k0`, `k1` and so on.

    Args:
        table: `a` or `b`.
        keys: Expressions of a `Rule`.
        where: The rule's condition on the records.
        dialect: Of the engine.
        shared_with: A table of the other list's keys: others than these find nobody.
    """
    used = sorted(set(_COLUMN.findall(" ".join(keys))))
    query = f"select no, {', '.join(used)} from {table} where {where}"
    for place, key in enumerate(keys):
        exploded = _EXPLODED.fullmatch(key)
        value = key
        if exploded:
            kind, column = exploded.groups()
            query = f"select *, {_elements(kind, column, dialect)} as e{place} from ({query}) as x"
            value = f"e{place}"
            if kind == "less":  # the text without its letter at this place, or whole
                value = f"concat(substr({column}, 1, e{place}), substr({column}, e{place} + 2))"
        query = f"select *, {value} as k{place} from ({query}) as q"
    names = [f"k{place}" for place in range(len(keys))]
    there = " and ".join(f"{name} is not null" for name in names)
    if shared_with:
        same = " and ".join(f"s.{name} = q.{name}" for name in names)
        there = f"{there} and exists (select 1 from {shared_with} as s where {same})"
    return f"select distinct no, {', '.join(names)} from ({query}) as q where {there}"


def _elements(kind: str, column: str, dialect: Dialect) -> str:
    if kind == "years":
        return f"{dialect.explode}({dialect.array}({column} - 1, {column}, {column} + 1))"
    if kind == "less":
        return f"{dialect.explode}({dialect.series}(0, length({column})))"
    return f"{dialect.explode}({column})"


def counts_sql(rule: Rule, left: str, right: str) -> str:
    """Return the query for the keys that both lists have: `k0`, …, and `pairs` of each."""
    names = _names(rule)
    columns = ", ".join(f"l.{name}" for name in names)
    listed = ", ".join(names)
    same = " and ".join(f"l.{name} = r.{name}" for name in names)
    return (
        f"select {columns}, l.n * r.n as pairs "
        f"from (select {listed}, count(*) as n from {left} group by {listed}) as l "
        f"join (select {listed}, count(*) as n from {right} group by {listed}) as r on {same}"
    )


def candidates_sql(rule: Rule, left: str, right: str, counts: str, most: int) -> str:
    """Return the query for a rule's candidates `a`, `b`: of keys with at most so many pairs."""
    names = _names(rule)
    same = " and ".join(f"l.{name} = r.{name}" for name in names)
    kept = " and ".join(f"r.{name} = c.{name}" for name in names)
    return (
        f"select l.no as a, r.no as b from {counts} as c "
        f"join {right} as r on {kept} join {left} as l on {same} where c.pairs <= {most}"
    )


def all_candidates_sql(dialect: Dialect) -> str:
    """Return the query for the candidates `a`, `b` of lists so short that no key is too common.

    Every pair is asked whether a rule finds it, which for few pairs is sooner done than to
    make keys.
    """
    found = " or ".join(f"({_holds(rule, dialect)})" for rule in RULES)
    return f"select a.no as a, b.no as b from a cross join b where {found}"


def _holds(rule: Rule, dialect: Dialect) -> str:
    """Return the condition that a rule finds a pair; it may find a few more than by its keys."""
    found = [_of("a", rule.left_where), _of("b", rule.right_where)]
    for one, other in zip(rule.left, rule.right, strict=True):
        exploded = _EXPLODED.fullmatch(one)
        if exploded is None:
            found.append(f"{_of('a', one)} = {_of('b', other)}")
            continue
        kind = exploded.group(1)
        a = _of("a", exploded.group(2))
        b = _of("b", _EXPLODED.sub(r"\2", other))
        if kind == "each":
            found.append(f"{dialect.overlap}({a}, {b})")
        else:
            found.append(
                f"abs({a} - {b}) <= 1" if kind == "years" else f"{dialect.edits}({a}, {b}) <= 2"
            )
    return " and ".join(condition for condition in found if condition != "true")


def _of(table: str, expression: str) -> str:
    """Return an expression on a record with its columns named as a table's."""
    return _COLUMN.sub(rf"{table}.\g<0>", expression)


def _names(rule: Rule) -> list[str]:
    return [f"k{place}" for place in range(len(rule.left))]


def most_pairs(histogram: Sequence[tuple[int, int]], budget: int) -> int:
    """Return the size up to which blocks are kept, so that all together keep within a budget.

    Args:
        histogram: (pairs of a key, number of such keys), the smallest first.
        budget: Pairs in all.

    Returns:
        The pairs of the largest block that is kept; 0 if none is.
    """
    spent, most = 0, 0
    for pairs, keys in histogram:
        spent += pairs * keys
        if spent > budget:
            break
        most = pairs
    return most
