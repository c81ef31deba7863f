"""Writes a party's neutral statement from the record.

Rules of this file:
- The text says only what the record shows, in plain words without praise or blame.
- The speaker chooses which legs to mention; each sentence comes with the claim it makes.
- A number that the terms withhold is not written; that it is withheld is.
- Made from invented people, the text says SIMULATION first.
"""

from __future__ import annotations

from homeward.foundation.errors import InputError
from homeward.foundation.ids import Flow
from homeward.statements.model import Claim, Record, Statement

# Written out, because the names that strftime gives depend on the machine.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def neutral_statement(
    speaker: str, record: Record, *, mentions: tuple[Flow, ...], simulation: bool
) -> Statement:
    """Write what one party publishes about an exchange.

    Args:
        speaker: The party or its office, such as `UA.bureau`.
        record: What the record shows.
        mentions: The flows that the statement tells, in order.
        simulation: True if the people are invented.

    Returns:
        A statement published on the day of the exchange; its claims are quoted from it.

    Raises:
        InputError: The record shows nobody on a flow that is to be mentioned.
    """
    document = f"{speaker}-{record.date.isoformat()}"
    claims: list[Claim] = []
    for flow in mentions:
        claims.append(_leg(flow, record, speaker, document))
        if country := record.medical_checks.get(flow.home):
            words = f"Those going home to {flow.home} had medical checks in {country}."
            claims.append(
                Claim(
                    fact="medical_checks",
                    home=flow.home,
                    value=country,
                    source=speaker,
                    document=document,
                    quoted=words,
                )
            )
    claims += [
        Claim(
            fact="mediator",
            value=mediator,
            source=speaker,
            document=document,
            quoted=f"{mediator} mediated.",
        )
        for mediator in record.mediators
    ]
    sentences = [f"Statement by {speaker}.", *(claim.quoted for claim in claims)]
    text = " ".join((["SIMULATION: the people are invented."] if simulation else []) + sentences)
    return Statement(
        document=document,
        source=speaker,
        published_on=record.date,
        claims=tuple(claims),
        text=text,
    )


def _leg(flow: Flow, record: Record, speaker: str, document: str) -> Claim:
    count = record.count(flow, "people")
    if count is None and flow not in record.withheld:
        raise InputError(
            "statements.no_such_leg",
            f"Expected a flow of the record, found {flow}.",
            hint="Mention only flows on which somebody went home.",
        )
    day = f"{record.date.day} {_MONTHS[record.date.month - 1]} {record.date.year}"
    if count is None:
        who = "people whose number is withheld under the agreement"
    else:
        who = f"{count} {'person' if count == 1 else 'people'}"
    return Claim(
        fact="leg",
        home=flow.home,
        holder=flow.holder,
        unit="people",
        value=count,
        qualifier="unstated" if count is None else "exact",
        source=speaker,
        document=document,
        quoted=f"On {day}, {who} went home to {flow.home}, let go by {flow.holder}.",
    )
