"""Handover: where each captive is, and who answers for them.

Decides from an accepted plan and the entries after it which custody each captive is in,
and refuses an entry that would let somebody travel whose will no interviewer recorded,
move a captive twice or from another place, put somebody withdrawn on a manifest, or
close a case with people on the way. It keeps no reasons and no names: a captive is an
opaque id.

Entry functions: `fold` over a case, `advance` by one entry; `count_legs` and `exposure`
say it in numbers.
"""

from homeward.handover.counts import Exposure, LegCounts, count_legs, exposure
from homeward.handover.custody import Custody, captives_root, custodian_of
from homeward.handover.follow import advance, begin, fold

__all__ = [
    "Custody",
    "Exposure",
    "LegCounts",
    "advance",
    "begin",
    "captives_root",
    "count_legs",
    "custodian_of",
    "exposure",
    "fold",
]
