"""Statements on one exchange beside one another, its record, and the talks around it.

Rules of this file:
- A person says which exchange a text is about: a case of this node, or one of history. What
  the text says of it is held against that exchange's record.
- The record of a case is what its ledger shows; what its terms withhold it does not tell. History
  is what was said, speaker by speaker, and no record of its own.
- A comparison counts rows that somebody confirmed or corrected, and no other.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import permutations
from typing import Any

from homeward.foundation.errors import AccessError
from homeward.foundation.ids import PartyCode
from homeward.node import book
from homeward.node.actions.desk import Text, text_of, texts
from homeward.node.desk import PublicText
from homeward.node.home import Node
from homeward.report.exchanges import Exchange as Recorded
from homeward.report.history import read_history
from homeward.report.told import as_statement, explained
from homeward.statements import FactVerdict, Record, Statement, claim_reviews, reconcile
from homeward.statements.from_ledger import records_of
from homeward.statements.reviewed import Row, on_exchange, statement_of
from homeward.talks.model import Format
from homeward.talks.reviewed import Told, table_of
from homeward.talks.table import Table

CASE, HISTORY = "case", "history"
"""Where the record of an exchange stands."""

_DRAFT = """# Talks that are possible by what was said: {talks}. What is missing: count.
[agreement]
id = "{id}"
mediators = ["{mediator}"]
effective = {day}
article_109 = "outside"

[parties]
{parties}

[[clause]]
id = "number"
kind = "give"
flows = [{flows}]

[[clause]]
id = "consent"
kind = "consent"
on_unknown = "ask"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """An exchange that texts can be about.

    `key` is `case:` and its name, or `history:` and its id. `record` is None where no ledger
    shows it, `told` what history has of it; `date` is None while nobody of a case is home.
    """

    key: str
    name: str
    date: dt.date | None
    record: Record | None = None
    recorded: Recorded | None = None
    told: tuple[Statement, ...] = ()
    explained: Mapping[PartyCode, str] = field(default_factory=dict)
    parties: tuple[str, ...] = ()
    mediators: tuple[str, ...] = ()

    @property
    def is_case(self) -> bool:
        """Whether it is a case of this node."""
        return self.key.startswith(CASE)


def exchanges(node: Node, *, around: dt.date, within_days: int = 31) -> list[Exchange]:
    """Return the exchanges that a text may be about: all cases, and those of history near a day.

    Args:
        node: The open node.
        around: A day.
        within_days: How far from it history is looked through.
    """
    near = [
        _of_history(each)
        for each in read_history().exchanges
        if abs((each.on.latest - around).days) <= within_days
    ]
    return [*_cases(node), *near]


def exchange_of(node: Node, key: str) -> Exchange:
    """Return one exchange.

    Raises:
        AccessError: There is none of this key.
    """
    kind, _, name = key.partition(":")
    if kind == CASE:
        found = next((each for each in _cases(node) if each.name == name), None)
    else:
        found = _recorded(name) if kind == HISTORY else None
    if found is None:
        raise AccessError(
            "desk.no_exchange",
            "Expected an exchange of this node or of history, found none of that name.",
            hint="Go back to the list of texts.",
        )
    return found


def known(node: Node, keys: Iterable[str]) -> list[Exchange]:
    """Return several exchanges; a key of none is left out.

    Args:
        node: The open node.
        keys: As texts have them.
    """
    asked = list(keys)
    cases = {each.key: each for each in _cases(node)} if asked else {}
    found = (
        cases.get(key) if key.startswith(CASE) else _recorded(key.partition(":")[2])
        for key in asked
    )
    return [each for each in found if each is not None]


def say_exchange(node: Node, text_id: str, key: str) -> None:
    """Write down which exchange a text is about.

    Args:
        node: The open node.
        text_id: Of the text.
        key: Of an exchange; empty: of none that is known here.

    Raises:
        AccessError: There is no such text or exchange.
    """
    text_of(node, text_id)
    if key:
        exchange_of(node, key)
    with node.transaction():
        PublicText.objects.filter(id=text_id).update(exchange=key)


def suggested(node: Node, text: Text) -> str:
    """Return the key of the exchange that a text seems to be about; empty if none does.

    Args:
        node: The open node.
        text: From `text_of`.
    """
    days = {row.date for row in text.standing if row.role == "main" and row.date}
    found = exchanges(node, around=text.published_on)
    return next((each.key for each in found if each.date and each.date.isoformat() in days), "")


def compare(node: Node, exchange: Exchange) -> tuple[list[Text], tuple[FactVerdict, ...]]:
    """Return the texts on an exchange, and the verdicts on what people reviewed in them.

    Args:
        node: The open node.
        exchange: From `exchange_of`.

    Returns:
        The texts by day; verdicts as `reconcile` gives them, of rows that count.
    """
    found = texts(node, exchange=exchange.key)[::-1]
    date = _date_of(exchange, found)
    told = [_statement(each, on_exchange(each.counting, date), reviewed=True) for each in found]
    return found, _judged(exchange, told, date)


def preview(node: Node, text: Text) -> tuple[FactVerdict, ...]:
    """Return verdicts on one text, its unreviewed rows among them: for whoever reviews it.

    Args:
        node: The open node.
        text: From `text_of`; of other texts on its exchange only reviewed rows count.
    """
    return _on_text(node, text, text.standing, reviewed=False)


def reviews(node: Node, text: Text) -> list[dict[str, Any]]:
    """Return what can be published of a text: verdicts on its reviewed claims, as ClaimReview.

    Args:
        node: The open node; its name is that of the author.
        text: From `text_of`.

    Returns:
        One document for each claim that can be rated (schema.org/ClaimReview). A text is cited
        by its address, or its title where it has none.
    """
    cited = text.address or text.title
    own = [
        replace(
            verdict,
            claims=tuple(
                replace(each, claim=replace(each.claim, document=cited))
                for each in verdict.claims
                if each.claim.document == text.id
            ),
        )
        for verdict in _on_text(node, text, text.counting, reviewed=True)
    ]
    return claim_reviews(own, author=node.about.name, simulation=node.about.simulation)


def talks_of(exchange: Exchange, found: Iterable[Text]) -> Table | None:
    """Return the table of talks by what people reviewed in the texts on an exchange.

    Args:
        exchange: From `exchange_of`.
        found: The texts.

    Returns:
        None if nobody's position is told, or no two sides are known.
    """
    told = [Told(name=each.id, text=each.text, rows=each.counting) for each in found]
    return table_of(told, exchange.parties, on=None)


def draft_of(node: Node, asked: Format, *, now: dt.datetime) -> str:
    """Write the beginning of an agreement for a format of talks that is possible.

    Args:
        node: The mediator's node.
        asked: The format.
        now: Aware UTC instant; its day is part of the id.

    Returns:
        TOML with the id, the parties and the mediator. How many go home is left open, so that it
        cannot be tabled as it is.
    """
    parties = sorted(asked.participants)
    flows = [f'"{holder} -> {home}"' for holder, home in permutations(parties, 2)]
    return _DRAFT.format(
        id="-".join((*parties, now.date().isoformat())).lower(),
        mediator=node.party,
        day=now.date().isoformat(),
        talks=f"{asked.level}, {asked.mode.replace('_', ' ')}",
        parties="\n".join(f"{party} = {{}}" for party in parties),
        flows=", ".join(flows),
    )


def _on_text(
    node: Node, text: Text, rows: Iterable[Row], *, reviewed: bool
) -> tuple[FactVerdict, ...]:
    """Judge rows of one text beside the record, and what is reviewed in other texts."""
    if not text.exchange:
        exchange, others = Exchange(key="", name="", date=None), []
    else:
        exchange = exchange_of(node, text.exchange)
        others = [each for each in texts(node, exchange=text.exchange) if each.id != text.id]
    date = _date_of(exchange, [text])
    told = [_statement(each, on_exchange(each.counting, date), reviewed=True) for each in others]
    told.append(_statement(text, on_exchange(rows, date), reviewed=reviewed))
    return _judged(exchange, told, date)


def _judged(
    exchange: Exchange, told: Iterable[Statement], date: dt.date
) -> tuple[FactVerdict, ...]:
    return reconcile(
        [*told, *exchange.told], exchange.record, date=date, explained=exchange.explained
    )


def _statement(text: Text, rows: Iterable[Row], *, reviewed: bool) -> Statement:
    return statement_of(text.id, text.published_on, text.text, rows, is_reviewed=reviewed)


def _date_of(exchange: Exchange, found: Iterable[Text]) -> dt.date:
    """Return the day of an exchange: as recorded, else as the texts say, else of publication."""
    if exchange.date is not None:
        return exchange.date
    several = list(found)
    said = [
        row.date for text in several for row in text.standing if row.role == "main" and row.date
    ]
    published = min((text.published_on for text in several), default=dt.date.min)
    return dt.date.fromisoformat(max(set(said), key=said.count)) if said else published


def _cases(node: Node) -> list[Exchange]:
    try:
        ledger = book.read_book(node)
    except AccessError:
        return []  # no mediator's card yet: there is no log
    records = records_of(ledger)
    return [
        Exchange(
            key=f"{CASE}:{name}",
            name=name,
            date=records[name].date if name in records else None,
            record=records.get(name),
            parties=tuple(sorted(state.parties)),
            mediators=tuple(state.mediators),
        )
        for name, state in ledger.cases.items()
    ]


def _recorded(name: str) -> Exchange | None:
    found = read_history().exchange(name)
    return _of_history(found) if found else None


def _of_history(each: Recorded) -> Exchange:
    return Exchange(
        key=f"{HISTORY}:{each.id}",
        name=each.id,
        date=each.on.latest,
        recorded=each,
        told=(as_statement(each),),
        explained=explained(each),
        parties=("RU", "UA"),
        mediators=tuple(found.party for found in each.mediators),
    )
