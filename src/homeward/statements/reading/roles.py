"""What a number is, before any leg is built.

Rules of this file, in this order:
- Beside a month it is a day or a year; four digits that may be a year are one where a small
  word of time stands before them and nobody is counted.
- With an ordinal ending, or an ordinal's noun, it is an ordinal; with a colon and two digits an
  hour; with a sign of money or percent a measure.
- With a unit of time it is a duration, with a word of age an age, with a noun that is no
  people a number of things.
- What is left counts people: `candidate`. Whether it is a leg, a part, a sum, somebody held or
  dead is decided by its clause.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from homeward.statements.reading.marked import Marked
from homeward.statements.reading.numbers import Number
from homeward.statements.reading.quantity import Quantity
from homeward.statements.reading.tokens import Token

YEARS = range(1900, 2101)
_AGED, _CHILD = 6, 14  # tokens between "the oldest" and an age; a smaller bare number counts people
_MOVES = ("exchange", "release", "receive", "return")
_CARRIED = frozenset({"age", "duration", "things", "day"})


def decide(marked: Marked, quantities: list[Quantity]) -> None:
    """Fill in the role of every quantity of a sentence.

    Args:
        marked: The sentence.
        quantities: Its quantities; `role` is set.
    """
    for quantity in quantities:
        quantity.role = _role(marked, quantity)
        if quantity.role in {"day", "year", "measure"}:  # "on 22 May Vale got back" is nobody's
            quantity.nation, quantity.end = "", quantity.number.end
    for left, right in pairwise(quantities):
        gap = marked.tokens[left.number.end : right.number.start]
        if len(gap) > 1 or not all(
            t.norm in "–—-" or (t.has("and", "to", "of", "small") and not t.has("for")) for t in gap
        ):
            continue
        if left.what == "bare" and left.role == "candidate" and right.role in _CARRIED:
            left.role = right.role  # "from 20 to 60 years"
        elif right.what == "bare" and right.role == "candidate" and left.role == "age":
            right.role = "age"  # "aged 23 and 31"


def _role(marked: Marked, quantity: Quantity) -> str:
    number = quantity.number
    if marked.tokens[min(number.start, len(marked.tokens) - 1)].has("none"):
        return "other"
    if quantity.weak:
        return "candidate"
    calendar = calendar_role(marked, number, counted=_is_counted(marked, quantity))
    if calendar:
        return calendar
    for role, applies in _TABLE:
        if applies(marked, quantity):
            return role
    return "candidate"


def _is_counted(marked: Marked, quantity: Quantity) -> bool:
    """Return whether a noun for people belongs to a number: not in "in 2022 and convicted"."""
    after = marked.tokens[quantity.number.end : quantity.number.end + 1]
    return quantity.what == "people" and not any(t.has("and") for t in after)


def _is_other(marked: Marked, quantity: Quantity) -> bool:
    """Return whether a number counts nobody: not whole, a pronoun, or alone without a reason."""
    if quantity.count is None:
        return True
    first = marked.tokens[min(quantity.number.start, len(marked.tokens) - 1)]
    sides = quantity.what == "bare" and first.has("both_sides")  # "the two handed over letters"
    if sides or (not quantity.number.digits and _is_pronoun(marked, quantity)):
        return True
    return quantity.what == "bare" and not _may_be_bare(marked, quantity)


def calendar_role(marked: Marked, number: Number, *, counted: bool) -> str:
    """Return `day` or `year` if a number is part of a date, else an empty text.

    Args:
        marked: The sentence.
        number: In it.
        counted: Whether a noun for people belongs to it.
    """
    if not number.digits:
        return ""
    tokens, at, value = marked.tokens, number.start, int(number.value)
    near = {at - 2, at - 1, at + 1, at + 2}
    months = [
        m
        for m in marked.months
        if m in near
        and all(
            (t.kind != "mark" and t.has("of", "small", "in"))
            or k == m
            or (t.norm == "." and k == m + 1)  # "Nov. 22"
            or _suffix(t)
            or (t.kind == "number" and int(t.value or 0) <= 31)
            for k, t in enumerate(tokens[min(m, at + 1) : max(m + 1, at)], min(m, at + 1))
        )
    ]
    plain = tokens[at].text.isdigit()
    if plain and len(tokens[at].text) == 4 and value in YEARS:
        after = tokens[at + 1 : at + 2]
        before = tokens[at - 1 : at]
        comma = at >= 2 and tokens[at - 1].norm == "," and marked.number_at(at - 2) is not None
        if after and after[0].has("year_word"):
            return "year"
        if not counted and (
            months or comma or (before and before[0].has("year_before", "in", "of", "taken"))
        ):
            return "year"
        if not counted and before and (at - 1 in marked.months or before[0].norm == "("):
            return "year"
    if months and 1 <= value <= 31 and plain:
        return "day"
    return _numeric_date(marked, number)


def _numeric_date(marked: Marked, number: Number) -> str:
    """Return the part that digits like 05.02.2025 or 2025-02-05 play."""
    tokens, at = marked.tokens, number.start
    left = tokens[at - 1] if at else None
    right = tokens[at + 1] if at + 1 < len(tokens) else None
    slashed = any(t and t.norm in "/." and t.kind == "mark" for t in (left, right))
    glued = tokens[at].glued or (right is not None and right.kind == "number" and right.glued)
    beside = (left is not None and left.kind == "number") or (
        right is not None and right.kind == "number" and glued
    )
    if slashed and at + 2 < len(tokens) and tokens[at + 2].kind == "number" and right is left:
        return "day"
    if (
        beside
        and glued
        and any(
            t.kind == "number" and int(t.value or 0) in YEARS and t.text.isdigit()
            for t in tokens[max(0, at - 2) : at + 3]
        )
    ):
        return "day"
    return ""


def _suffix(token: object) -> bool:
    return bool(getattr(token, "glued", False))


def _is_ordinal(marked: Marked, number: Number) -> bool:
    tokens, end = marked.tokens, number.end
    if not number.digits:
        return False
    if end < len(tokens) and tokens[end].glued and tokens[end].has("ordinal_ending"):
        return True
    return number.start > 0 and tokens[number.start - 1].norm in {"№", "#", "no", "nº"}


def _is_model(marked: Marked, number: Number) -> bool:
    """Return whether digits belong to a name: "an Il-76", "the number 200"."""
    before = marked.tokens[number.start - 1] if number.start else None
    named = before is not None and before.kind == "word" and before.capital
    if number.digits and named and marked.tokens[number.start].glued:
        return True
    code = before is not None and before.has("code_word") and not before.has("to")
    return code and number.digits


def _is_measure(marked: Marked, number: Number) -> bool:
    tokens = marked.tokens
    after = tokens[number.end : number.end + 2]
    before = tokens[number.start - 1] if number.start else None
    if after and after[0].norm in "%$€£":
        return True
    if before is not None and before.norm in {"$", "€", "£"}:
        return True
    return _is_clock(tokens, number.start, number.start + 2) or _is_clock(
        tokens, number.start - 2, number.start
    )


def _is_clock(tokens: Sequence[Token], hour: int, minute: int) -> bool:
    """Return whether two numbers stand around a colon without a space: "14:30"."""
    if hour < 0 or minute >= len(tokens):
        return False
    left, colon, right = tokens[hour : minute + 1]
    return (
        colon.norm == ":"
        and left.kind == right.kind == "number"
        and left.end == colon.start
        and colon.end == right.start
    )


def _is_age(marked: Marked, quantity: Quantity) -> bool:
    """Return whether "aged", "is" or a comma beside a name makes a bare number an age."""
    if quantity.what == "people" or quantity.count is None or not 1 <= quantity.count <= 110:
        return False
    tokens, at = marked.tokens, quantity.number.start
    before = tokens[at - 1] if at else None
    if before is None:
        return False
    words = marked.tagged("age_before", start=at - _AGED, end=at)
    told = any(not tokens[word].has("preposition") for word in words)  # not "under the formula"
    if before.has("age", "age_before") or (
        told and quantity.what == "bare" and quantity.count > _CHILD
    ):
        return True
    after = tokens[quantity.number.end] if quantity.number.end < len(tokens) else None
    if before.has("of") and at >= 2 and _is_one_person(marked, at - 2):
        return after is None or after.kind == "mark"  # "a former marine of 52,"
    ends = after is None or after.kind == "mark" or after.has("and")
    named = any(t.capital and t.kind == "word" for t in tokens[max(0, at - 3) : at - 1])
    if before.has("passive") and ends and named:
        return True
    enclosed = before.norm in {",", "("} and after is not None and after.norm in {",", ")"}
    return enclosed and at >= 2 and (tokens[at - 2].capital or _is_one_person(marked, at - 2))


def _is_one_person(marked: Marked, at: int) -> bool:
    """Return whether a noun speaks of one person: "one Dornish pilot", "a teacher"."""
    if not marked.tokens[at].has("single"):
        return False
    lead = range(max(0, at - 3), at)
    ones = [number for k in lead if (number := marked.number_at(k))]
    return all(number.value == 1 for number in ones)


def _is_pronoun(marked: Marked, quantity: Quantity) -> bool:
    """Return whether a one in words is no count: "one of the biggest", "one another"."""
    if quantity.number.value != 1 or quantity.nation:
        return False
    tokens, end = marked.tokens, quantity.number.end
    after = tokens[end] if end < len(tokens) else None
    before = tokens[quantity.number.start - 1] if quantity.number.start else None
    if before is not None and before.has("negation", "no_one", "previous"):
        return True
    if quantity.what == "people":
        return after is not None and after.has("of") and not quantity.own
    listed = any(n.start < quantity.number.start for n in marked.numbers)
    if listed and after is not None and after.has("to") and marked.any(*_MOVES):
        return False  # "five went to Vale and one to Orland"
    return not (after is None or after.kind == "mark") or before is None


def _may_be_bare(marked: Marked, quantity: Quantity) -> bool:
    """Return whether the sentence leaves out the noun of a number."""
    tokens, number = marked.tokens, quantity.number
    if quantity.nation or quantity.own:
        return True
    traded = number.start > 0 and tokens[number.start - 1].has("for", "in_return")
    if traded and any(n.start < number.start for n in marked.numbers):
        return True
    after = tokens[number.end] if number.end < len(tokens) else None
    before = tokens[number.start - 1] if number.start else None
    if (
        before is not None and before.has("release", "receive", "exchange", "move_with")
    ) or number.end in marked.weekdays:
        return True
    if after is not None and after.has("more"):
        return marked.any(*_MOVES, start=number.end)  # "and 22 more came home"
    return (
        after is None
        or after.kind == "mark"
        or after.has(
            "and",
            "for",
            "to",
            "from",
            "by",
            "each",
            "in_return",
            "while",
            "of",
            "equal",
            "both_sides",
            "exchange",
            "release",
            "receive",
            "return",
            "passive",
            "aux",
            "preposition",
            "in",
            "say",
            "of_them",
            "total",
            "with",
            "same_number",
            "which",
            "alive",
            "home_word",
            "opposite",
            "bring",
            "free_word",
        )
    )


_TABLE: tuple[tuple[str, Callable[[Marked, Quantity], bool]], ...] = (
    ("ordinal", lambda marked, quantity: _is_ordinal(marked, quantity.number)),
    ("things", lambda marked, quantity: _is_model(marked, quantity.number)),
    ("measure", lambda marked, quantity: _is_measure(marked, quantity.number)),
    ("duration", lambda _, quantity: quantity.what == "duration"),
    ("age", lambda marked, quantity: quantity.what == "age" or _is_age(marked, quantity)),
    ("things", lambda _, quantity: quantity.what == "thing"),
    ("other", _is_other),
)
