"""From a checked ledger to the record that claims are held against.

Rules of this file:
- Only people who reached home count, as the fold over the ledger shows them.
- Where the terms withhold a number, the record of that case tells none.
- The day is that of the last receipt of people who came home, as its author dated it.
- A ledger knows no categories: soldiers and civilians stay apart only in what is said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from homeward.foundation.ids import PartyCode
from homeward.handover.counts import count_legs
from homeward.handover.replay import Replay
from homeward.ledger.envelope import Envelope
from homeward.statements.model import Record
from homeward.terms import read_agreement


def records_of(ledger: Replay) -> dict[str, Record]:
    """Return what a ledger shows of each exchange in which people came home.

    Args:
        ledger: A log that was replayed, and so checked.

    Returns:
        Case → its record, in the order of the log.
    """
    found = {}
    for case, custody in ledger.custodies.items():
        envelopes = [envelope for envelope in _counting(ledger) if envelope.case == case]
        days = [envelope.at[:10] for envelope in envelopes if envelope.type == "received"]
        if not days:
            continue
        home = {counts.leg: counts.home for counts in count_legs(custody) if counts.home}
        is_withheld = _withholds(envelopes)
        found[case] = Record(
            date=dt.date.fromisoformat(max(days)),
            legs={} if is_withheld else home,
            mediators=tuple(map(PartyCode, ledger.cases[case].mediators)),
            medical_checks=_medical_stops(envelopes),
            withheld=frozenset(home) if is_withheld else frozenset(),
        )
    return found


def _counting(ledger: Replay) -> list[Envelope]:
    return [e for index, e in enumerate(ledger.envelopes) if index not in ledger.overtaken]


def _withholds(envelopes: Sequence[Envelope]) -> bool:
    opened = next(e for e in envelopes if e.type == "case_opened")
    agreement = read_agreement(str(opened.body["terms_toml"]))
    return any(clause.withhold for clause in agreement.clauses)


def _medical_stops(envelopes: Sequence[Envelope]) -> dict[PartyCode, PartyCode]:
    """Return the country of a stop that was passed, by whose people had been there."""
    found = {}
    for envelope in envelopes:
        if envelope.type == "stop_checked" and "medical" in envelope.body["purpose"]:
            home = PartyCode(envelope.body["leg"].rpartition(" ")[2])
            found[home] = PartyCode(envelope.body["country"])
    return found
