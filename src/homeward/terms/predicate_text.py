"""A predicate as text: in one way only, for hashes, and in English, for readers.

Rules of this file:
- `written` gives text that `parse_predicate` reads back to the very same tree.
- `said` leaves nothing out: every comparison, bracket and `not` of the tree is in it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from homeward.terms.predicate import (
    Compare,
    Everybody,
    Junction,
    Not,
    OnList,
    Predicate,
    Use,
)

_COLUMNS: Mapping[str, str] = {
    "sex": "the sex",
    "power": "the Power depended on",
    "status": "the status",
    "rank": "the rank",
    "unit": "the unit",
    "alive": "the entry 'alive'",
    "health": "the state of health",
    "article_109": "the decision under article 109",
    "fit_to_travel": "the entry 'fit to travel'",
    "consent": "the reported will",
    "captured_at": "the place of capture",
    "held_at": "the place of captivity",
    "birth_date": "the day of birth",
    "captured_on": "the day of capture",
    "age": "the age in years",
    "days_held": "the number of days held",
}
_ASKED: Mapping[str, str] = {
    "==": "is {value}",
    "!=": "is not {value}",
    "<": "is below {value}",
    "<=": "is at most {value}",
    ">": "is above {value}",
    ">=": "is at least {value}",
    "in": "is {value}",
}
_ASKED_OF: Mapping[str, Mapping[str, str]] = {
    "day": {
        "<": "is before {value}",
        "<=": "is {value} or earlier",
        ">": "is after {value}",
        ">=": "is {value} or later",
    },
    "health": {
        "<": "is better than {value}",
        "<=": "is {value} or better",
        ">": "is worse than {value}",
        ">=": "is {value} or worse",
    },
}


def written(predicate: Predicate) -> str:
    """Write a predicate as an agreement does, always in the same way.

    Args:
        predicate: As `parse_predicate` returns it.
    """
    match predicate:
        case Compare(column=column, operator=operator, value=value):
            return f"{column} {operator} {_constant(value)}"
        case OnList(name=name):
            return f"on_list({name!r})"
        case Use(category=category):
            return category
        case Not(part=part):
            return f"not {_bracketed(part)}"
        case Junction(all_of=all_of, parts=parts):
            return (" and " if all_of else " or ").join(_bracketed(part) for part in parts)
        case Everybody():
            return "all"


def said(predicate: Predicate) -> str:
    """Say in English what a predicate asks of a person.

    Args:
        predicate: As `parse_predicate` returns it.

    Returns:
        Such as "the age in years is at least 18 and the age in years is below 25".
    """
    match predicate:
        case Compare():
            return _compared(predicate)
        case OnList(name=name):
            return f"the person is on the list '{name}'"
        case Use(category=category):
            return f"the person is of the category '{category}'"
        case Not(part=part):
            return f"it is not so that {_grouped(part)}"
        case Junction(all_of=all_of, parts=parts):
            return (" and " if all_of else " or ").join(_grouped(part) for part in parts)
        case Everybody():
            return "they are held"


def _bracketed(part: Predicate) -> str:
    text = written(part)
    return f"({text})" if isinstance(part, Junction | Not) else text


def _grouped(part: Predicate) -> str:
    text = said(part)
    return f"({text})" if isinstance(part, Junction | Not) else text


def _constant(value: str | int | dt.date | tuple[str | int | dt.date, ...]) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(sorted({_constant(item) for item in value}))}]"
    return repr(value.isoformat() if isinstance(value, dt.date) else value)


def _compared(test: Compare) -> str:
    value = test.value
    kind = "day" if isinstance(value, dt.date) else test.column
    asked = _ASKED_OF.get(kind, {}).get(test.operator, _ASKED[test.operator])
    column = _COLUMNS.get(test.column, f"the entry '{test.column}'")
    values = value if isinstance(value, tuple) else (value,)
    listed = [item.isoformat() if isinstance(item, dt.date) else str(item) for item in values]
    return f"{column} {asked.format(value=' or '.join(listed))}"
