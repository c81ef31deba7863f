"""One person on one list, and the columns lists have.

Rules of this file:
- `COLUMNS` is the contract with every other program: extend it, never change it.
- An empty cell of a column with allowed values means `unknown`, never `no`.
- A record never shows more of itself than its reference: tracebacks and logs print it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from homeward.foundation.dates import PartialDate

ListKind = Literal["held", "wanted"]
HELD: Final = "held"
WANTED: Final = "wanted"

UNKNOWN: Final = "unknown"
HEALTH_ORDER: Final = ("good", "sick", "wounded", "serious", "grave")
"""States of health, best first; `unknown` stands outside the order."""

_BOTH = (
    *("ref", "family_name", "given_name", "father_name", "name_as_written"),
    *("birth_date", "birth_place", "sex", "power", "status"),
    *("rank", "service_number", "unit", "alive"),
)
_HELD_ONLY = (
    *("captured_on", "captured_at", "held_at", "health"),
    *("article_109", "fit_to_travel", "consent"),
)
COLUMNS: Final[Mapping[ListKind, tuple[str, ...]]] = MappingProxyType(
    {HELD: (*_BOTH, *_HELD_ONLY), WANTED: (*_BOTH, "missing_since", "last_seen_at")}
)
"""The known columns of each kind of list, in the order they are written."""

DATE_COLUMNS: Final = ("birth_date", "captured_on", "missing_since")

_YES_NO = ("yes", "no", UNKNOWN)
ALLOWED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "sex": ("M", "F", "X", UNKNOWN),
        "status": ("pow", "civilian", "medical", "religious", UNKNOWN),
        "alive": _YES_NO,
        "health": (*HEALTH_ORDER, UNKNOWN),
        "article_109": ("owed", "not_owed", UNKNOWN),
        "fit_to_travel": _YES_NO,
        "consent": _YES_NO,
    }
)
"""The allowed values of each column that has such a set."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PersonRecord:
    """One row of a list that passed every check.

    Attributes not described here are texts as the bureau wrote them, `""` if empty.

    Attributes:
        ref: The bureau's own reference, unique on its list; at most 128 characters.
        power: Code of the Power on which the person depends; `""` if not known.
        consent: What the holder reports of the person's will: a hint, never an answer.
        extra: Cells of columns homeward does not know, as (column, text) in the order of
            the list; empty cells are left out.
    """

    ref: str
    family_name: str = ""
    given_name: str = ""
    father_name: str = ""
    name_as_written: str = ""
    birth_date: PartialDate | None = None
    birth_place: str = ""
    sex: str = UNKNOWN
    power: str = ""
    status: str = UNKNOWN
    rank: str = ""
    service_number: str = ""
    unit: str = ""
    alive: str = UNKNOWN
    captured_on: PartialDate | None = None
    captured_at: str = ""
    held_at: str = ""
    health: str = UNKNOWN
    article_109: str = UNKNOWN
    fit_to_travel: str = UNKNOWN
    consent: str = UNKNOWN
    missing_since: PartialDate | None = None
    last_seen_at: str = ""
    extra: tuple[tuple[str, str], ...] = ()

    def __repr__(self) -> str:
        return f"PersonRecord(ref={self.ref!r})"


def owed_article_109(record: PersonRecord) -> bool:
    """Tell whether a person's direct repatriation is owed without counterpart.

    A decision of a medical commission stands above the reported state of health;
    without one, `serious` and `grave` count as owed.

    Args:
        record: A person on a held list.

    Returns:
        True only for a living prisoner of war: the articles speak of no other captive.

    Source:
        GC III arts 109 and 110 (who is sent back direct), art. 112 (commissions).
    """
    if record.status != "pow" or record.alive == "no":
        return False
    if record.article_109 == UNKNOWN:
        return record.health in {"serious", "grave"}
    return record.article_109 == "owed"
