"""What a party loses if it walks away: its people who come home only by the agreement.

Rules of this file:
- Whom articles 109 and 110 owe come home without any agreement, if the law is kept: they are
  no loss, and no price. The sentence says what the law owes, not what will be done.
- Only lists that are here are counted; nobody is told by name or reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from homeward.foundation.errors import InputError
from homeward.planning.travellers import Travellers
from homeward.terms.agreed import Agreement
from homeward.terms.pool import Pool


def walking_away(
    agreement: Agreement, pool: Pool, plan: Mapping[str, Any], party: str
) -> dict[str, Any]:
    """Say what a party would lose without the agreement.

    Args:
        agreement: What was agreed.
        pool: The people held who were planned.
        plan: The plan.
        party: Code of the party.

    Returns:
        `party`; `home`, its people who come home under the plan; `article_109`, its people
        who are owed without counterpart; `loses`, those who come home only under the plan;
        and `sentence`.

    Raises:
        InputError: There is no such party.

    Source: GC III arts 109-110, 118.
    """
    travellers = Travellers(agreement, pool, elsewhere=set(plan["roots"]) - set(pool.holders))
    if party not in travellers.codes:
        raise InputError(
            "planning.walking_party",
            f"Expected a party of the agreement, one of {', '.join(travellers.codes)}, found another.",
            hint="Name a party by its code.",
        )
    own = travellers.home == travellers.codes.index(party)
    moved = {(move["holder"], move["ref"]) for move in plan["moves"] if move["home"] == party}
    owed = travellers.owed & travellers.allowed() & own
    due = {
        (pool.holders[pool.holder[person]], pool.refs[person])
        for person in np.flatnonzero(owed).tolist()
    }
    home, alone, loses = len(moved), len(due), len(moved - due)
    return {
        "party": party,
        "home": home,
        "article_109": alone,
        "loses": loses,
        "sentence": f"Under the plan {_people(home)} of {party} {_come(home)} home. Without it "
        f"{party} is still owed {_people(alone)} by article 109, and loses {_people(loses)} who "
        f"{_come(loses)} home only by the agreement.",
    }


def _people(count: int) -> str:
    return f"{count:,} {'person' if count == 1 else 'people'}" if count else "nobody"


def _come(count: int) -> str:
    return "come" if count > 1 else "comes"
