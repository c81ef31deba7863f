"""Which people a question means: filters, searches and orders, as references.

Rules of this file:
- It answers with references and counts; rows are opened by `access`, which notes it first.
- A filter, a search or an order on a column that the reader may not see is refused like a
  page that is not the reader's: a count tells as much as a row.
- An uncertain date passes a filter only if every day that it can mean does.
- No question reads the whole table: each has an index that answers it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Final, Literal

from django.db import connection
from django.db.models import F, Q, QuerySet

from homeward.foundation.errors import AccessError, InputError
from homeward.foundation.ids import parse_party
from homeward.matching.readings import skeleton
from homeward.node import settings
from homeward.node.home import Node
from homeward.node.models import Person
from homeward.node.people import BATCH_ROWS, name_mark, number_mark, read_row, tide
from homeward.records.model import ALLOWED, HELD, WANTED, ListKind, PersonRecord

Order = Literal["ref", "longest"]
Columns = AbstractSet[str] | None

CANDIDATES_MAX: Final = 2_000
SEARCH_MAX_CHARS: Final = 200

_SINCE: Mapping[ListKind, str] = {HELD: "captured_on", WANTED: "missing_since"}
_NAMES = ("family_name", "given_name", "father_name", "name_as_written")
_COUNTS_MAX = 1_000
_counts: dict[tuple[Hashable, ...], int] = {}
_BY_NAME, _BY_NUMBER = "family_name", "service_number"
_LAST = chr(0x10FFFF)  # after every character that a reference may hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One way of narrowing a list.

    `values` are all that it takes; empty: the code of a party. `columns` is what it reads,
    on each kind of list that has it.
    """

    values: tuple[str, ...]
    columns: Mapping[ListKind, str]


def _on_both(column: str) -> Mapping[ListKind, str]:
    return {HELD: column, WANTED: column}


FILTERS: Final[Mapping[str, Filter]] = {
    "power": Filter(values=(), columns=_on_both("power")),
    "status": Filter(values=ALLOWED["status"], columns=_on_both("status")),
    "sex": Filter(values=ALLOWED["sex"], columns=_on_both("sex")),
    "alive": Filter(values=ALLOWED["alive"], columns=_on_both("alive")),
    "age": Filter(values=("under_25", "over_60"), columns=_on_both("birth_date")),
    "held": Filter(values=("over_1_year", "over_2_years"), columns=_SINCE),
    "health": Filter(values=ALLOWED["health"], columns={HELD: "health"}),
    "consent": Filter(values=ALLOWED["consent"], columns={HELD: "consent"}),
}
"""Every filter, in the order in which a page shows them. `held` also means: missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which people of a list are meant, and what the asker may see of them.

    `columns` None means all. `today` is the day on which ages and times are reckoned.
    """

    kind: ListKind
    search: str
    filters: Mapping[str, str]
    order: Order
    columns: Columns
    today: dt.date


def is_visible(column: str, columns: Columns) -> bool:
    """Tell whether a column is among those that a reader may see."""
    return columns is None or column in columns


def filters_for(kind: ListKind, columns: Columns) -> tuple[str, ...]:
    """Return the names of the filters that a reader of these columns may use on a list."""
    return tuple(
        name
        for name, each in FILTERS.items()
        if kind in each.columns and is_visible(each.columns[kind], columns)
    )


def may_order_longest(kind: ListKind, columns: Columns) -> bool:
    """Tell whether a reader of these columns may order a list by time held or missed."""
    return is_visible(_SINCE[kind], columns)


def require_allowed(question: Question) -> None:
    """Check that a question can be asked, and that this asker may ask it.

    Raises:
        AccessError: A filter or the order reads a column that the asker may not see.
        InputError: There is no such filter, or it does not take this value.
    """
    if question.order == "longest" and not may_order_longest(question.kind, question.columns):
        raise _not_yours()
    for name, value in question.filters.items():
        _require_filter(question, name, value)


def count_of(question: Question) -> int:
    """Return how many the filters of an allowed question leave; the search is not applied."""
    filters = tuple(sorted(question.filters.items()))
    narrowed = (*filters, question.today) if filters else ()
    return _kept_count(question.kind, lambda: _everybody(question), narrowed)


def size_of(
    kind: ListKind, *, powers: Collection[str] | None = None, gone: Collection[str] = ()
) -> int:
    """Return how many people stand on a list, of some powers, without some references."""
    people = Person.objects.filter(kind=kind)
    if powers is None:
        total = _kept_count(kind, people.all, ())
    else:
        people = people.filter(power__in=powers)
        total = int(people.count())
    refs = sorted(set(gone))
    batches = [refs[i : i + BATCH_ROWS] for i in range(0, len(refs), BATCH_ROWS)]
    return total - sum(int(people.filter(ref__in=batch).count()) for batch in batches)


def refs_since(kind: ListKind, *, power: str, before: dt.date) -> frozenset[str]:
    """Return the references of a power's people who were captured, or are missed, before a day.

    An uncertain day counts from the first that it can mean; who has none is left out. No row is
    opened.
    """
    people = Person.objects.filter(kind=kind, power=power, since__lt=before)
    return frozenset(people.values_list("ref", flat=True))


def _kept_count(
    kind: ListKind, asked: Callable[[], QuerySet[Any]], narrowed: tuple[Hashable, ...]
) -> int:
    """Count, which reads the index of everybody, once for each state of the list."""
    if connection.in_atomic_block:  # what is counted there may still be taken back
        return int(asked().count())
    key = (settings.opening(), kind, tide(kind), narrowed)
    found = _counts.get(key)
    if found is None:
        found = int(asked().count())
        if len(_counts) >= _COUNTS_MAX:
            _counts.clear()
        _counts[key] = found
    return found


def page_refs(question: Question, *, start: int, end: int) -> list[str]:
    """Return the references at some places of those whom a question's filters leave.

    Args:
        question: An allowed one; its search is not applied.
        start: First place, from 0.
        end: Place after the last.
    """
    if question.order == "ref" and not question.filters:
        # Plain SQL: most pages ask this, and to write the query takes longer than to answer it.
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT ref FROM node_person WHERE kind = %s ORDER BY ref LIMIT %s OFFSET %s",
                (question.kind, end - start, start),
            )
            return [ref for (ref,) in cursor.fetchall()]
    refs = _everybody(question).values_list("ref", flat=True)
    if question.order == "ref":
        return list(refs[start:end])
    # Those since an unknown day come last; each part is read in the order of its index.
    dated, undated = refs.filter(since__isnull=False), refs.filter(since__isnull=True)
    found = list(dated[start:end])
    if len(found) < end - start:
        count = dated.count()
        found += undated[max(start - count, 0) : max(end - count, 0)]
    return found


def search_refs(node: Node, question: Question) -> tuple[list[str], bool]:
    """Return the references of those whom search and filters mean, in order.

    A search is the beginning of a reference, a service number, or words of a name in any
    order and any script.

    Args:
        node: The open node.
        question: An allowed one, with a search.

    Returns:
        The references, and True if there were more candidates than are looked at.

    Raises:
        InputError: The search is too long.
    """
    if len(question.search) > SEARCH_MAX_CHARS:
        raise InputError(
            "finding.search",
            f"Expected a search of at most {SEARCH_MAX_CHARS} characters, "
            f"found {len(question.search)}.",
            hint="Search for one name, or for one reference.",
            facts={"max_chars": SEARCH_MAX_CHARS},
        )
    asked = _everybody(question)
    found: dict[str, dt.date | None] = {}
    is_cut = False
    for refs, is_full in _ways(node, asked, question):
        found.update(refs)
        is_cut = is_cut or is_full
    if question.order == "ref":
        return sorted(found), is_cut
    return sorted(found, key=lambda ref: (found[ref] or dt.date.max, ref)), is_cut


_Refs = dict[str, dt.date | None]


def too_many() -> InputError:
    """Return the error for a search that must be narrower before all of it is written out."""
    return InputError(
        "finding.too_many",
        f"Expected a search that at most {CANDIDATES_MAX} people may fit, found more.",
        hint="Type more letters of the name, or add a filter.",
        facts={"max_people": CANDIDATES_MAX},
    )


def _ways(node: Node, asked: QuerySet[Any], question: Question) -> Iterator[tuple[_Refs, bool]]:
    """Yield what each way of searching finds, and whether it found more than it may look at."""
    for start in {question.search, question.search.upper()}:
        yield _some(asked.filter(ref__gte=start, ref__lt=start + _LAST))
    if is_visible(_BY_NUMBER, question.columns):
        number = number_mark(node, question.search)
        if number:
            yield _some(asked.filter(number_mark=number))
    words = skeleton(question.search).split()
    if words and is_visible(_BY_NAME, question.columns):
        yield _named(node, question.kind, asked, words)


def _some(asked: QuerySet[Any]) -> tuple[_Refs, bool]:
    # Without an order: looking for the first ones would mean looking at everybody.
    rows = list(asked.order_by().values_list("ref", "since")[: CANDIDATES_MAX + 1])
    return dict(rows[:CANDIDATES_MAX]), len(rows) > CANDIDATES_MAX


def _named(
    node: Node, kind: ListKind, asked: QuerySet[Any], words: list[str]
) -> tuple[_Refs, bool]:
    """Find those who have each of the words at the beginning of a part of their name."""
    family = {name_mark(node, word, part="family") for word in words}
    given = {name_mark(node, word, part="given") for word in words}
    by_family, by_given = Q(family_mark__in=family), Q(given_mark__in=given)
    candidates: _Refs = {}
    is_cut = False
    # Whoever fits by two names is looked at before those who fit by one. An "or" of the two
    # would read the whole list.
    for condition in (by_family & by_given, by_family, by_given):
        refs, is_full = _some(asked.filter(condition))
        candidates |= {ref: since for ref, since in refs.items() if ref not in candidates}
        is_cut = is_cut or is_full
    is_cut = is_cut or len(candidates) > CANDIDATES_MAX
    looked_at = list(candidates)[:CANDIDATES_MAX]
    fitting = {
        record.ref
        for record in rows_of(node, kind, looked_at, columns=frozenset(_NAMES))
        if _fits(record, words)
    }
    return {ref: candidates[ref] for ref in fitting}, is_cut


def rows_of(
    node: Node, kind: ListKind, refs: Collection[str], *, columns: Columns
) -> Iterator[PersonRecord]:
    """Open the rows of some references, in no order; the caller has noted the read."""
    ordered = list(refs)
    for start in range(0, len(ordered), BATCH_ROWS):
        batch = ordered[start : start + BATCH_ROWS]
        # Plain SQL: to put fifty references into a query takes longer than to answer it.
        places = ", ".join(["%s"] * len(batch))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT v.row FROM node_person p JOIN node_personversion v ON v.id = p.version_id "  # noqa: S608 - places alone
                f"WHERE p.kind = %s AND p.ref IN ({places})",
                (kind, *batch),
            )
            rows = cursor.fetchall()
        for (row,) in rows:
            yield read_row(node, row, columns=columns)


def _fits(record: PersonRecord, words: list[str]) -> bool:
    texts = " ".join(getattr(record, name) for name in _NAMES)
    parts = skeleton(texts).split()
    return all(any(part.startswith(word) for part in parts) for word in words)


def _everybody(question: Question) -> QuerySet[Any]:
    """Return those whom the filters leave, in order; the search is not applied."""
    asked = Person.objects.filter(kind=question.kind)
    for name, value in question.filters.items():
        asked = asked.filter(_condition(question, name, value))
    return asked.order_by("ref") if question.order == "ref" else asked.order_by(F("since"), "ref")


def _require_filter(question: Question, name: str, value: str) -> None:
    asked = FILTERS.get(name)
    if asked is None or question.kind not in asked.columns:
        raise InputError(
            "finding.filter",
            f"Expected a filter of the {question.kind} list, found another.",
            hint=f"Use one of {', '.join(filters_for(question.kind, question.columns))}.",
        )
    if not is_visible(asked.columns[question.kind], question.columns):
        raise _not_yours()
    if asked.values and value not in asked.values:
        raise InputError(
            "finding.value",
            f"Expected one of {', '.join(asked.values)} for the filter {name}, found another.",
            hint="Choose one of these values.",
            facts={"filter": name},
        )
    if name == "power":
        parse_party(value)


def _condition(question: Question, name: str, value: str) -> Q:
    match name:
        case "age" if value == "under_25":
            return Q(birth_earliest__gt=_years_before(question.today, 25))
        case "age":
            return Q(birth_latest__lte=_years_before(question.today, 60))
        case "held":
            day = _years_before(question.today, 1 if value == "over_1_year" else 2)
            # Not as a range: that would leave the index that holds all filters for another.
            return Q(since__isnull=False) & ~Q(since__gt=day)
        case "power":
            return Q(power=parse_party(value))
    return Q(**{name: value})


def _years_before(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year - years, day=28)


def _not_yours() -> AccessError:
    return AccessError(
        "finding.column",
        "Expected a filter or an order that you may use, found another.",
        hint="Leave it out, or ask the administrator for another role.",
    )
