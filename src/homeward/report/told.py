"""The record of real exchanges as statements, and totals that a text gives held against it.

Rules of this file:
- History is what was said: each figure is its speaker's claim, and none of them is the truth.
- What sources say of two figures that differ goes with the exchange, in a sentence.
- A total is held against the speaker's last published one before it, never against itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from homeward.foundation.dates import parse_date
from homeward.foundation.ids import PartyCode
from homeward.report.checksums import Checksum, checksums
from homeward.report.exchange_tables import Counts, PublishedTotal
from homeward.report.exchanges import OTHER, PARTIES, Exchange, Figure, differences
from homeward.report.history import History
from homeward.report.history_words import WHY
from homeward.statements.model import Claim, Qualifier, Statement, Unit


def as_statement(exchange: Exchange) -> Statement:
    """Write what the record has of an exchange as one document of many speakers.

    Args:
        exchange: A row of the record.

    Returns:
        A document named `history:` and the row's id; its claims are quoted from its lines.
    """
    document = f"history:{exchange.id}"
    lines: list[str] = []
    claims: list[Claim] = []
    for claim in _claims(exchange, document):
        at = sum(len(line) + 1 for line in lines)
        lines.append(claim.quoted)
        claims.append(replace(claim, at=at))
    return Statement(
        document=document,
        source="narrator",
        published_on=exchange.on.latest,
        claims=tuple(claims),
        text="\n".join(lines),
    )


def explained(exchange: Exchange) -> dict[PartyCode, str]:
    """Return what sources say of the differences of an exchange, by whose people they are.

    Args:
        exchange: A row of the record.

    Returns:
        Home party → sentence; nothing for a difference that stays open.
    """
    return {
        found.home: WHY[found.why]
        for found in differences(exchange)
        if found.home is not None and found.why != "open"
    }


def hold_total(history: History, source: str, people: int, on: dt.date) -> Checksum | None:
    """Hold a total that a text gives against the record.

    Args:
        history: The whole record.
        source: The party or office whose total it is.
        people: The total of all people so far.
        on: The day of the exchange after which it was given.

    Returns:
        The checksum; None if the record has no earlier total of that party.
    """
    party = source.partition(".")[0]
    counts: Counts = "home" if party in PARTIES else "mediated"
    earlier = [
        total
        for total in history.totals
        if total.by.partition(".")[0] == party
        and total.counts == counts
        and total.on.latest < on
        and total.people <= people
    ]
    if not earlier:
        return None
    claimed = PublishedTotal(
        by=party if counts == "mediated" else source,
        on=parse_date(on.isoformat()),
        people=people,
        counts=counts,
        sources=(),
    )
    return checksums((earlier[-1], claimed), history.exchanges, complete_to=history.complete_to)[-1]


def _claims(exchange: Exchange, document: str) -> Iterator[Claim]:
    for figure in exchange.figures:
        yield from _figure(figure, document)
    for mediation in exchange.mediators:
        for by in mediation.by or ("narrator",):
            yield Claim(
                fact="mediator",
                value=mediation.party,
                source=by,
                document=document,
                quoted=f"{by}: {mediation.party} mediated",
            )
    for stop in exchange.stops:
        for by in stop.by if stop.home else ():
            yield Claim(
                fact="medical_checks",
                home=PartyCode(stop.home or ""),
                value=stop.country,
                source=by,
                document=document,
                quoted=f"{by}: people going home to {stop.home} were in {stop.country}",
            )


def _figure(figure: Figure, document: str) -> Iterator[Claim]:
    if figure.home is None:
        yield Claim(
            fact="total",
            unit="people",
            value=figure.people,
            source=figure.by,
            document=document,
            quoted=f"{figure.by}: {figure.people} people in both directions",
        )
        return
    civilians = figure.civilians
    unit: Unit = "soldiers" if figure.only_soldiers else "people"
    yield _leg(figure, document, unit, figure.people)
    if figure.apart:
        yield _leg(figure, document, unit, figure.people - figure.apart)
    if civilians and not figure.only_soldiers:
        yield _leg(figure, document, "civilians", civilians)
        if civilians < figure.people:
            yield _leg(figure, document, "soldiers", figure.people - civilians)


def _leg(figure: Figure, document: str, unit: Unit, count: int) -> Claim:
    home = PartyCode(str(figure.home))
    qualifier: Qualifier = "approx" if figure.is_about else "exact"
    return Claim(
        fact="leg",
        home=home,
        holder=OTHER[home],
        unit=unit,
        value=count,
        qualifier=qualifier,
        source=figure.by,
        document=document,
        quoted=f"{figure.by}: {count} {unit} home to {home}",
    )
