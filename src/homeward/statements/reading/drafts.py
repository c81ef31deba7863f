"""A leg before the arithmetic has looked at it, and what several stages ask of it.

Rules of this file:
- A draft keeps the quantity and the clause that it comes from, and by which rule (`how`).
- The other side of a party is known only between two sides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from homeward.statements.reading.clauses import Clause
from homeward.statements.reading.quantity import Quantity


@dataclass(slots=True)
class Draft:
    """People going home to `home`, let go by `holder`, as `source` tells it."""

    quantity: Quantity
    clause: Clause
    home: str
    holder: str
    count: int | None
    source: str
    how: str
    qualifier: str
    unit: str


def other(party: str, sides: Sequence[str]) -> str:
    """Return the other side.

    Args:
        party: One of them, or a third.
        sides: The two sides.

    Returns:
        The side that is not `party`; an empty text if that is not known.
    """
    own = (f"{side}-" for side in sides) if party not in sides else ()
    kin = tuple(own)  # a movement of one of the sides is of that side
    rest = [side for side in sides if side != party and not party.startswith(f"{side}/")]
    if kin and party.startswith(kin):
        rest = [side for side in rest if not party.startswith(f"{side}-")]
    return rest[0] if len(rest) == 1 or (rest and party not in sides) else ""


def told_by(quantity: Quantity, clause: Clause) -> str:
    """Return whose words a quantity stands in.

    Args:
        quantity: In the clause.
        clause: With its sources.

    Returns:
        The code of a source, `narrator` for the text itself.
    """
    for start, end, source in clause.told:
        if start <= quantity.number.start < end:
            return source
    return clause.source
