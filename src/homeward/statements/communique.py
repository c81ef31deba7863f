"""Writes a neutral communiqué from the record, in four languages.

Rules of this file:
- It says what the record shows, without praise, blame or a name, and the same in every language.
- A number that the terms withhold is not written in any; that it is withheld is. A small number
  is the range that the public may read.
- Lines are agreed one by one: a text holds those that were chosen, and says who has not agreed.
- Made from invented people, every text says SIMULATION first.
- What it says in each language is data: `communique.toml`.

Source: GC III art. 13 (public curiosity).
"""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any, Literal, get_args

from homeward.foundation.errors import InputError
from homeward.foundation.ids import Flow, PartyCode
from homeward.negotiation.agreed_lines import checks_line, leg_line, mediator_line
from homeward.statements.model import Record

Language = Literal["en", "uk", "ru", "ar"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
Shown = int | str | None
"""A number; a range as text; None where it is withheld."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One sentence of a communiqué in every language, named so that it can be agreed upon."""

    id: str
    texts: Mapping[Language, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Communique:
    """A communiqué: its lines, who has agreed to it, and from when it may be published.

    `texts` are the whole of it in each language.
    """

    date: dt.date
    lines: tuple[Line, ...]
    agreed_by: tuple[str, ...]
    open_with: tuple[str, ...]
    embargo_until: dt.datetime | None
    is_simulation: bool
    texts: Mapping[Language, str]


def write_communique(
    record: Record,
    shown: Mapping[Flow, Shown],
    *,
    chosen: Sequence[str] = (),
    agreed_by: Sequence[str] = (),
    embargo_until: dt.datetime | None = None,
    simulation: bool,
) -> Communique:
    """Write a communiqué on one exchange.

    Args:
        record: What the record shows; its counts are not written, only those of `shown`.
        shown: What the public may read of the number of each flow.
        chosen: Ids of the lines that it is to hold, such as `leg.RU-UA`; none chooses all.
        agreed_by: The parties that have agreed to it.
        embargo_until: From when it may be published, in UTC; None at once.
        simulation: True if the people are invented.

    Returns:
        The same lines in four languages.

    Raises:
        InputError: A line or a party is chosen that the exchange does not have.
    """
    lines = tuple(_lines(record, shown))
    parties = sorted({party for flow in shown for party in (flow.home, flow.holder)})
    _refuse_others(chosen, [line.id for line in lines], "line")
    _refuse_others(agreed_by, parties, "party")
    kept = tuple(line for line in lines if not chosen or line.id in chosen)
    open_with = tuple(party for party in parties if party not in agreed_by)
    made = Communique(
        date=record.date,
        lines=kept,
        agreed_by=tuple(party for party in parties if party in agreed_by),
        open_with=open_with,
        embargo_until=embargo_until,
        is_simulation=simulation,
        texts={},
    )
    return replace(
        made, texts={language: "\n".join((*_text(made, language), "")) for language in LANGUAGES}
    )


def _lines(record: Record, shown: Mapping[Flow, Shown]) -> Iterator[Line]:
    for flow in sorted(shown):
        yield _line(leg_line(flow), "leg", flow=flow, count=shown[flow])
        if country := record.medical_checks.get(flow.home):
            yield _line(checks_line(flow.home), "medical_checks", flow=flow, country=country)
    for mediator in record.mediators:
        yield _line(mediator_line(mediator), "mediator", country=mediator)


def _line(
    name: str,
    sentence: str,
    *,
    flow: Flow | None = None,
    count: Shown = None,
    country: PartyCode | None = None,
) -> Line:
    texts: dict[Language, str] = {}
    for language in LANGUAGES:
        words = _words()[language]
        texts[language] = words[sentence].format(
            home=_name(flow.home, language) if flow else "",
            holder=_name(flow.holder, language) if flow else "",
            country=_name(country, language) if country else "",
            count=_count(count, words),
        )
    return Line(id=name, texts=texts)


def _count(count: Shown, words: Mapping[str, Any]) -> str:
    if count is None:
        return str(words["withheld"])
    return str(words["some"]).format(count=count) if isinstance(count, str) else str(count)


def _text(made: Communique, language: Language) -> Iterator[str]:
    words = _words()[language]
    if made.is_simulation:
        yield words["simulation"]
    if made.embargo_until:
        yield words["embargo"].format(time=f"{made.embargo_until:%Y-%m-%d %H:%M}")
    if made.open_with:
        yield words["draft"].format(parties=_names(made.open_with, language))
    day = words["day"].format(
        day=made.date.day, month=words["months"][made.date.month - 1], year=made.date.year
    )
    yield words["title"].format(day=day)
    yield from (line.texts[language] for line in made.lines)
    if made.agreed_by:
        yield words["agreed"].format(parties=_names(made.agreed_by, language))


def _names(parties: Sequence[str], language: Language) -> str:
    comma = "، " if language == "ar" else ", "
    return comma.join(_name(party, language) for party in parties)


def _name(party: str, language: Language) -> str:
    """Return the name of a state; a party that is none keeps its code."""
    return _territories()[language].get(party, party)


@cache
def _words() -> Mapping[Language, Mapping[str, Any]]:
    path = resources.files("homeward.statements").joinpath("communique.toml")
    tables: Mapping[Language, Mapping[str, Any]] = tomllib.loads(path.read_text("utf-8"))  # type: ignore[assignment]  # the file has these four
    return tables


@cache
def _territories() -> Mapping[Language, Mapping[str, str]]:
    path = resources.files("homeward.statements.reading").joinpath("packs/territories.json")
    names: Mapping[Language, Mapping[str, str]] = json.loads(path.read_text("utf-8"))
    return names


def _refuse_others(asked: Sequence[str], known: Sequence[str], what: str) -> None:
    others = [each for each in asked if each not in known]
    if others:
        raise InputError(
            "statements.communique",
            f"Expected each {what} as one of {', '.join(known)}, found {others[0][:40]!r}.",
            hint=f"Choose a {what} of this exchange.",
            facts={"what": what},
        )
