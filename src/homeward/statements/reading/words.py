"""A reading as a table in words, for a terminal.

Rules of this file:
- One line for each value; what a person has to look at again says so.
"""

from __future__ import annotations

from collections.abc import Iterator

from homeward.statements.reading.values import Event, Reading


def in_words(reading: Reading) -> str:
    """Write a reading for people.

    Args:
        reading: From `read_statement`.

    Returns:
        Lines, each ended by a line break; never empty.
    """
    lines = [f"Language {reading.language}, published {reading.published or 'on a day not given'}"]
    for event in reading.events:
        lines += _event(event)
    for omission in reading.omissions:
        how = "as the text says" if omission.stated_by == "narrator" else "by comparison"
        lines.append(f"Left out    {omission.source}: {omission.what} ({how})")
    for position in reading.positions:
        parts = [position.stance.replace("_", " "), position.target or "", position.format or ""]
        lines.append(f"Position    {position.actor}: {', '.join(part for part in parts if part)}")
    for item in reading.evidence:
        lines.append(f"Evidence    {item.kind} by {item.source}: {item.about}")
    for claim in reading.claims:
        lines.append(f"Claim       {claim.source}: {' '.join(claim.content.split())[:90]}")
    if len(lines) == 1:
        lines.append("Nothing was found in it that speaks of an exchange or of talks.")
    return "".join(f"{line}\n" for line in lines)


def _event(event: Event) -> Iterator[str]:
    yield f"Event       {event.role}, {event.date or 'no date'} ({event.date_basis})"
    for leg in event.legs:
        count = "a number not given" if leg.count is None else f"{leg.count}"
        mark = "" if leg.confidence == "sure" else f"  [{leg.confidence}]"
        yield (
            f"  Leg       {count} {leg.unit} to {leg.home} from {leg.holder or '?'}, "
            f"per {leg.source}{mark}"
        )
    for mediator in event.mediators:
        yield f"  {mediator.role.capitalize():<10}{mediator.party}, per {mediator.source}"
    for check in event.medical_checks:
        yield f"  Doctors   {check.home} people in {check.country}, per {check.source}"
    for total in event.pooled:
        yield f"  Both ways {total.count}, per {total.source}"
    for total in event.cumulative:
        yield f"  So far    {total.count}, per {total.source}"
