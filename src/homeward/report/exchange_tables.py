"""Reads the tables of the record and checks their form.

Rules of this file:
- Every key of a row is known, and every number is a whole number of people.
- Every figure has a speaker, and at least one source that its row lists.
- Rows stand in the order of their days; an id is the row's day, and a number where needed.
- A remark is one of a fixed list, so that it can be said in every language.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from homeward.foundation.dates import PartialDate, parse_date
from homeward.foundation.errors import HomewardError, InputError
from homeward.foundation.ids import PartyCode, parse_party
from homeward.report.exchanges import PARTIES, Exchange, Figure, Mediation, Stop
from homeward.report.history_words import REMARKS, SPEAKERS

Counts = Literal["home", "home_in_year", "mediated"]

PEOPLE_MAX = 100_000
_ROW = {"id", "on", "sources", "figures", "mediators", "stops", "remarks", "explained"}
_FIGURE = {"home", "both", "people", "by", "civilians", "some_civilians", "unit", "apart", "about"}
_TOTAL = {"by", "on", "people", "counts", "exchanges", "apart", "sources"}
_ID = re.compile(r"(\d{4}-\d{2}(?:-\d{2})?)(?:-[2-9])?")
_SOURCE = re.compile(r"\S+( \S+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedTotal:
    """A total that a speaker published, of all people so far or of those of one year.

    `exchanges` is how many exchanges the speaker counted, `apart` the people whom it named
    beside the total; None where it said nothing of them.
    """

    by: str
    on: PartialDate
    people: int
    counts: Counts
    exchanges: int | None = None
    apart: int | None = None
    sources: tuple[str, ...]


def read_exchanges(text: str) -> tuple[Exchange, ...]:
    """Read a table of exchanges, or of returns of remains.

    Args:
        text: TOML as the tables of the package are written.

    Returns:
        Its rows in order.

    Raises:
        InputError: A row has another form. The message names the row by its id.
    """
    rows = [_exchange(row) for row in _document(text).get("exchange", ())]
    ids = [row.id for row in rows]
    days = [row.on.earliest for row in rows]
    if len(set(ids)) < len(ids) or days != sorted(days):
        raise _wrong("ids", "each id once, in the order of days")
    return tuple(rows)


def read_complete_to(text: str) -> PartialDate:
    """Return the last day up to which a table has every exchange that was announced.

    Args:
        text: TOML with the key `complete_to`.

    Returns:
        An exact day.

    Raises:
        InputError: The key is absent or no day.
    """
    return _date(_document(text).get("complete_to"), "complete_to")


def read_totals(text: str) -> tuple[PublishedTotal, ...]:
    """Read a table of published totals.

    Args:
        text: TOML as the tables of the package are written.

    Returns:
        Its rows in order.

    Raises:
        InputError: A row has another form. The message names the row by its date.
    """
    return tuple(_total(row) for row in _document(text).get("total", ()))


def _document(text: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _wrong("the table", "TOML") from error


def _exchange(row: Mapping[str, Any]) -> Exchange:
    name = str(row.get("id", "?"))
    match = _ID.fullmatch(name)
    if match is None or row.get("on") != match[1] or not set(row) <= _ROW:
        raise _wrong(name, f"an id made of its day, and no keys but {', '.join(sorted(_ROW))}")
    sources = _sources(row, name)
    if not sources:
        raise _wrong(name, "at least one source")
    remarks = tuple(row.get("remarks", ()))
    if not set(remarks) <= set(REMARKS):
        raise _wrong(name, f"remarks among {', '.join(sorted(REMARKS))}")
    explained = row.get("explained")
    return Exchange(
        id=name,
        on=_date(row["on"], name),
        figures=tuple(_figure(each, sources, name) for each in row.get("figures", ())),
        mediators=tuple(
            Mediation(party=_party(each["party"], name), by=tuple(each.get("by", ())))
            for each in row.get("mediators", ())
        ),
        stops=tuple(
            Stop(country=each["country"], home=each.get("home"), by=tuple(each.get("by", ())))
            for each in row.get("stops", ())
        ),
        remarks=remarks,
        explained={_party(explained["home"], name): explained["by"]} if explained else {},
        sources=sources,
    )


def _figure(row: Mapping[str, Any], sources: tuple[str, ...], name: str) -> Figure:
    if not set(row) <= {*_FIGURE, "source"} or ("home" in row) == ("both" in row):
        raise _wrong(name, "a figure of one direction, or of both, with known keys")
    if row.get("home") not in (*PARTIES, None) or row.get("by") not in SPEAKERS:
        raise _wrong(name, "a home and a speaker that are known")
    people, civilians = row.get("people", row.get("both")), row.get("civilians")
    apart = row.get("apart", 0)
    for count in (people, civilians or 0, apart):
        if type(count) is not int or not 0 <= count <= PEOPLE_MAX:
            raise _wrong(name, f"numbers of people from 0 to {PEOPLE_MAX}")
    if max(civilians or 0, apart) > people:
        raise _wrong(name, "no more civilians, or people apart, than people")
    chosen = row.get("source") or ()
    if not chosen or not set(chosen) <= set(range(1, len(sources) + 1)):
        raise _wrong(name, "for each figure the numbers of its sources")
    if row.get("unit", "soldiers") != "soldiers":
        raise _wrong(name, "as unit soldiers, or none")
    return Figure(
        home=PartyCode(row["home"]) if "home" in row else None,
        people=people,
        by=row["by"],
        civilians=civilians,
        some_civilians=row.get("some_civilians", False),
        only_soldiers="unit" in row,
        apart=apart,
        is_about=row.get("about", False),
        sources=tuple(sources[number - 1] for number in chosen),
    )


def _total(row: Mapping[str, Any]) -> PublishedTotal:
    name = str(row.get("on", "?"))
    people = row.get("people")
    if not set(row) <= _TOTAL or row.get("by") not in SPEAKERS:
        raise _wrong(name, "a total with known keys, of a known speaker")
    if type(people) is not int or not 0 <= people <= PEOPLE_MAX:
        raise _wrong(name, f"a number of people from 0 to {PEOPLE_MAX}")
    if row.get("counts") not in get_args(Counts):
        raise _wrong(name, f"counts as one of {', '.join(get_args(Counts))}")
    return PublishedTotal(
        by=row["by"],
        on=_date(row.get("on"), name),
        people=people,
        counts=row["counts"],
        exchanges=row.get("exchanges"),
        apart=row.get("apart"),
        sources=_sources(row, name),
    )


def _sources(row: Mapping[str, Any], name: str) -> tuple[str, ...]:
    sources = tuple(row.get("sources", ()))
    if len(set(sources)) < len(sources) or not all(map(_SOURCE.fullmatch, sources)):
        raise _wrong(name, "each source once, as an address")
    return sources


def _date(text: object, name: str) -> PartialDate:
    try:
        return parse_date(str(text))
    except HomewardError as error:
        raise _wrong(name, "a day, a month or a year") from error


def _party(text: str, name: str) -> PartyCode:
    try:
        return parse_party(text)
    except HomewardError as error:
        raise _wrong(name, "codes of parties") from error


def _wrong(name: str, expected: str) -> InputError:
    return InputError(
        "history.table",
        f"Expected in the table of exchanges, at {name}, {expected}; found another.",
        hint="Correct the row, and run the tests of the record.",
        facts={"row": name},
    )
