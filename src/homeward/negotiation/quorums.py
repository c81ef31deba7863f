"""How many witnesses must have cosigned before an entry is shown as witnessed, by its kind.

Rules of this file:
- What cannot be taken back needs `all`: a revealed seed, the signed terms, an accepted plan.
  Whoever waits for that before the next step has found out whether another history was shown.
- What a mediator entered on paper needs `all` too: nobody but it signed that.
- Everything else needs `2-of-3`, so that no side can veto the record by its silence.
- Where the terms ask for it (`cosigned`), a step that cannot be taken back is not signed before
  the entries that it rests on (`RESTS_ON`) are cosigned by so many of the case's parties. The
  log alone judges what others signed: each node has other cosignatures beside it.
- Where they do not, nothing is refused for want of a cosignature: a receipt waits for it.
- `K-of-N` is a share: of another number of witnesses as many in proportion, rounded up, but
  never all of several.
- The table is an argument wherever it is used, so that whoever checks may ask for more.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from homeward.foundation.errors import InputError

ALL, ROUTINE = "all", "2-of-3"
QUORUMS: Mapping[str, str] = MappingProxyType(
    {
        "terms_signed": ALL,
        "seed_revealed": ALL,
        "plan_accepted": ALL,
        "received_unsigned": ALL,
    }
)
"""Kind of entry → who must have cosigned; a kind without a row needs `ROUTINE`."""

RESTS_ON: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "seed_revealed": ("final_list", "list_replaced", "line_withdrawn"),
        "plan_accepted": ("plan_proposed",),
        "departed": ("plan_accepted",),
    }
)
"""Step that cannot be taken back → entries of its case, the last of which it rests on."""

_SHARE = re.compile(r"([1-9][0-9]?)-of-([1-9][0-9]?)")


def quorum_of(kind: str, table: Mapping[str, str] = QUORUMS) -> str:
    """Return what a kind of entry needs: `all`, `any`, `none` or `K-of-N`."""
    return table.get(kind, ROUTINE)


def needed(quorum: str, count: int) -> int:
    """Return how many witnesses a quorum needs.

    Args:
        quorum: `all`, `any`, `none` or `K-of-N`.
        count: How many witnesses there are.

    Returns:
        0 to `count`.

    Raises:
        InputError: The quorum is none of these.
    """
    plain = {"all": count, "any": min(1, count), "none": 0}
    share = _SHARE.fullmatch(quorum)
    if quorum in plain:
        return plain[quorum]
    if share is None or int(share[1]) > int(share[2]):
        raise InputError(
            "negotiation.quorum",
            "Expected all, any, none or a share such as 2-of-3, found another quorum.",
            hint="Write how many of how many witnesses must have cosigned.",
        )
    part, whole = int(share[1]), int(share[2])
    if count == whole:
        return part
    in_proportion = -(-count * part // whole)
    return min(in_proportion, max(count - 1, min(1, count))) if part < whole else count
