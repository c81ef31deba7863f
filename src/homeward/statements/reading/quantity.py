"""A number with what it counts, as all later stages see it.

Rules of this file:
- It holds what was found; `quantities`, `whose` and `roles` find it.
"""

from __future__ import annotations

from dataclasses import dataclass

from homeward.statements.model import Unit
from homeward.statements.reading.marked import Mention
from homeward.statements.reading.numbers import Number


@dataclass(slots=True)
class Quantity:
    """How many of whom; `nation` is whose people, `holder` who holds them.

    `what` is `people`, `thing`, `duration` or `bare` (no noun). `weak` is a one that only an
    article or a name tells. `role` is filled in by `roles`, `sums` and `legs`; a `summand` is
    a leg of a pooled sum, and with a `complete` one a list of parts has come to its end; `joint` people
    are of two nations; `owner` is an office ("government detainees") whose party `discourse` settles.
    """

    number: Number
    start: int
    end: int
    what: str
    unit: Unit = "people"
    nation: str = ""
    holder: str = ""
    own: bool = False
    ours: bool = False
    subkind: bool = False
    qualifier: str = "exact"
    weak: bool = False
    role: str = ""
    head: int = -1
    owner: Mention | None = None
    summand: bool = False
    complete: bool = False
    joint: bool = False

    @property
    def count(self) -> int | None:
        """The number of people."""
        return self.number.count
