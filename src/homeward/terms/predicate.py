"""Categories as predicates: what may be asked about a captive, and in which words.

Rules of this file:
- A predicate compares columns of a list with constants, joined by `and`, `or`, `not`.
  Nothing can be called but `on_list('NAME')`; nothing is ever run as code.
- Names, references and numbers that identify a person are no columns for predicates:
  an agreement speaks of categories, and names people only in `persons` and lists.
- Every comparison is checked against the type of its column when it is read, so that a
  misspelt value is an error and not an empty category.

The syntax is read with Python's own parser, and only the nodes named here are accepted.
"""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from homeward.foundation.dates import parse_date
from homeward.foundation.errors import InputError

EXPRESSION_MAX_CHARS = 2_000
_DEPTH_MAX = 40

HEALTH_ORDER = ("good", "sick", "wounded", "serious", "grave")
_YES_NO = ("yes", "no", "unknown")

ColumnType = Literal["text", "choice", "ordered", "date", "number"]


@dataclass(frozen=True, slots=True)
class Column:
    """What a predicate may do with one column."""

    type: ColumnType
    values: tuple[str, ...] = ()


COLUMNS: Mapping[str, Column] = {
    "sex": Column("choice", ("M", "F", "X", "unknown")),
    "power": Column("text"),
    "status": Column("choice", ("pow", "civilian", "medical", "religious", "unknown")),
    "rank": Column("text"),
    "unit": Column("text"),
    "alive": Column("choice", _YES_NO),
    "health": Column("ordered", HEALTH_ORDER),
    "article_109": Column("choice", ("owed", "not_owed", "unknown")),
    "fit_to_travel": Column("choice", _YES_NO),
    "consent": Column("choice", _YES_NO),
    "captured_at": Column("text"),
    "held_at": Column("text"),
    "birth_date": Column("date"),
    "captured_on": Column("date"),
    "age": Column("number"),
    "days_held": Column("number"),
}
"""The columns of design 4.1 that a category may use, and two derived from dates."""

SOURCE_OF: Mapping[str, str] = {"age": "birth_date", "days_held": "captured_on"}
"""Which column of the list a derived one is computed from."""

Operator = Literal["==", "!=", "<", "<=", ">", ">=", "in"]
_OPERATORS: Mapping[type[ast.cmpop], Operator] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
}
_MIRRORED: Mapping[Operator, Operator] = {
    "==": "==",
    "!=": "!=",
    "<": ">",
    "<=": ">=",
    ">": "<",
    ">=": "<=",
}


@dataclass(frozen=True, slots=True)
class Compare:
    """A column against a constant (`in`: against several)."""

    column: str
    operator: Operator
    value: str | int | dt.date | tuple[str | int | dt.date, ...]


@dataclass(frozen=True, slots=True)
class OnList:
    """True for people named on a list that comes beside the agreement."""

    name: str


@dataclass(frozen=True, slots=True)
class Everybody:
    """True for every captive: the category `all`."""


@dataclass(frozen=True, slots=True)
class Not:
    """True where `part` is false; unknown where it is unknown."""

    part: Predicate


@dataclass(frozen=True, slots=True)
class Junction:
    """`and` or `or` over its parts, three-valued."""

    all_of: bool
    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """Another category of the same agreement."""

    category: str


Predicate = Compare | OnList | Everybody | Not | Junction | Use


def parse_predicate(text: str, *, where: str, columns: Mapping[str, Column]) -> Predicate:
    """Read a predicate.

    Args:
        text: Such as `"health >= 'serious' and age < 25"`.
        where: Which category it belongs to, for the message; empty if the caller says so.
        columns: What may be compared: `COLUMNS` and the agreement's `[fields]`.

    Returns:
        The predicate as a tree of values.

    Raises:
        InputError: The text is no predicate, names an unknown column, or compares a
            column with a value it cannot have.
    """
    if len(text) > EXPRESSION_MAX_CHARS:
        raise _wrong(where, f"at most {EXPRESSION_MAX_CHARS} characters", f"{len(text)}")
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _wrong(where, "a predicate such as \"health >= 'serious'\"", "other text") from error
    return _Reader(where, columns).read(tree.body, 0)


def uses(predicate: Predicate) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Return the columns, the lists and the categories that a predicate needs."""
    match predicate:
        case Compare(column=column):
            return frozenset({column}), frozenset(), frozenset()
        case OnList(name=name):
            return frozenset(), frozenset({name}), frozenset()
        case Use(category=category):
            return frozenset(), frozenset(), frozenset({category})
        case Not(part=part):
            return uses(part)
        case Junction(parts=parts):
            found = [uses(part) for part in parts]
            return tuple(frozenset().union(*(f[i] for f in found)) for i in range(3))  # type: ignore[return-value]
        case Everybody():
            return frozenset(), frozenset(), frozenset()


@dataclass(frozen=True, slots=True)
class _Reader:
    where: str
    columns: Mapping[str, Column]

    def read(self, node: ast.expr, depth: int) -> Predicate:
        if depth > _DEPTH_MAX:
            raise _wrong(self.where, f"at most {_DEPTH_MAX} levels of brackets", "more")
        match node:
            case ast.BoolOp(op=op, values=values):
                parts = tuple(self.read(value, depth + 1) for value in values)
                return Junction(isinstance(op, ast.And), parts)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Not(self.read(operand, depth + 1))
            case ast.Compare():
                return self._comparison(node)
            case ast.Call(
                func=ast.Name(id="on_list"), args=[ast.Constant(value=str(name))], keywords=[]
            ):
                return OnList(name)
            case ast.Name(id="all"):
                return Everybody()
            case ast.Name(id=name) if name not in self.columns:
                return Use(name)
        raise _wrong(
            self.where,
            "comparisons, and, or, not, on_list('NAME'), all, or another category",
            type(node).__name__.lower(),
        )

    def _comparison(self, node: ast.Compare) -> Predicate:
        terms = [node.left, *node.comparators]
        parts: list[Predicate] = []
        for left, op, right in zip(terms, node.ops, terms[1:], strict=False):
            operator = _OPERATORS.get(type(op))
            if operator is None:
                raise _wrong(self.where, "one of == != < <= > >= in", type(op).__name__.lower())
            parts.append(self._one(left, operator, right))
        return parts[0] if len(parts) == 1 else Junction(True, tuple(parts))

    def _one(self, left: ast.expr, operator: Operator, right: ast.expr) -> Compare:
        if isinstance(right, ast.Name) and operator in _MIRRORED:
            left, operator, right = right, _MIRRORED[operator], left
        if not isinstance(left, ast.Name) or left.id not in self.columns:
            found = left.id if isinstance(left, ast.Name) else "a constant on both sides"
            raise _wrong(self.where, f"one of {', '.join(sorted(self.columns))}", found)
        column = self.columns[left.id]
        if operator == "in":
            if not isinstance(right, ast.List | ast.Tuple | ast.Set):
                raise _wrong(self.where, "a list of constants after 'in'", "something else")
            if not right.elts:
                raise _wrong(self.where, "at least one constant after 'in'", "none")
            values = tuple(self._constant(left.id, column, item) for item in right.elts)
            return Compare(left.id, operator, values)
        if operator not in {"==", "!="} and column.type in {"text", "choice"}:
            raise _wrong(self.where, f"== or != on {left.id}, which has no order", operator)
        value = self._constant(left.id, column, right)
        if operator not in {"==", "!="} and value == "unknown":
            raise _wrong(self.where, f"one of {', '.join(column.values)} for {left.id}", "unknown")
        return Compare(left.id, operator, value)

    def _constant(self, name: str, column: Column, node: ast.expr) -> str | int | dt.date:
        is_number = column.type == "number"
        if is_number and isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            node = node.operand
            sign = -1
        else:
            sign = 1
        value = node.value if isinstance(node, ast.Constant) else None
        if is_number and type(value) is int and abs(value) < 2**31:
            return sign * value
        if column.type == "date" and isinstance(value, str):
            date = parse_date(value)
            if date.is_exact:
                return date.earliest
        if column.type == "text" and isinstance(value, str) and not column.values:
            return value
        if isinstance(value, str) and value in (*column.values, *self._unknown(column)):
            return value
        expected = {
            "number": "a whole number",
            "date": "a day such as '2023-10-08'",
            "text": "a text in quotes",
        }.get(column.type, "")
        if column.values:
            expected = f"one of {', '.join(column.values)}"
        raise _wrong(self.where, f"{expected} for {name}", repr(value)[:40])

    @staticmethod
    def _unknown(column: Column) -> tuple[str, ...]:
        return ("unknown",) if column.type == "ordered" else ()


def _wrong(where: str, expected: str, found: str) -> InputError:
    said = f"In {where}: expected" if where else "Expected"
    return InputError(
        "terms.predicate",
        f"{said} {expected}, found {found}.",
        hint="Mend the expression; docs/reference/agreement.md lists what it may contain.",
    )
